/**
 * The only place where a resolved scenario becomes a world: hosts, topology, plan, simulation and training log. The
 * simulated world, the real worlds and the tests all assemble here, so that they run the same thing.
 */
import type { FaultRule } from '../engine/faults/fault-rule.ts';
import type { Observer } from '../engine/observer.ts';
import type { RunFailure, RunResult } from '../engine/result.ts';
import { Simulation } from '../engine/simulation.ts';
import type { EndlessWork } from '../engine/endless-work.ts';
import type { NodeFactory } from '../engine/world.ts';
import type { DataSplit } from '../models/spec/data.ts';
import type { Plan } from '../models/protocol.ts';
import type { Assignment } from '../models/spec/assignment.ts';
import { Explainer } from '../models/observers/explainer.ts';
import { TrainingLog } from '../models/observers/training-log.ts';
import { WastedWork } from '../models/observers/wasted-work.ts';
import type { WastedNote } from '../models/spec/notes.ts';
import { loadData } from './data/load-data.ts';
import { detectorOf, laneText } from './detector.ts';
import { whyEndless } from './end-of-time.ts';
import { hostsOf, storageOf } from './hardware.ts';
import { modelOf } from './model.ts';
import { nanoseconds } from './nanoseconds.ts';
import { refusing } from './scenario/bad-input.ts';
import { chosen } from './scenario/chosen.ts';
import { canFail } from './scenario/fault-text.ts';
import { faultRules } from './scenario/fault-rules.ts';
import type { ResolvedScenario } from './scenario/resolved.ts';
import { endingFaults } from './scenario/survival.ts';
import { topologyOf } from './topology.ts';
import { watchedWork } from './watched-work.ts';

export { hostsOf } from './hardware.ts';
export { modelOf } from './model.ts';
export { topologyOf } from './topology.ts';

/** What a caller may add to a simulation; none of it changes the run. */
export interface SimulateExtras {
  readonly observers?: readonly Observer[];
  /** Wraps the nodes, to see what they ask of their worlds. */
  readonly wrap?: (place: NodeFactory) => NodeFactory;
  /** Whether it is found out where time goes, and why nodes wait. */
  readonly explains?: boolean;
}

interface Assembled {
  readonly simulation: Simulation;
  readonly log: TrainingLog;
  readonly plan: Plan;
  /** Where time goes, if that is asked for. */
  readonly explainer: Explainer | null;
}

/**
 * The samples of a scenario, on shared memory; null under `numerics: 'cost'`.
 * @throws BadInput when the data does not fit the model
 */
export function dataOf({ data, model, seed, training }: ResolvedScenario): DataSplit | null {
  if (training.numerics === 'cost' || data.kind === 'none') return null;
  return refusing(() => loadData(data, modelOf(model), seed));
}

/** All that a protocol is told except the detector; and the pairs that watch each other. */
function workOf(scenario: ResolvedScenario, index: number, data: DataSplit | null) {
  const topology = topologyOf(scenario);
  const { definition, options } = chosen(scenario.protocol[index]);
  const work = watchedWork(scenario, topology, data);
  return { work, topology, pairs: () => definition.watches(work, options) };
}

/**
 * What one protocol of the scenario is told; equal for all protocols except for the detector.
 * @throws BadInput for a heartbeat that is too short for it
 */
export function assignmentOf(
  scenario: ResolvedScenario,
  index: number,
  data: DataSplit | null,
): Assignment {
  const { work, topology, pairs } = workOf(scenario, index, data);
  const detector = canFail(scenario)
    ? detectorOf(scenario.detector, scenario.protocol[index].label, topology, pairs)
    : null;
  return { ...work, detector };
}

/** A warning if control frames of that simulated run were too many to be free; else empty. */
export function laneTexts(scenario: ResolvedScenario, index: number, result: RunResult): string[] {
  if (!canFail(scenario)) return [];
  const { topology, pairs } = workOf(scenario, index, null);
  const detector = detectorOf(scenario.detector, scenario.protocol[index].label, topology, pairs);
  const text = laneText(detector, topology, pairs, result);
  return text === null ? [] : [text];
}

/**
 * The plan of one protocol of the scenario.
 * @param index place of the protocol in the scenario's list
 * @throws BadInput when the work or the faults do not fit the protocol, such as more nodes than neurons, or a role
 *   that none of them plays
 */
export function planOf(scenario: ResolvedScenario, index: number, data: DataSplit | null): Plan {
  return arrange(scenario, index, data).plan;
}

/** What a protocol runs with: its assignment, its plan, and the faults. */
interface Arrangement {
  readonly assignment: Assignment;
  readonly plan: Plan;
  readonly rules: readonly FaultRule[];
}

/** Like `planOf`, with the assignment and the fault rules. */
function arrange(scenario: ResolvedScenario, index: number, data: DataSplit | null): Arrangement {
  const { definition, options } = chosen(scenario.protocol[index]);
  const assignment = assignmentOf(scenario, index, data);
  const plan = refusing(() => definition.plan(assignment, options));
  const rules = faultRules(scenario, scenario.protocol[index].label, plan.roles);
  return { assignment, plan, rules };
}

/** What observers of a run can do to it. */
interface ObservedRun {
  stop(outcome: 'stopped'): void;
  fail(failure: RunFailure): void;
  writeOff(wasted: WastedNote): void;
}

/** One protocol of the scenario as every world runs it. `run` is called when something ends the run. */
export function assemble(
  scenario: ResolvedScenario,
  index: number,
  data: DataSplit | null,
  run: () => ObservedRun,
) {
  const { plan, rules, assignment } = arrange(scenario, index, data);
  const { detector } = assignment;
  const { seed, stop } = scenario;
  const log = new TrainingLog({
    ...{ model: assignment.model, training: assignment.training, data, stop },
    onStop: () => run().stop('stopped'),
    onDiverged: ({ iteration, text }) => run().fail({ kind: 'diverged', message: text, iteration }),
  });
  const ending = endingFaults(scenario.protocol[index], (failure) => run().fail(failure));
  const { rerouteAfter } = scenario.cluster.network;
  const rerouteAfterNs =
    rerouteAfter === undefined ? undefined : Math.max(1, nanoseconds(rerouteAfter));
  const options = {
    seed,
    hosts: hostsOf(scenario),
    observers: [log, ending, new WastedWork(plan.roles.length, (wasted) => run().writeOff(wasted))],
    faults: detector ? { rules, detector, rerouteAfterNs } : undefined,
    dropsWork: plan.dropsWork,
    missing: () => log.missing(),
    whyEndless: (unending: EndlessWork) => whyEndless(scenario, unending, log.iterationCount),
    stopAtNs: stop?.time === undefined ? undefined : nanoseconds(stop.time),
  };
  return { plan, log, detector, options };
}

/** One protocol of the scenario, assembled and ready to run, with the log of what it learns. */
export function simulate(
  scenario: ResolvedScenario,
  index: number,
  data: DataSplit | null,
  extras: SimulateExtras = {},
): Assembled {
  const { cluster, training } = scenario;
  const { plan, log, options } = assemble(scenario, index, data, () => simulation);
  const place: NodeFactory = (world) => plan.createNode(world);
  const topology = topologyOf(scenario);
  const { hosts } = options;
  const explainer = extras.explains
    ? new Explainer({ hosts, topology, places: plan.places ?? null }, training.iterations)
    : null;
  const simulation: Simulation = new Simulation({
    ...options,
    topology,
    sharing: cluster.network.sharing,
    jitter: cluster.jitter,
    runJobs: training.numerics === 'exact',
    observers: [...options.observers, ...(explainer?.observers ?? []), ...(extras.observers ?? [])],
    storage: storageOf(scenario),
    place: extras.wrap ? extras.wrap(place) : place,
  });
  return { simulation, log, plan, explainer };
}

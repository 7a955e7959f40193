/**
 * Runs one scenario as often as the claims need: without faults, with faults and watched, and again without
 * observers. A run with far too many events is cut short, at an event and not at a time, so that findings repeat.
 */
import { MENDABLE_CRASH } from '../../models/survival.ts';
import { PrefixCheck } from '../../engine/channel/prefix-check.ts';
import type { DataSplit } from '../../models/spec/data.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { assignmentOf, dataOf, simulate, type SimulateExtras } from '../assemble.ts';
import { chosen } from '../scenario/chosen.ts';
import { resolveScenario } from '../scenario/resolve.ts';
import type { ResolvedScenario } from '../scenario/resolved.ts';
import { digestsOf } from './digests.ts';
import type { Evidence, Outcome, Sightings } from '../../models/claims/evidence.ts';
import { IncarnationRecorder } from './incarnation-recorder.ts';
import { omit } from './omit.ts';
import { Recorder } from './recorder.ts';
import { trainingOf } from '../training.ts';

/** A run is endless after this many times the events of the run without faults, and at least this many. */
const ENDLESS_FACTOR = 200;
const ENDLESS_LEAST = 1_500_000;
const SLICE_EVENTS = 50_000;

interface Run extends Outcome {
  readonly roles: readonly string[];
}

function runOnce(
  scenario: ResolvedScenario,
  data: DataSplit | null,
  mostEvents: number,
  extras: SimulateExtras,
): Run {
  const { simulation, log, plan } = simulate(scenario, 0, data, extras);
  let endless = false;
  while (simulation.run(SLICE_EVENTS))
    if (simulation.events > mostEvents) {
      endless = true;
      simulation.stop('interrupted');
    }
  return {
    result: simulation.result(),
    training: log.record(),
    roles: plan.roles,
    endless,
  };
}

/** The same work without faults, and without repair. */
export function withoutFaults(written: Scenario): Scenario {
  return omit(written, 'faults', 'detector', 'checkpoint');
}

/**
 * The run of a scenario's work without faults.
 * @throws BadInput when the scenario cannot be run
 */
export async function runFaultless(written: Scenario): Promise<Outcome> {
  const { scenario } = await resolveScenario(withoutFaults(written));
  return runOnce(scenario, dataOf(scenario), Infinity, {});
}

/**
 * What is seen of one run of a scenario, however it ends. An error of the engine ends it, and comes again when the
 * scenario is judged.
 * @throws BadInput when the scenario cannot be run
 */
export async function watchRun(written: Scenario): Promise<Sightings> {
  const { scenario } = await resolveScenario(written);
  const recorder = new Recorder();
  try {
    runOnce(scenario, dataOf(scenario), ENDLESS_LEAST, { observers: [recorder] });
  } catch {
    return recorder;
  }
  return recorder;
}

/**
 * Runs the first protocol of a scenario and collects the evidence for its claims.
 * @throws BadInput when the scenario cannot be run; and whatever a defect of the engine throws
 */
export async function runCase(written: Scenario): Promise<Evidence> {
  const { scenario } = await resolveScenario(written);
  const faultless = await runFaultless(written);
  const { definition, options } = chosen(scenario.protocol[0]);
  const reference = definition.reference(options, scenario.cluster.nodes);
  const data = dataOf(scenario);
  const mostEvents = Math.max(ENDLESS_LEAST, ENDLESS_FACTOR * faultless.result.events);
  const recorder = new Recorder();
  const prefixes = new PrefixCheck();
  const incarnations = new IncarnationRecorder();
  const { roles, ...run } = runOnce(scenario, data, mostEvents, {
    observers: [recorder, prefixes],
    wrap: incarnations.wrap,
  });
  const unwatched = runOnce(scenario, data, mostEvents, {});
  const { jobs, underWay, messages, notes, faults, ends, lost } = recorder;
  return {
    ...{ jobs, underWay, messages, notes, faults, ends, lost },
    incarnations: incarnations.seen,
    channelFaults: prefixes.violations,
    scenario: { ...scenario, training: trainingOf(scenario.training) },
    protocol: scenario.protocol[0],
    timing: definition.timing(options),
    survives: definition.survives(options, MENDABLE_CRASH),
    roles,
    detector: assignmentOf(scenario, 0, data).detector,
    run,
    faultless,
    reference: reference && (await runFaultless({ ...written, protocol: reference })),
    unwatched: digestsOf(unwatched),
  };
}

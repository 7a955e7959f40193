/**
 * The one place where a resolved scenario becomes a world: hosts, topology, plan, simulation and training log.
 * The simulated world, the real worlds and the tests all assemble here, so that they run the same thing.
 */
import type { DetectorSpec, FaultRule, StorageSpec } from '../engine/faults/fault-rule.ts';
import type { HostSpec } from '../engine/host-spec.ts';
import type { Topology } from '../engine/network/topology.ts';
import type { Observer } from '../engine/observer.ts';
import { Simulation } from '../engine/simulation.ts';
import type { NodeFactory } from '../engine/world.ts';
import type { DataSplit } from '../models/dataset.ts';
import type { ModelSpec } from '../models/model-spec.ts';
import type { Assignment, Plan } from '../models/protocol.ts';
import { protocolOf } from '../models/protocols/registry.ts';
import { TrainingLog } from '../models/training-log.ts';
import { loadData } from './data/load-data.ts';
import { nanoseconds } from './nanoseconds.ts';
import { BadInput, refusing } from './scenario/bad-input.ts';
import { DEFAULT_MISSES, faultRules } from './scenario/fault-rules.ts';
import type { ResolvedHost, ResolvedModel, ResolvedScenario } from './scenario/resolved.ts';
import { topologyOf } from './topology.ts';

export { topologyOf } from './topology.ts';

/** What a caller may add to a simulation; none of it changes the run. */
export interface SimulateExtras {
  readonly observers?: readonly Observer[];
  /** Stands between the nodes and their worlds, to see what they ask for. */
  readonly wrap?: (place: NodeFactory) => NodeFactory;
}

export interface Assembled {
  readonly simulation: Simulation;
  readonly log: TrainingLog;
  readonly plan: Plan;
}

function hostSpec({ speed, memory, taskOverhead }: ResolvedHost): HostSpec {
  return {
    speedFlopsPerSecond: speed,
    memoryBytes: memory ?? Infinity,
    taskOverheadNs: nanoseconds(taskOverhead),
  };
}

/** One host a node, in ring order. */
export function hostsOf({ cluster }: ResolvedScenario): HostSpec[] {
  if (cluster.host) return new Array<HostSpec>(cluster.nodes).fill(hostSpec(cluster.host));
  return (cluster.hosts ?? []).flatMap((kind) =>
    new Array<HostSpec>(kind.count).fill(hostSpec(kind)),
  );
}

/** The model with the repeated layers of a cost table written out, numbered from 1. */
export function modelOf(model: ResolvedModel): ModelSpec {
  if (model.kind === 'mlp') return model;
  const layers = model.layers.flatMap(({ repeat, ...layer }) =>
    Array.from({ length: repeat }, (_, copy) =>
      repeat === 1 ? layer : { ...layer, name: `${layer.name} ${copy + 1}` },
    ),
  );
  return { kind: 'costs', layers, inputElements: model.inputElements };
}

/**
 * The samples of a scenario, on shared memory; null under `numerics: 'cost'`, where nobody looks at any.
 * @throws BadInput when the data does not fit the model
 */
export function dataOf({ data, model, seed, training }: ResolvedScenario): DataSplit | null {
  if (training.numerics === 'cost' || data.kind === 'none') return null;
  return refusing(() => loadData(data, modelOf(model), seed));
}

/** The nominal path between two nodes: summed latency and the bandwidth of its slowest link. */
function pathOf(topology: Topology): Assignment['path'] {
  const route = new Int32Array(Math.max(1, topology.longestRoute));
  return (source, target) => {
    let latencyNs = 0;
    let bandwidthBytesPerSecond = Infinity;
    for (let hop = topology.route(source, target, route) - 1; hop >= 0; hop--) {
      const link = topology.link(route[hop]);
      latencyNs += link.latencyNs;
      bandwidthBytesPerSecond = Math.min(bandwidthBytesPerSecond, link.bandwidthBytesPerSecond);
    }
    return { latencyNs, bandwidthBytesPerSecond };
  };
}

/** The default heartbeat is so many times the longest way between two neighbours of the ring (PROTOCOLS C), */
const HEARTBEAT_LATENCIES = 10;
/** and at least that long, where nothing delays a message. */
const SHORTEST_HEARTBEAT_NS = 100_000;

/** The longest way between two neighbours of the ring. */
function longestWayNs(nodes: number, path: Assignment['path']): number {
  let longestNs = 0;
  for (let node = 0; node < nodes; node++) {
    const next = (node + 1) % nodes;
    if (next === node) continue;
    longestNs = Math.max(longestNs, path(node, next).latencyNs, path(next, node).latencyNs);
  }
  return longestNs;
}

/**
 * How nodes find out that others are gone; null where nothing can fail, and nobody asks for it.
 * @throws BadInput for a silence that is over before an answer can be there
 */
function detectorOf(
  { faults, detector, cluster }: ResolvedScenario,
  path: Assignment['path'],
): DetectorSpec | null {
  if (faults.length === 0 && detector === undefined) return null;
  const misses = detector?.misses ?? DEFAULT_MISSES;
  const longestNs = longestWayNs(cluster.nodes, path);
  if (detector?.heartbeat === undefined) {
    const heartbeatNs = Math.max(HEARTBEAT_LATENCIES * longestNs, SHORTEST_HEARTBEAT_NS);
    return { heartbeatNs, misses };
  }
  const heartbeatNs = Math.max(1, nanoseconds(detector.heartbeat));
  if (misses * heartbeatNs > 2 * longestNs) return { heartbeatNs, misses };
  throw new BadInput(
    `detector.heartbeat is '${heartbeatNs} ns', but an answer takes ${2 * longestNs} ns, longer than ${misses} of those; ` +
      `'${Math.floor((2 * longestNs) / misses) + 1} ns' or more would be right`,
  );
}

/** Where checkpoints go; undefined where the scenario asks for none. */
function storageOf({ checkpoint }: ResolvedScenario): StorageSpec | undefined {
  if (checkpoint === undefined) return undefined;
  const { bandwidth, latency } = checkpoint.to;
  return { latencyNs: nanoseconds(latency), bandwidthBytesPerSecond: bandwidth };
}

/** What the protocols of a scenario are told; the same for each of them. */
export function assignmentOf(scenario: ResolvedScenario, data: DataSplit | null): Assignment {
  const path = pathOf(topologyOf(scenario));
  return {
    seed: scenario.seed,
    hosts: hostsOf(scenario),
    path,
    model: modelOf(scenario.model),
    training: scenario.training,
    data,
    detector: detectorOf(scenario, path),
    checkpoint: scenario.checkpoint ? { every: scenario.checkpoint.every } : null,
  };
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

/** What a protocol runs with: what it is told, its plan, and what goes wrong. */
export interface Arrangement {
  readonly assignment: Assignment;
  readonly plan: Plan;
  readonly rules: readonly FaultRule[];
}

/** The same as `planOf`, with all that belongs to the plan. */
export function arrange(
  scenario: ResolvedScenario,
  index: number,
  data: DataSplit | null,
): Arrangement {
  const named = Object.entries(scenario.protocol[index]).filter(([name]) => name !== 'label');
  const options = Object.fromEntries(named) as { kind: string };
  const definition = protocolOf(options.kind);
  if (!definition) throw new Error(`no protocol is of kind '${options.kind}'`);
  const assignment = assignmentOf(scenario, data);
  const plan = refusing(() => definition.plan(assignment, options));
  const rules = faultRules(scenario, scenario.protocol[index].label, plan.roles);
  return { assignment, plan, rules };
}

/** One protocol of the scenario, assembled and ready to run, with the log of what it learns. */
export function simulate(
  scenario: ResolvedScenario,
  index: number,
  data: DataSplit | null,
  extras: SimulateExtras = {},
): Assembled {
  const { cluster, seed, stop, training } = scenario;
  const { assignment, plan, rules } = arrange(scenario, index, data);
  const { detector } = assignment;
  const log: TrainingLog = new TrainingLog({
    model: modelOf(scenario.model),
    training,
    data,
    stop,
    onStop: () => simulation.stop('stopped'),
    onDiverged: ({ iteration, text }) =>
      simulation.fail({ kind: 'diverged', message: text, iteration }),
  });
  const place: NodeFactory = (world) => plan.createNode(world);
  const simulation: Simulation = new Simulation({
    seed,
    hosts: hostsOf(scenario),
    topology: topologyOf(scenario),
    sharing: cluster.network.sharing,
    jitter: cluster.jitter,
    runJobs: training.numerics === 'exact',
    observers: [log, ...(extras.observers ?? [])],
    faults: detector ? { rules, detector } : undefined,
    storage: storageOf(scenario),
    missing: () => log.missing(),
    stopAtNs: stop?.time === undefined ? undefined : nanoseconds(stop.time),
    place: extras.wrap ? extras.wrap(place) : place,
  });
  return { simulation, log, plan };
}

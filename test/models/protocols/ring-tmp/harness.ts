/** Runs a protocol on a small simulated cluster and keeps all that the claims about it are judged by. */
import type { Distribution } from '../../../../engine/distribution.ts';
import type { HostSpec } from '../../../../engine/host-spec.ts';
import type { Sharing } from '../../../../engine/network/build.ts';
import { ringTopology } from '../../../../engine/network/ring.ts';
import { starTopology } from '../../../../engine/network/star.ts';
import { torusTopology } from '../../../../engine/network/topologies/torus.ts';
import type { Observer } from '../../../../engine/observer.ts';
import type { RunResult } from '../../../../engine/result.ts';
import { Simulation } from '../../../../engine/simulation.ts';
import type { Job, Message, NodeFactory } from '../../../../engine/world.ts';
import type { DataSplit } from '../../../../models/spec/data.ts';
import type { ModelSpec } from '../../../../models/spec/model.ts';
import type { IterationNote, WeightsNote } from '../../../../models/spec/notes.ts';
import type { Assignment } from '../../../../models/spec/assignment.ts';
import { protocolOf } from '../../../../models/protocols/registry.ts';
import type { TrainingSpec } from '../../../../models/spec/training.ts';

export interface JobRecord {
  node: number;
  pass: string;
  iteration: number;
  microBatch: number;
  version: number;
  /** Blocks of a segment; undefined where a protocol has none. */
  low: number;
  high: number;
  startNs: number;
  endNs: number;
}

interface Network {
  kind: 'ring' | 'star' | 'torus';
  bandwidth: number;
  latencyNs: number;
  /** Rows of a torus. */
  rows?: number;
}

export function topologyOf({ kind, bandwidth, latencyNs, rows = 1 }: Network, nodes: number) {
  if (kind === 'torus') return torusTopology(rows, nodes / rows, bandwidth, latencyNs);
  return (kind === 'ring' ? ringTopology : starTopology)(nodes, bandwidth, latencyNs);
}

export interface Setting {
  seed?: number;
  hosts: HostSpec[];
  model: ModelSpec;
  training?: Partial<TrainingSpec>;
  data?: DataSplit | null;
  network?: Network;
  sharing?: Sharing;
  jitter?: { compute?: Distribution; latency?: Distribution };
  /** Wraps the nodes, to break them. */
  wrap?: (place: NodeFactory) => NodeFactory;
  /** Watches beside the harness. */
  observer?: Observer;
}

export interface Trace {
  result: RunResult;
  roles: readonly string[];
  jobs: JobRecord[];
  messages: { from: number; to: number; message: Message; bytes: number }[];
  deliveries: { to: number; message: Message; timeNs: number }[];
  iterations: (IterationNote & { timeNs: number })[];
  /** As noted, by node. */
  staleness: { node: number; updates: number }[];
  /** Final weights, bit for bit; null in cost mode. */
  weights: Uint8Array | null;
}

export const SPEED = 1e9;

export function host(speed = SPEED, memoryBytes = Infinity, taskOverheadNs = 100): HostSpec {
  return { speedFlopsPerSecond: speed, memoryBytes, taskOverheadNs };
}

export function trainingOf(training: Partial<TrainingSpec> = {}): TrainingSpec {
  return {
    batch: 12,
    microBatches: 4,
    iterations: 2,
    learningRate: 0.1,
    optimizer: { kind: 'sgd' },
    numerics: 'cost',
    precision: 32,
    evaluateEvery: 0,
    ...training,
  };
}

export function assignmentOf(setting: Setting): Assignment {
  const network = setting.network ?? { kind: 'ring', bandwidth: 1e9, latencyNs: 1000 };
  return {
    seed: setting.seed ?? 1,
    hosts: setting.hosts,
    path: () => ({ latencyNs: network.latencyNs, bandwidthBytesPerSecond: network.bandwidth }),
    model: setting.model,
    training: trainingOf(setting.training),
    data: setting.data ?? null,
    detector: null,
    checkpoint: null,
  };
}

/** Runs `protocol` (its options, defaults left out) to the end of the run, whatever that is. */
export function runProtocol(setting: Setting, protocol: { kind: string }): Trace {
  const assignment = assignmentOf(setting);
  const network = setting.network ?? { kind: 'ring', bandwidth: 1e9, latencyNs: 1000 };
  const definition = protocolOf(protocol.kind)!;
  const plan = definition.plan(assignment, definition.options.parse(protocol));
  const place: NodeFactory = (world) => plan.createNode(world);
  const trace: Omit<Trace, 'result'> = {
    roles: plan.roles,
    jobs: [],
    messages: [],
    deliveries: [],
    iterations: [],
    staleness: [],
    weights: null,
  };
  const pieces: { offset: number; bytes: Uint8Array; element: number }[] = [];
  const simulation = new Simulation({
    seed: assignment.seed,
    hosts: setting.hosts,
    topology: topologyOf(network, setting.hosts.length),
    sharing: setting.sharing ?? 'fifo',
    jitter: setting.jitter,
    runJobs: assignment.training.numerics === 'exact',
    place: setting.wrap ? setting.wrap(place) : place,
    observers: [
      ...(setting.observer ? [setting.observer] : []),
      {
        jobEnded(node, job, startNs, endNs) {
          const { pass, iteration, microBatch, version, low, high } = job as Job & JobRecord;
          const what = { node, pass, iteration, microBatch, version, low, high };
          trace.jobs.push({ ...what, startNs, endNs });
        },
        messageSent(_, from, to, message, bytes) {
          trace.messages.push({ from, to, message, bytes });
        },
        messageDelivered(_, _from, to, message, timeNs) {
          trace.deliveries.push({ to, message, timeNs });
        },
        noted(node, timeNs, name, value) {
          if (name === 'staleness') trace.staleness.push({ node, updates: value as number });
          if (name === 'iteration') trace.iterations.push({ ...(value as IterationNote), timeNs });
          if (name !== 'weights') return;
          const { version, offset, values } = value as WeightsNote;
          if (version !== assignment.training.iterations) return;
          const copy = values.slice();
          const bytes = new Uint8Array(copy.buffer, 0, copy.byteLength);
          pieces.push({ offset, bytes, element: copy.BYTES_PER_ELEMENT });
        },
      },
    ],
  });
  while (simulation.run(1e6));
  if (pieces.length > 0) {
    const weights = new Uint8Array(pieces.reduce((sum, { bytes }) => sum + bytes.length, 0));
    for (const { offset, bytes, element } of pieces) weights.set(bytes, offset * element);
    trace.weights = weights;
  }
  return { result: simulation.result(), ...trace };
}

export function sameBits(one: Uint8Array | null, other: Uint8Array | null): boolean {
  return one !== null && other !== null && Buffer.compare(one, other) === 0;
}

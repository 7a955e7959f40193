/** Runs a ring among faults and keeps what the claims of PROTOCOLS C are judged by. */
import { WastedWork } from '../../../../models/observers/wasted-work.ts';
import type { FaultEffect, FaultRule } from '../../../../engine/faults/fault-rule.ts';
import type { RunResult } from '../../../../engine/result.ts';
import { Simulation } from '../../../../engine/simulation.ts';
import type { Message, NodeId, NoteValue } from '../../../../engine/world.ts';
import { parameterCount } from '../../../../models/learning/pieces.ts';
import type { IterationNote, RecoveredNote, WeightsNote } from '../../../../models/spec/notes.ts';
import type { RingMessage } from '../../../../models/protocols/ring-tmp/messages.ts';
import type { StageJob } from '../../../../models/pipeline/stage/stage-job.ts';
import { protocolOf } from '../../../../models/protocols/registry.ts';
import { assignmentOf, type Setting, topologyOf } from './harness.ts';

export interface FaultySetting extends Setting {
  readonly rules: readonly FaultRule[];
  readonly heartbeatNs: number;
  readonly misses: number;
  readonly checkpointEvery?: number;
  /** When the network goes round a cut cable; the detector's silence when left out. */
  readonly rerouteAfterNs?: number;
}

export interface EndedJob {
  readonly node: NodeId;
  readonly job: StageJob;
  readonly startNs: number;
  readonly endNs: number;
}

export interface FaultyTrace {
  readonly result: RunResult;
  readonly jobs: EndedJob[];
  readonly notes: { node: NodeId; name: string; value: NoteValue; timeNs: number }[];
  readonly messages: {
    from: NodeId;
    to: NodeId;
    message: Message;
    bytes: number;
    timeNs: number;
  }[];
  /** Weights after the last step, from the newest epoch whose slices cover the vector; null if there is none. */
  weights: Uint8Array | null;
}

export const atTime = (atNs: number, effect: FaultEffect): FaultRule => ({
  rule: 0,
  timing: { atNs },
  effect,
});

export const these = (...among: NodeId[]) => ({ among, choose: 'all' as const, count: 1 });

export const crash = (node: NodeId, atNs: number, forNs: number | null = null): FaultRule =>
  atTime(atNs, { kind: 'crash', target: these(node), forNs });

/** Slices of the last version by epoch. */
class LastWeights {
  private readonly epochs = new Map<number, { vector: Uint8Array; offsets: Map<number, number> }>();

  add({ epoch = 0, offset, values }: WeightsNote, parameters: number): void {
    const element = values.BYTES_PER_ELEMENT;
    const known = this.epochs.get(epoch);
    const book = known ?? { vector: new Uint8Array(parameters * element), offsets: new Map() };
    this.epochs.set(epoch, book);
    const copy = values.slice();
    book.vector.set(new Uint8Array(copy.buffer, 0, copy.byteLength), offset * element);
    book.offsets.set(offset, values.length);
  }

  newest(parameters: number): Uint8Array | null {
    const epochs = [...this.epochs.keys()].sort((one, other) => other - one);
    for (const epoch of epochs) {
      const { vector, offsets } = this.epochs.get(epoch)!;
      const filled = [...offsets.values()].reduce((sum, length) => sum + length, 0);
      if (filled === parameters) return vector;
    }
    return null;
  }
}

/** Runs to the end, or for that many events. */
export function runFaulty(
  setting: FaultySetting,
  protocol: { kind: string },
  mostEvents = 300_000,
): FaultyTrace {
  const { heartbeatNs, misses, checkpointEvery, rules, rerouteAfterNs } = setting;
  const detector = { heartbeatNs, misses };
  const checkpoint = checkpointEvery === undefined ? null : { every: checkpointEvery };
  const assignment = { ...assignmentOf(setting), detector, checkpoint };
  const network = setting.network ?? { kind: 'ring', bandwidth: 1e9, latencyNs: 1000 };
  const definition = protocolOf(protocol.kind)!;
  const plan = definition.plan(assignment, definition.options.parse(protocol));
  const { training, model } = assignment;
  const parameters = model.kind === 'mlp' ? parameterCount(model) : 0;
  const weights = new LastWeights();
  const trace: Omit<FaultyTrace, 'result'> = { jobs: [], notes: [], messages: [], weights: null };
  const simulation: Simulation = new Simulation({
    seed: assignment.seed,
    hosts: setting.hosts,
    topology: topologyOf(network, setting.hosts.length),
    sharing: setting.sharing ?? 'fifo',
    jitter: setting.jitter,
    runJobs: training.numerics === 'exact',
    faults: { rules, detector, rerouteAfterNs },
    storage: checkpoint ? { latencyNs: 5000, bandwidthBytesPerSecond: 1e9 } : undefined,
    place: (world) => plan.createNode(world),
    observers: [
      new WastedWork(setting.hosts.length, (wasted) => simulation.writeOff(wasted)),
      {
        jobEnded: (node, job, startNs, endNs) =>
          trace.jobs.push({ node, job: job as StageJob, startNs, endNs }),
        messageSent: (_, from, to, message, bytes, timeNs) =>
          trace.messages.push({ from, to, message, bytes, timeNs }),
        noted(node, timeNs, name, value) {
          trace.notes.push({ node, name, timeNs, value });
          if (name !== 'weights') return;
          const slice = value as WeightsNote;
          if (slice.version === training.iterations) weights.add(slice, parameters);
        },
      },
    ],
  });
  let events = 0;
  while (events < mostEvents && simulation.run(1000)) events += 1000;
  simulation.stop('interrupted');
  trace.weights = weights.newest(parameters);
  return { result: simulation.result(), ...trace };
}

export const iterationsOf = (trace: FaultyTrace) =>
  trace.notes
    .filter(({ name }) => name === 'iteration')
    .map(({ value, timeNs }) => ({ ...(value as IterationNote), timeNs }));

export const recoveriesOf = (trace: FaultyTrace) =>
  trace.notes
    .filter(({ name }) => name === 'recovered')
    .map(({ value, timeNs }) => ({ ...(value as RecoveredNote), timeNs }));

export type { RingMessage };

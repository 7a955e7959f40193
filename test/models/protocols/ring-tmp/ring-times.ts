/** Rings of a cost table whose times follow from a closed form or lie between bounds (PROTOCOLS A.5). */
import fc from 'fast-check';
import { jobNs } from '../../../../engine/cost.ts';
import type { Sharing } from '../../../../engine/network/build.ts';
import { MESSAGE_HEADER_BYTES } from '../../../../engine/world.ts';
import { host, runProtocol, type Trace } from './harness.ts';

/** At 1 GFLOP/s and 1 GB/s a FLOP and a byte are a nanosecond each; a host may round a job up by one more. */
const GIGA = 1e9;
const HOST = host(GIGA, Infinity, 0);

/** FLOPs of a stage's two passes. */
export interface Stage {
  readonly forward: number;
  readonly backward: number;
}

export interface Ring {
  readonly stages: readonly Stage[];
  readonly microBatches: number;
  readonly latencyNs: number;
  /** Payload over every cut: at 4 bytes an element, a multiple of 4. */
  readonly cutBytes: number;
  /** FLOPs of an update are twice that. */
  readonly parameters: number;
  readonly options?: {
    mode?: 'sync' | '2bw' | 'stash';
    window?: 'time' | 'memory' | number;
    recompute?: 'none' | 'all';
    credits?: number;
  };
  /** Three where left out. */
  readonly iterations?: number;
}

/** The network, and how it is shared. */
export interface Wires {
  readonly kind: 'ring' | 'star';
  readonly sharing: Sharing;
}

export const WIRES: readonly Wires[] = [
  { kind: 'ring', sharing: 'fifo' },
  { kind: 'ring', sharing: 'fair' },
  { kind: 'star', sharing: 'fifo' },
  { kind: 'star', sharing: 'fair' },
];

export function run(ring: Ring, { kind, sharing }: Wires = WIRES[0]): Trace {
  const { stages, microBatches, latencyNs, cutBytes, parameters, iterations = 3 } = ring;
  const trace = runProtocol(
    {
      hosts: stages.map(() => HOST),
      model: {
        kind: 'costs',
        layers: stages.map(({ forward, backward }) => ({
          name: 'stage',
          forwardFlops: forward,
          backwardFlops: backward,
          parameters,
          outputElements: cutBytes / 4,
        })),
        inputElements: 1,
      },
      training: { batch: microBatches, microBatches, iterations },
      network: { kind, bandwidth: GIGA, latencyNs },
      sharing,
    },
    { kind: 'ring-tmp', ...ring.options } as { kind: string },
  );
  if (trace.result.failure !== null) throw new Error(trace.result.failure.message);
  return trace;
}

/** Times of the iterations behind the first, whose start the start-up token has moved. */
export function iterationNs(trace: Trace): number[] {
  return trace.iterations.slice(1).map(({ timeNs }, i) => timeNs - trace.iterations[i].timeNs);
}

/** One hop: latency, payload and header. */
export function hopNs({ latencyNs, cutBytes }: Ring): number {
  return latencyNs + cutBytes + MESSAGE_HEADER_BYTES;
}

export const taskNs = (flops: number) => jobNs(HOST, flops, 1);
export const period = ({ forward, backward }: Stage) => taskNs(forward) + taskNs(backward);
export const total = (stages: readonly Stage[]) =>
  stages.reduce((sum, stage) => sum + period(stage), 0);

export function closedForm(ring: Ring): number {
  const { stages, microBatches, parameters, options } = ring;
  const again = options?.recompute === 'all' ? taskNs(stages[0].forward) : 0;
  const slots = microBatches + stages.length - 1;
  const hops = 2 * (stages.length - 1) * hopNs(ring);
  return slots * period(stages[0]) + microBatches * again + hops + taskNs(2 * parameters);
}

const nodes = fc.integer({ min: 1, max: 12 });
export const microBatches = fc.integer({ min: 1, max: 40 });
const stageNs = fc.oneof(
  fc.integer({ min: 200, max: 5000 }),
  fc.constantFrom(1000, 2000, 3000, 5000),
);

/** What goes beside a carry, with headers: a credit, and at the ends of the line a label and a loss. */
const CREDIT_NS = MESSAGE_HEADER_BYTES;
const LABEL_NS = MESSAGE_HEADER_BYTES + 4;
const LOSS_NS = MESSAGE_HEADER_BYTES + 8;
const BESIDE_NS = CREDIT_NS + LABEL_NS + LOSS_NS;

/**
 * Equal stages, and hops from nothing to ten periods, many of them even multiples. The carry holds a link for at most the
 * shorter pass; on a star, with all that goes beside it, for at most half of that.
 */
export const equalRing = ({ kind }: Wires): fc.Arbitrary<Ring> =>
  fc
    .record({
      ...{ nodes, forward: stageNs, backward: stageNs, again: fc.boolean() },
      // What is late at every round trip adds up over many.
      microBatches: fc.oneof({ weight: 9, arbitrary: microBatches }, fc.constantFrom(150, 300)),
    })
    .chain(({ nodes, microBatches, again, ...drawn }) => {
      const least = kind === 'ring' ? 0 : 2 * BESIDE_NS;
      const [forward, backward] = [drawn.forward + least, drawn.backward + least];
      const shortest = Math.min(forward, backward);
      const most = kind === 'ring' ? shortest : shortest / 2 - BESIDE_NS;
      const periodNs = forward + backward;
      return fc
        .record({
          cutBytes: fc
            .integer({ min: 1, max: Math.max(1, Math.floor((most - MESSAGE_HEADER_BYTES) / 4)) })
            .map((n) => 4 * n),
          hop: fc.oneof(
            fc.integer({ min: 0, max: 10 * periodNs }),
            fc.integer({ min: 1, max: 20 }).map((half) => (half * periodNs) / 2),
            fc.constant(0),
          ),
          parameters: fc.integer({ min: 0, max: 3000 }),
        })
        .map(({ cutBytes, hop, parameters }) => ({
          stages: Array<Stage>(nodes).fill({ forward, backward }),
          microBatches,
          latencyNs: Math.max(0, Math.round(hop) - cutBytes - MESSAGE_HEADER_BYTES),
          cutBytes,
          parameters,
          options: { recompute: again ? ('all' as const) : ('none' as const) },
        }));
    });

const PASS = fc.integer({ min: 200, max: 3000 });

/** Stages of any kind: the two passes of each drawn apart, or backward as many times forward at every node. */
export const mixedRing: fc.Arbitrary<Ring> = fc
  .record({
    passes: fc.array(fc.record({ forward: PASS, backward: PASS }), { minLength: 1, maxLength: 10 }),
    ratio: fc.constantFrom(null, null, 1, 2, 3),
    microBatches,
    latencyNs: fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.constantFrom(0, 100, 500, 2000)),
    cutBytes: fc.integer({ min: 1, max: 36 }).map((elements) => 4 * elements),
  })
  .map(({ passes, ratio, ...rest }) => ({
    stages: passes.map(({ forward, backward }) => ({
      forward,
      backward: ratio === null ? backward : ratio * forward,
    })),
    parameters: 0,
    ...rest,
  }));

/** Unequal stages whose backward pass takes as many times their forward pass at every node. */
export const alikeRing: fc.Arbitrary<Ring> = fc
  .record({
    forwards: fc.array(PASS, { minLength: 1, maxLength: 9 }),
    ratio: fc.constantFrom(1, 2, 3),
    microBatches,
    latencyNs: fc.constantFrom(0, 100, 500, 2000, 10_000),
  })
  .map(({ forwards, ratio, ...rest }) => ({
    stages: forwards.map((forward) => ({ forward, backward: ratio * forward })),
    cutBytes: 4,
    parameters: 0,
    ...rest,
  }));

export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/**
 * Of equal stages: the closed form where each link has its own way, and between two nodes. Where NICs serve two neighbours,
 * the first forward and the last backward share them with small messages on their way; and where windows have no slack for
 * what is in the way of a carry, each round trip of the last two nodes may be late by it.
 */
export function equalBounds(ring: Ring, { kind, sharing }: Wires): Bounds {
  const closed = closedForm(ring);
  const { stages, microBatches, latencyNs, options } = ring;
  if (kind === 'ring' || stages.length <= 2) return { least: closed, most: closed };
  const carryNs = hopNs(ring) - latencyNs;
  const sharedLossNs = sharing === 'fifo' ? 0 : Math.min(carryNs, LOSS_NS);
  if (microBatches === 1) return { least: closed + sharedLossNs, most: closed + sharedLossNs };
  const again = options?.recompute === 'all' ? taskNs(stages[0].forward) : 0;
  const periodNs = period(stages[0]) + again;
  const periods = Math.ceil((2 * hopNs(ring)) / periodNs);
  const slackNs = periods * periodNs - 2 * hopNs(ring);
  const roundTrips = Math.ceil((microBatches - 1) / (periods + 2));
  const lateNs = Math.max(0, carryNs + BESIDE_NS - slackNs) * roundTrips;
  const shared = sharing === 'fifo' ? 0 : sharedLossNs + LABEL_NS + (stages.length - 2) * CREDIT_NS;
  return { least: closed, most: closed + LABEL_NS + shared + lateNs };
}

/** The lower bound of any stages, and the upper one of stages that are alike where links have their own ways. */
export function alikeBounds(ring: Ring): Bounds {
  const { stages, microBatches } = ring;
  const hops = 2 * (stages.length - 1);
  const least = Math.max(
    ...stages.map(
      (stage, i) => total(stages.slice(0, i)) + 2 * i * hopNs(ring) + microBatches * period(stage),
    ),
  );
  const longest = Math.max(...stages.map(period));
  return { least, most: (microBatches - 1) * longest + total(stages) + hops * hopNs(ring) };
}

/**
 * Of any stages. The lowest backward goes first, so that the last forward may wait until no backward is left, and makes
 * its round trip then; and jobs are not interrupted, so that stages are caught in a longer pass while another waits,
 * and who comes first shifts, as if each stage did its longer pass a few times more.
 */
export function mixedBounds(ring: Ring, { kind }: Wires): Bounds {
  const { least, most } = alikeBounds(ring);
  const caught = ring.stages.reduce(
    (sum, { forward, backward }) => sum + Math.max(taskNs(forward), taskNs(backward)),
    0,
  );
  const roundTrip = 2 * (ring.stages.length - 1) * hopNs(ring);
  return { least, most: most + roundTrip + (kind === 'ring' ? 2 : 3) * caught };
}

/** Throws for an iteration of the ring that is outside; otherwise how far up it came, from 0 to 1. */
export function within(ring: Ring, wires: Wires, { least, most }: Bounds): number {
  let highest = 0;
  for (const time of iterationNs(run(ring, wires))) {
    if (time < least || time > most)
      throw new Error(`${wires.kind}, ${wires.sharing}: ${time} ns, not in [${least}, ${most}]`);
    if (most > least) highest = Math.max(highest, (time - least) / (most - least));
  }
  return highest;
}

import t from 'tap';
import fc from 'fast-check';
import { MESSAGE_HEADER_BYTES } from '../../../../engine/world.ts';
import type { IterationNote } from '../../../../models/notes.ts';
import { crash, iterationsOf, recoveriesOf, runFaulty, type FaultySetting } from './faulty.ts';
import { host } from './harness.ts';

/** At 1 GFLOP/s and 1 GB/s a FLOP and a byte are a nanosecond each. */
const GIGA = 1e9;
const ELEMENT_BYTES = 4;
const MICRO_BATCHES = 8;

interface Ring {
  readonly nodes: number;
  readonly latencyNs: number;
  readonly layerNs: number;
  readonly layerParameters: number;
}

/** As many equal layers as both the whole ring and one without a node can share evenly. */
function settingOf({ nodes, latencyNs, layerNs, layerParameters }: Ring): FaultySetting {
  return {
    hosts: Array.from({ length: nodes }, () => host(GIGA, Infinity, 0)),
    model: {
      kind: 'costs',
      layers: Array.from({ length: nodes * (nodes - 1) }, () => ({
        name: 'layer',
        forwardFlops: layerNs,
        backwardFlops: 2 * layerNs,
        parameters: layerParameters,
        outputElements: 1,
      })),
      inputElements: 1,
    },
    training: { batch: MICRO_BATCHES, microBatches: MICRO_BATCHES, iterations: 8 },
    network: { kind: 'star', bandwidth: GIGA, latencyNs },
    heartbeatNs: 20 * latencyNs,
    misses: 3,
    rules: [],
  };
}

/** One iteration of a ring of that many (PROTOCOLS A.5). */
function iterationNs({ nodes, latencyNs, layerNs, layerParameters }: Ring, left: number): number {
  const layers = (nodes * (nodes - 1)) / left;
  const hopNs = latencyNs + ELEMENT_BYTES + MESSAGE_HEADER_BYTES;
  const slots = MICRO_BATCHES + left - 1;
  return slots * 3 * layers * layerNs + 2 * (left - 1) * hopNs + 2 * layers * layerParameters;
}

/**
 * 2(N-1)(alpha+small) + XFER + one iteration: REPAIR goes round the N-1 that are left, RESUME round the rest of them, with
 * 24 bytes a report or member; a moved part is w(1+o)P/N at most, and goes out and comes in; each hop of the token and
 * the adoption may have to wait for the job in hand, which is a stage's backward at most, once.
 */
function formulaNs(ring: Ring): { repair: number; rest: number; jobNs: number } {
  const { nodes, latencyNs, layerNs, layerParameters } = ring;
  const left = nodes - 1;
  const small = MESSAGE_HEADER_BYTES + 64;
  const repair = left * (latencyNs + small) + (24 * left * (left + 1)) / 2;
  const resume = (left - 1) * (latencyNs + small + 24 * left);
  const movedNs = ELEMENT_BYTES * layerParameters * (nodes - 1);
  const transfer = latencyNs + movedNs + MESSAGE_HEADER_BYTES;
  const rest = resume + transfer + iterationNs(ring, left);
  return { repair, rest, jobNs: 2 * (nodes - 1) * layerNs };
}

/**
 * Rings in which replicas are made anew while the first iteration runs: what its end would wait for else is not in the
 * formula.
 */
const rings: fc.Arbitrary<Ring> = fc
  .record({
    nodes: fc.integer({ min: 4, max: 9 }),
    latencyNs: fc.constantFrom(1000, 5000, 20_000),
    layerNs: fc.constantFrom(20, 100, 400),
    layerParameters: fc.constantFrom(10, 100, 500),
  })
  .filter(
    ({ nodes, layerNs, layerParameters }) =>
      2 * ELEMENT_BYTES * layerParameters <= (MICRO_BATCHES + nodes - 2) * layerNs,
  );

t.test(
  'C: detection lies in [(k-1)h, kh] and a hop; the rest meets the formula within 20 %',
  async (t) => {
    let most = 0;
    let least = Infinity;
    fc.assert(
      fc.property(rings, fc.nat(100), fc.nat(1e6), (ring, dead, when) => {
        const setting = settingOf(ring);
        const { heartbeatNs, misses } = setting;
        const options = { kind: 'ring-tmp', replicas: 1 } as { kind: string };
        const plain = runFaulty(setting, options);
        const ends = iterationsOf(plain).map(({ timeNs }) => timeNs);
        const atNs = Math.floor(ends[1] + ((ends[5] - ends[1]) * when) / 1e6);
        const trace = runFaulty({ ...setting, rules: [crash(dead % ring.nodes, atNs)] }, options);
        if (trace.result.outcome !== 'finished') throw new Error(trace.result.failure?.message);
        const detected = trace.notes
          .filter(({ name }) => name === 'suspected')
          .map(({ timeNs }) => timeNs - atNs);
        const { repair, rest, jobNs } = formulaNs(ring);
        const earliest = (misses - 1) * heartbeatNs;
        const latest = misses * heartbeatNs + ring.latencyNs + MESSAGE_HEADER_BYTES + 8 + jobNs;
        for (const time of detected)
          if (time < earliest || time > latest)
            throw new Error(`detected after ${time} ns, not in [${earliest}, ${latest}]`);
        const [recovery] = recoveriesOf(trace);
        const commit = trace.notes.find(
          ({ name, value, timeNs }) =>
            name === 'iteration' &&
            timeNs > recovery.timeNs &&
            (value as IterationNote).iteration === recovery.version,
        )!;
        // The lap begins with the first neighbour's suspicion, and is not over before that of the second; if that is the
        // one whose epoch wins, the lap begins with it.
        const tookNs = commit.timeNs - atNs;
        const soonest = Math.max(Math.min(...detected) + repair, Math.max(...detected)) + rest;
        const slowest = Math.max(...detected) + repair + rest + jobNs;
        most = Math.max(most, tookNs / slowest);
        least = Math.min(least, tookNs / soonest);
        if (tookNs < 0.8 * soonest || tookNs > 1.2 * slowest)
          throw new Error(`${tookNs} ns, the formula says ${soonest} to ${slowest}`);
      }),
      { numRuns: 60 },
    );
    t.comment(`between ${least} and ${most} of the formula`);
    t.ok(least > 0.8 && most < 1.2);
  },
);

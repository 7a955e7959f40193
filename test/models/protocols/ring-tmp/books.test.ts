/** PROTOCOLS F: whatever becomes of views, work that is in the weights at the end is busy, and all else redo. */
import t from 'tap';
import type { NodeId } from '../../../../engine/world.ts';
import { atTime, runFaulty, these, crash, type FaultySetting } from './faulty.ts';
import { host } from './harness.ts';
import { booksMatch } from './lineage-claims.ts';

const MICRO_BATCHES = 4;

const calm: FaultySetting = {
  hosts: [host(), host(), host(), host()],
  model: { kind: 'mlp', layers: [4, 6, 6, 3], activation: 'relu' },
  training: { iterations: 3, microBatches: MICRO_BATCHES },
  heartbeatNs: 15_000,
  misses: 2,
  rules: [],
};

const protocol = { kind: 'ring-tmp', replicas: 1 } as { kind: string };
const silenceNs = calm.heartbeatNs * calm.misses;

const pause = (node: NodeId, atNs: number, forNs: number) =>
  atTime(atNs, { kind: 'pause', target: these(node), forNs });

/** Times of a run without faults, at equal distances from that part of it on. */
function momentsFrom(part: number, count: number): number[] {
  const { timeNs } = runFaulty(calm, protocol).result;
  const moment = (_: unknown, k: number) => Math.floor(timeNs * (part + ((1 - part) * k) / count));
  return Array.from({ length: count }, moment);
}

t.test(
  'F: who goes on in a view that all have left works in vain, though it dies before it hears',
  async (t) => {
    let workedOn = 0;
    for (const atNs of momentsFrom(0.6, 60)) {
      const goesOnNs = atNs + 20 * silenceNs;
      const rules = [
        pause(1, atNs, 20 * silenceNs),
        crash(1, goesOnNs + silenceNs / 2, 5 * silenceNs),
      ];
      const trace = runFaulty({ ...calm, rules }, protocol);
      t.equal(trace.result.outcome, 'finished');
      t.doesNotThrow(() => booksMatch(trace), `node 1 stands still from ${atNs} ns on`);
      if (trace.jobs.some(({ node, startNs }) => node === 1 && startNs >= goesOnNs)) workedOn++;
    }
    t.ok(workedOn > 5, `${workedOn} times it began something when all was done`);
  },
);

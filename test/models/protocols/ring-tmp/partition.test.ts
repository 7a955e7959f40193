import t from 'tap';
import fc from 'fast-check';
import { anyCalmRing, options, part, partition, survives } from './faulty-settings.ts';
import { atTime, type FaultyTrace } from './faulty.ts';
import { booksMatch } from './lineage-claims.ts';

/** Updates of position 0, which end iterations, by epoch and in order of time. */
const commits = (trace: FaultyTrace) =>
  trace.jobs
    .filter(({ job }) => job.pass === 'update' && job.position === 0)
    .map(({ job, endNs }) => ({ epoch: job.epoch, iteration: job.iteration, endNs }));

/** Once a newer epoch has ended an iteration, an older one ends at most the one that was in hand. */
function oneSideCommits(trace: FaultyTrace): void {
  const late = new Map<number, number>();
  let newest = 0;
  for (const { epoch } of commits(trace)) {
    newest = Math.max(newest, epoch);
    if (epoch === newest) continue;
    late.set(epoch, (late.get(epoch) ?? 0) + 1);
    if (late.get(epoch)! > 1) throw new Error(`epoch ${epoch} goes on beside epoch ${newest}`);
  }
}

t.test(
  'C: a partition never lets both sides commit, and once healed no bit is changed',
  async (t) => {
    let halted = 0;
    let repaired = 0;
    fc.assert(
      fc.property(
        anyCalmRing(3),
        options(fc.constantFrom(1, 2, 3)),
        partition,
        (calm, protocol, fault) => {
          // A majority may find that more of a row are on the other side than replicas can stand in for.
          const trace = survives(calm, protocol, fault, true);
          oneSideCommits(trace);
          halted += trace.notes.some(({ name }) => name === 'halted') ? 1 : 0;
          repaired += trace.notes.some(({ name }) => name === 'recovered') ? 1 : 0;
        },
      ),
      { numRuns: 50 },
    );
    t.ok(halted > 8 && repaired > 8, `${halted} were halted, ${repaired} repaired`);
  },
);

t.test(
  "C, F: the minority's arc stops and its work is redo, the majority's goes on and takes it back",
  async (t) => {
    let alone = 0;
    let redone = 0;
    const split = fc.record({ when: part(0.5), from: fc.nat(100), lasts: part(20) });
    fc.assert(
      fc.property(anyCalmRing(3), split, (calm, { when, from, lasts }) => {
        const nodes = calm.hosts.length;
        const one = from % nodes;
        const others = calm.hosts.flatMap((_, node) => (node === one ? [] : [node]));
        const trace = survives(
          calm,
          { kind: 'ring-tmp', replicas: 1 } as { kind: string },
          (scale) => [
            atTime(Math.floor(when * scale.runNs), {
              kind: 'partition',
              groups: [[one], others],
              forNs: Math.ceil((3 + lasts) * scale.silenceNs),
            }),
          ],
        );
        oneSideCommits(trace);
        booksMatch(trace);
        redone += trace.result.nodes.redoNs[one] > 0 ? 1 : 0;
        const without = trace.notes.filter(
          ({ name, value }) =>
            name === 'recovered' && !(value as { members: number[] }).members.includes(one),
        );
        alone += without.length > 0 ? 1 : 0;
        for (const { node, name } of trace.notes)
          if (name === 'recovered' && node === one && nodes > 3 && without.length === 0)
            throw new Error('the minority has gone on');
      }),
      { numRuns: 40 },
    );
    t.ok(alone > 10, `${alone} went on without the one that was cut off`);
    t.ok(redone > 3, `${redone} times it had worked in vain, and the books say redo`);
  },
);

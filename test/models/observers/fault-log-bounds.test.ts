/** The fault log under any play: bounded memory, no cost charged twice, and who shows as well. */
import fc from 'fast-check';
import t from 'tap';
import type { FaultKind, InjectedFault } from '../../../engine/faults/fault-rule.ts';
import type { FaultAccount } from '../../../models/observers/fault-record.ts';
import { MS, NODES, Play, without } from './fault-play.ts';

t.test('a node that is cut off shows as suspected, whatever it thinks of the others', async (t) => {
  const play = new Play();
  const repair = (ms: number, node: number, gone: number[]): void =>
    play.note(ms, node, 'repair', { epoch: 1, gone });
  play.strike(10, 'partition', without());
  play.suspect(11, 6, 7);
  play.suspect(11, 7, 6);
  t.equal(play.wellness()[6], 'suspected', 'nobody knows yet who is in the majority');
  repair(11, 6, [7]);
  repair(11, 7, [6]);
  play.recover(12, without(7));
  play.suspect(13, 7, 5);
  repair(13, 7, [5, 6]);
  t.strictSame(play.wellness(), [...Array<string>(7).fill('well'), 'suspected']);
  play.recover(20, without(), [7]);
  t.strictSame(play.wellness(), Array<string>(8).fill('well'));
});

t.test(
  'ten thousand faults: sums stay exact, lists have an end and say what they left out',
  async (t) => {
    const play = new Play({ faultsKept: 100, eventsKeptEachEnd: 10 });
    for (let k = 0; k < 10_000; k++) {
      play.strike(k, 'loss', [k % NODES]);
      play.lose(k, k % NODES, 0);
    }
    const record = play.log.record();
    t.equal(record.accounts.length, 100);
    t.equal(record.faultsLeftOut, 9_900);
    t.equal(record.events.length, 20);
    t.strictSame(record.eventsLeftOut, { count: 9_980, after: 10 });
    t.strictSame(
      record.events.map(({ timeNs }) => timeNs / MS),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9990, 9991, 9992, 9993, 9994, 9995, 9996, 9997, 9998, 9999],
    );
    t.equal(play.log.eventCount, 10_000);
    t.strictSame(
      play.log.eventsSince(9_998).map(({ timeNs }) => timeNs / MS),
      [9998, 9999],
    );
  },
);

t.test(
  'any events in any pieces: a reader that keeps up misses none and sees none twice',
  async () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(4), { maxLength: 60 }),
        fc.integer({ min: 4, max: 9 }),
        (bursts, kept) => {
          const play = new Play({ eventsKeptEachEnd: kept });
          const seen: number[] = [];
          let now = 0;
          for (const burst of bursts) {
            const read = play.log.eventCount;
            for (let k = 0; k < burst; k++) play.strike(now++, 'pause', []);
            seen.push(...play.log.eventsSince(read).map(({ timeNs }) => timeNs / MS));
          }
          return seen.length === now && seen.every((time, index) => time === index);
        },
      ),
    );
  },
);

t.test('any play: what the strikes are charged with never exceeds the sums', async () => {
  const node = fc.nat(NODES - 1);
  const kinds: FaultKind[] = ['crash', 'pause', 'slow', 'cut', 'partition', 'loss', 'degrade'];
  const act = fc.oneof(
    fc.record({
      act: fc.constant('strike' as const),
      kind: fc.constantFrom(...kinds),
      nodes: fc.uniqueArray(node, { maxLength: 3 }),
    }),
    fc.record({
      act: fc.constantFrom('suspect', 'recover', 'lose', 'redone', 'lost', 'iteration', 'end'),
      one: node,
      other: node,
    }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 80 }), (acts) => {
      const play = new Play();
      const open: InjectedFault[] = [];
      let [redone, done] = [0, 0];
      for (const [ms, step] of acts.entries()) {
        if (step.act === 'strike') open.push(play.strike(ms, step.kind, step.nodes, ms + 5));
        else if (step.act === 'suspect') play.suspect(ms, step.one, step.other);
        else if (step.act === 'recover') play.recover(ms, without(step.one), [step.other]);
        else if (step.act === 'lose') play.lose(ms, step.one, step.other);
        else if (step.act === 'redone') {
          play.note(ms, 0, 'redone', 3);
          redone += 3;
        } else if (step.act === 'lost') {
          const parameters = [[step.one, step.one + 2 * step.other]];
          play.note(ms, 0, 'lost', { parameters, why: 'so' });
        } else if (step.act === 'iteration') play.iteration(ms, done++);
        else if (open.length > 0) play.end({ ...open.shift()!, endNs: ms * MS });
      }
      const lost = acts.filter((step) => step.act === 'lose').length;
      const record = play.log.record();
      const sum = (of: (strike: FaultAccount) => number): number =>
        record.accounts.reduce((total, strike) => total + of(strike), 0);
      return (
        record.redoneSamples === redone &&
        sum(({ redoneSamples }) => redoneSamples ?? 0) <= redone &&
        sum(({ messagesLost }) => messagesLost) <= lost &&
        sum(({ lostParameters }) => lostParameters) <= record.lost.count &&
        record.accounts.every(
          ({ struckNs, detectedNs, recoveredNs }) =>
            (detectedNs === null || detectedNs >= struckNs) &&
            (recoveredNs === null || recoveredNs >= (detectedNs ?? struckNs)),
        ) &&
        structuredClone(record) !== record
      );
    }),
    { numRuns: 300 },
  );
});

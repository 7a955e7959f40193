/** ASP under faults: whatever befalls whomever, within what is promised each share is applied once by every shard. */
import fc from 'fast-check';
import t from 'tap';
import {
  anyBadWire,
  anyDuration,
  befalls,
  booksSum,
  faultySetups,
  type FaultySetup,
  momentOf,
} from './faulty-setups.ts';
import { play, type Outcome } from './harness.ts';

const anyKind = fc.constantFrom<('crash' | 'pause')[]>('crash', 'pause');
// Drawn as a whole number: doubles come near 0 for the most part.
const anyMoment = fc.nat(1000).map((thousandths) => thousandths / 1000);

/** All iterations are told of, in order, and every sample is in one of them. */
function tellsAll({ result, record }: Outcome, { training }: FaultySetup): boolean {
  const { iterations } = record;
  return (
    result.outcome === 'finished' &&
    iterations.length === training.iterations &&
    iterations.every(({ iteration }, k) => iteration === k) &&
    record.samples === training.iterations * training.batch
  );
}

/** Shares that a server has applied, in order. */
function appliedBy({ jobs }: Outcome, server: number): string[] {
  return jobs
    .filter(({ node, job }) => node === server && job.pass === 'update')
    .map(({ job }) => `${job.iteration}/${job.worker}`);
}

t.test(
  'D: a worker dies: what it had in hand is given out again, and nothing is lost',
  async (t) => {
    fc.assert(
      fc.property(
        faultySetups('ps-asp', { min: 0, max: 2 }),
        fc.nat(4),
        anyMoment,
        anyKind,
        anyDuration,
        (setup, worker, moment, kind, forNs) => {
          const rule = befalls(worker % setup.workers, momentOf(setup, moment), kind, forNs);
          const outcome = play({ ...setup, faults: [rule] });
          const applied = appliedBy(outcome, setup.workers);
          return (
            tellsAll(outcome, setup) &&
            booksSum(outcome) &&
            applied.length === setup.workers * setup.training.iterations &&
            new Set(applied).size === applied.length
          );
        },
      ),
      { numRuns: 60 },
    );
    t.pass();
  },
);

t.test('D: a server dies or is fenced: each share is in the weights once', async (t) => {
  fc.assert(
    fc.property(
      faultySetups('ps-asp', { min: 1, max: 3 }).chain((setup) =>
        fc.tuple(fc.constant(setup), fc.option(anyBadWire(setup.nodes))),
      ),
      fc.nat(3),
      anyMoment,
      anyKind,
      anyDuration,
      ([setup, wire], server, moment, kind, forNs) => {
        const node = setup.workers + (server % (1 + setup.replicas));
        const rule = befalls(node, momentOf(setup, moment), kind, forNs);
        const outcome = play({ ...setup, faults: wire === null ? [rule] : [rule, wire] });
        return tellsAll(outcome, setup) && booksSum(outcome);
      },
    ),
    { numRuns: 60 },
  );
  t.pass();
});

t.test('D: a push is said to be safe after the tail has it', async (t) => {
  fc.assert(
    fc.property(faultySetups('ps-asp', { min: 1, max: 3 }), (setup) => {
      const tail = setup.nodes - 1;
      const numberOf = new Map<string, number>();
      const pushes = new Map<number, string[]>();
      let safe = 0;
      return play(setup).messages.every(({ from, to, message }) => {
        const said = message as any;
        if (said.kind === 'push')
          pushes.set(from, [...(pushes.get(from) ?? []), `${said.iteration}/${said.share}`]);
        if (said.kind === 'append') {
          const [{ iteration, share }] = said.update.items;
          numberOf.set(`${iteration}/${share}`, said.update.number);
        }
        if (said.kind === 'append-ack' && from === tail) safe = said.upTo;
        if (said.kind !== 'pull-reply') return true;
        const told = (pushes.get(to) ?? []).slice(0, said.safe);
        return told.length === said.safe && told.every((name) => numberOf.get(name)! < safe);
      });
    }),
    { numRuns: 40 },
  );
  t.pass();
});

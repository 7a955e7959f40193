/** ASP under faults: what is acknowledged stays, each gradient is applied once or lost once, and the lost are counted. */
import fc from 'fast-check';
import t from 'tap';
import type { ResilientServer } from '../../../../models/protocols/parameter-server/resilient-server.ts';
import {
  anyBadWire,
  anyDuration,
  befalls,
  booksSum,
  faultySetups,
  type FaultySetup,
  momentOf,
  notesOf,
} from './faulty-setups.ts';
import { play, type Outcome } from './harness.ts';

const anyKind = fc.constantFrom<('crash' | 'pause')[]>('crash', 'pause');
// Drawn as a whole number: doubles come near 0 for the most part.
const anyMoment = fc.nat(1000).map((thousandths) => thousandths / 1000);

/** Updates by the server that ended the run, which had the state from the start: share and clock of each. */
function historyOf({ jobs, messages }: Outcome): string[] {
  const { from } = messages.find(({ message }) => message.kind === 'done')!;
  return jobs
    .filter(({ node, job }) => node === from && job.pass === 'update')
    .map(({ job }) => `${job.worker}/${job.iteration}`);
}

function acknowledgedOf({ messages }: Outcome): string[] {
  return messages
    .filter(({ message }) => message.kind === 'push-ack')
    .map(({ message }) => `${(message as any).share}/${(message as any).clock}`);
}

/** A new head may tell of one again. */
function lostOf(outcome: Outcome): number {
  const notes = notesOf<{ share: number; clock: number }>(outcome, 'gradient-lost');
  return new Set(notes.map(({ share, clock }) => `${share}/${clock}`)).size;
}

/** All iterations are told of, in order; samples are those of the gradients that were not lost. */
function tellsAll(outcome: Outcome, { training }: FaultySetup): boolean {
  const { iterations } = outcome.record;
  return (
    outcome.result.outcome === 'finished' &&
    iterations.length === training.iterations &&
    iterations.every(({ iteration }, k) => iteration === k)
  );
}

t.test(
  'D: a worker dies: each gradient is applied once or lost, at most what it had in hand',
  async (t) => {
    fc.assert(
      fc.property(
        faultySetups('ps-asp', { min: 0, max: 2 }),
        fc.nat(4),
        anyMoment,
        anyKind,
        anyDuration,
        (setup, worker, moment, kind, forNs) => {
          const node = worker % setup.workers;
          const rule = befalls(node, momentOf(setup, moment), kind, forNs);
          const outcome = play({ ...setup, faults: [rule] });
          const history = historyOf(outcome);
          const applied = new Set(history);
          const lost = lostOf(outcome);
          return (
            tellsAll(outcome, setup) &&
            booksSum(outcome) &&
            applied.size === history.length &&
            applied.size + lost === setup.workers * setup.training.iterations &&
            // It has one gradient in hand at a time, of its own share.
            lost <= 1 &&
            acknowledgedOf(outcome).every((pair) => applied.has(pair))
          );
        },
      ),
      { numRuns: 80 },
    );
    t.pass();
  },
);

t.test(
  'D: the head dies or is fenced: no acknowledged push is lost, none is applied twice',
  async (t) => {
    fc.assert(
      fc.property(
        faultySetups('ps-asp', { min: 1, max: 3 }).chain((setup) =>
          fc.tuple(fc.constant(setup), fc.option(anyBadWire(setup.nodes))),
        ),
        anyMoment,
        anyKind,
        anyDuration,
        ([setup, wire], moment, kind, forNs) => {
          const rule = befalls(setup.workers, momentOf(setup, moment), kind, forNs);
          const outcome = play({ ...setup, faults: wire === null ? [rule] : [rule, wire] });
          if (!tellsAll(outcome, setup) || !booksSum(outcome)) return false;
          const ending = outcome.messages.find(({ message }) => message.kind === 'done')!.from;
          const server = outcome.nodes.find((node) => (node as any).world?.self === ending);
          const { replica } = server as ResilientServer;
          const known = outcome.messages.every(
            ({ to, message }) =>
              to !== ending || message.kind !== 'install' || (message as any).state === null,
          );
          if (!known) return replica.steps === replica.total;
          const history = historyOf(outcome);
          const applied = new Set(history);
          return (
            applied.size === history.length &&
            applied.size + lostOf(outcome) >= setup.workers * setup.training.iterations &&
            acknowledgedOf(outcome).every((pair) => applied.has(pair))
          );
        },
      ),
      { numRuns: 100 },
    );
    t.pass();
  },
);

t.test('D: a push is acknowledged after the tail has it', async (t) => {
  fc.assert(
    fc.property(faultySetups('ps-asp', { min: 1, max: 3 }), (setup) => {
      const tail = setup.nodes - 1;
      const numberOf = new Map<string, number>();
      let safe = 0;
      return play(setup).messages.every(({ from, message }) => {
        const said = message as any;
        if (said.kind === 'append')
          numberOf.set(`${said.entry.share}/${said.entry.clock}`, said.entry.number);
        if (said.kind === 'append-ack' && from === tail) safe = said.number + 1;
        return said.kind !== 'push-ack' || numberOf.get(`${said.share}/${said.clock}`)! < safe;
      });
    }),
    { numRuns: 40 },
  );
  t.pass();
});

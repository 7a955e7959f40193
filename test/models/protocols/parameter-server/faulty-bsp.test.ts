/** BSP under faults: whatever befalls whomever, within what is promised the run ends bit for bit as without it. */
import fc from 'fast-check';
import t from 'tap';
import {
  anyBadWire,
  anyDuration,
  befalls,
  booksSum,
  endsAlike,
  faultless,
  faultySetups,
  momentOf,
  notesOf,
  sharded,
} from './faulty-setups.ts';
import { bitsOf, play } from './harness.ts';

const anyKind = fc.constantFrom<('crash' | 'pause')[]>('crash', 'pause');
// Drawn as a whole number: doubles come near 0 for the most part.
const anyMoment = fc.nat(1000).map((thousandths) => thousandths / 1000);

t.test(
  'D: a worker crashes, returns or pauses at any time: BSP ends with the same bits',
  async (t) => {
    fc.assert(
      fc.property(
        faultySetups('ps-bsp', { min: 0, max: 2 }),
        fc.nat(4),
        anyMoment,
        anyKind,
        anyDuration,
        (setup, worker, moment, kind, forNs) => {
          const rule = befalls(worker % setup.workers, momentOf(setup, moment), kind, forNs);
          const outcome = play({ ...setup, faults: [rule] });
          return endsAlike(outcome, setup) && booksSum(outcome);
        },
      ),
      { numRuns: 80 },
    );
    t.pass();
  },
);

t.test(
  'D: a server crashes, returns or pauses with a standby: BSP ends with the same bits',
  async (t) => {
    fc.assert(
      fc.property(
        faultySetups('ps-bsp', { min: 1, max: 3 }),
        fc.nat(3),
        anyMoment,
        anyKind,
        anyDuration,
        (setup, server, moment, kind, forNs) => {
          const node = setup.workers + (server % (1 + setup.replicas));
          const rule = befalls(node, momentOf(setup, moment), kind, forNs);
          const outcome = play({ ...setup, faults: [rule] });
          return endsAlike(outcome, setup) && booksSum(outcome);
        },
      ),
      { numRuns: 100 },
    );
    t.pass();
  },
);

t.test(
  'D: anybody crashes, returns or pauses before several shards: BSP ends with the same bits',
  async (t) => {
    fc.assert(
      fc.property(
        faultySetups('ps-bsp', { min: 0, max: 1 }),
        fc.integer({ min: 2, max: 3 }),
        fc.nat(20),
        anyMoment,
        fc.constantFrom(1000, 10_000, 60_000, 300_000),
        (drawn, servers, any, moment, forNs) => {
          const setup = sharded(drawn, servers);
          const node = any % (setup.replicas > 0 ? setup.nodes : setup.workers);
          const rule = befalls(node, momentOf(setup, moment), 'crash', forNs);
          return endsAlike(play({ ...setup, faults: [rule] }), drawn);
        },
      ),
      { numRuns: 600 },
    );
    t.pass();
  },
);

t.test('CH: bad wires beside a crash cost time alone', async (t) => {
  fc.assert(
    fc.property(
      faultySetups('ps-bsp', { min: 1, max: 2 }).chain((setup) =>
        fc.tuple(fc.constant(setup), anyBadWire(setup.nodes), fc.nat(setup.nodes - 1)),
      ),
      anyMoment,
      anyDuration,
      ([setup, wire, node], moment, forNs) => {
        const rule = befalls(node, momentOf(setup, moment), 'crash', forNs);
        return endsAlike(play({ ...setup, faults: [rule, wire] }), setup);
      },
    ),
    { numRuns: 60 },
  );
  t.pass();
});

t.test(
  'D: the only server comes back to its last checkpoint, and BSP ends with the same bits',
  async (t) => {
    fc.assert(
      fc.property(
        faultySetups('ps-bsp', { min: 0, max: 0 }),
        anyMoment,
        fc.constantFrom(1000, 60_000, 300_000),
        fc.integer({ min: 1, max: 3 }),
        (setup, moment, forNs, every) => {
          const saving = { ...setup, checkpoint: { every } };
          const rule = befalls(setup.workers, momentOf(saving, moment), 'crash', forNs);
          const outcome = play({ ...saving, faults: [rule] });
          const returned = outcome.result.faults.length > 0;
          const told = notesOf(outcome, 'lost').length > 0 || !returned;
          const before = notesOf<{ iteration: number }>(outcome, 'iteration').length;
          // Who has finished before the crash, or has not begun, has nothing to go back to.
          return endsAlike(outcome, setup) && (told || before === setup.training.iterations);
        },
      ),
      { numRuns: 60 },
    );
    t.pass();
  },
);

t.test('D: hashed shards come back from checkpoints and standbys with the same bits', async (t) => {
  fc.assert(
    fc.property(
      faultySetups('ps-bsp', { min: 0, max: 1 }),
      fc.nat(20),
      anyMoment,
      fc.constantFrom(1000, 60_000, 300_000),
      (drawn, any, moment, forNs) => {
        const nodes = drawn.workers + 2 * (1 + drawn.replicas);
        const options = { servers: { hashed: 2 } };
        const setup = { ...drawn, nodes, options, checkpoint: { every: 1 } };
        const rule = befalls(any % nodes, momentOf(setup, moment), 'crash', forNs);
        return endsAlike(play({ ...setup, faults: [rule] }), { ...drawn, options: {} });
      },
    ),
    { numRuns: 80 },
  );
  t.pass();
});

t.test('D: k standbys cost the chain and change no bit where nothing fails', async (t) => {
  fc.assert(
    fc.property(faultySetups('ps-bsp', { min: 1, max: 3 }), fc.boolean(), (setup, watched) => {
      const outcome = play({ ...setup, detector: watched ? setup.detector : undefined });
      const { iterations } = setup.training;
      const appends = outcome.messages.filter(({ message }) => message.kind === 'append');
      return (
        bitsOf(outcome.record.finalWeights) === bitsOf(faultless(setup).record.finalWeights) &&
        appends.length === iterations * setup.replicas
      );
    }),
    { numRuns: 30 },
  );
  t.pass();
});

t.test('D: weights go to workers after the tail has said that it has them', async (t) => {
  fc.assert(
    fc.property(
      faultySetups('ps-bsp', { min: 1, max: 3 }),
      fc.nat(4),
      anyMoment,
      anyDuration,
      (setup, worker, moment, forNs) => {
        const rule = befalls(worker % setup.workers, momentOf(setup, moment), 'crash', forNs);
        let safe = 0;
        const first = new Map<number, number>();
        return play({ ...setup, faults: [rule] }).messages.every(({ from, message }) => {
          const said = message as any;
          if (said.kind === 'INSTALL') first.set(said.view.epoch, said.plan.clock);
          if (said.kind === 'append-ack' && from === setup.nodes - 1) safe = said.upTo;
          // What a view begins with may be committed in it alone, but is the same whoever makes it.
          const isFirst = said.version === first.get(said.epoch);
          return said.kind !== 'pull-reply' || isFirst || said.version <= safe;
        });
      },
    ),
    { numRuns: 40 },
  );
  t.pass();
});

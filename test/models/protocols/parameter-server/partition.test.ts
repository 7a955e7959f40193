/** Partitions, false suspicion and losses beyond the promise: never two heads that commit, and never silence. */
import fc from 'fast-check';
import t from 'tap';
import type { FaultRule } from '../../../../engine/faults/fault-rule.ts';
import {
  anyDuration,
  befalls,
  endsAlike,
  faultySetups,
  momentOf,
  notesOf,
  sharded,
} from './faulty-setups.ts';
import { play, type Outcome } from './harness.ts';

// Drawn as a whole number: doubles come near 0 for the most part.
const anyMoment = fc.nat(1000).map((thousandths) => thousandths / 1000);
const anyServers = faultySetups('ps-bsp', { min: 0, max: 3 });

/** Who has told of iterations, from the node that first did in an epoch to the next: an older epoch never after. */
function committersAreFenced({ notes }: Outcome): boolean {
  const headOf = new Map<number, number>();
  for (const { node, name, value } of notes) {
    if (name !== 'iteration') continue;
    const { epoch = 0 } = value as { epoch?: number };
    if (headOf.has(epoch) && headOf.get(epoch) !== node) return false;
    headOf.set(epoch, node);
  }
  return true;
}

/** The version that each side has committed last before the heal: at most one side moves after it has fallen silent. */
function sidesThatCommit({ notes }: Outcome, groups: number[][], from: number, to: number): number {
  const moved = groups.map((group) =>
    notes.some(
      ({ node, timeNs, name }) =>
        name === 'iteration' && group.includes(node) && timeNs > from && timeNs < to,
    ),
  );
  return moved.filter(Boolean).length;
}

t.test(
  'C: a partition never lets both sides commit; healed, BSP ends with the same bits',
  async (t) => {
    fc.assert(
      fc.property(anyServers, anyMoment, fc.nat(255), (setup, moment, side) => {
        const nodes = Array.from({ length: setup.nodes }, (_, node) => node);
        const groups = [
          nodes.filter((node) => (side >> node) % 2 === 0),
          nodes.filter((node) => (side >> node) % 2 === 1),
        ];
        const atNs = momentOf(setup, moment);
        const { heartbeatNs, misses } = setup.detector!;
        const forNs = 20 * heartbeatNs * misses;
        const rule: FaultRule = {
          rule: 0,
          timing: { atNs },
          effect: { kind: 'partition', groups, forNs },
        };
        const outcome = play({ ...setup, faults: [rule] });
        // What was on its way is counted to the side it came from.
        const silent = atNs + 2 * heartbeatNs * misses;
        return (
          endsAlike(outcome, setup) &&
          committersAreFenced(outcome) &&
          sidesThatCommit(outcome, groups, silent, atNs + forNs) <= 1
        );
      }),
      { numRuns: 80 },
    );
    t.pass();
  },
);

t.test('C: two crashes in any order: the same bits, or a sentence why not', async (t) => {
  fc.assert(
    fc.property(
      anyServers,
      fc.tuple(fc.nat(8), fc.nat(8)),
      fc.tuple(anyMoment, anyMoment),
      fc.tuple(anyDuration, anyDuration),
      fc.option(fc.integer({ min: 1, max: 3 }), { nil: null }),
      (setup, nodes, moments, durations, every) => {
        const checkpoint = every === null ? undefined : { every };
        const faults = nodes.map((node, k) =>
          befalls(node % setup.nodes, momentOf(setup, moments[k]), 'crash', durations[k]),
        );
        const outcome = play({ ...setup, checkpoint, faults });
        if (outcome.result.outcome === 'finished') return endsAlike(outcome, setup);
        const { failure } = outcome.result;
        if (failure?.kind === 'given-up')
          return every === null && notesOf(outcome, 'lost').length > 0;
        // Whoever waits for ever says for what; some node is gone for good.
        return durations.includes(null) && failure !== null && failure.message.length > 20;
      },
    ),
    { numRuns: 100 },
  );
  t.pass();
});

t.test(
  'D: servers that are all there go on with one worker, however many die at once',
  async (t) => {
    fc.assert(
      fc.property(
        fc.constantFrom('ps-bsp', 'ps-asp').chain((kind) => faultySetups(kind, { min: 0, max: 1 })),
        fc.integer({ min: 1, max: 2 }),
        anyMoment,
        (drawn, servers, moment) => {
          const setup = sharded(drawn, servers);
          const among = Array.from({ length: setup.workers - 1 }, (_, k) => k + 1);
          const target = { among, choose: 'all', count: among.length } as const;
          const timing = { atNs: momentOf(setup, moment) };
          const rule: FaultRule = {
            rule: 0,
            timing,
            effect: { kind: 'crash', target, forNs: null },
          };
          const outcome = play({ ...setup, faults: [rule] });
          if (setup.kind === 'ps-bsp') return endsAlike(outcome, drawn);
          return outcome.result.outcome === 'finished';
        },
      ),
      { numRuns: 60 },
    );
    t.pass();
  },
);

t.test('D: the only server gone without a checkpoint ends the run in a sentence', async (t) => {
  for (const forNs of [null, 1000, 60_000]) {
    const [setup] = fc.sample(faultySetups('ps-bsp', { min: 0, max: 0 }), { numRuns: 1, seed: 1 });
    const rule = befalls(setup.workers, momentOf(setup, 0.9), 'crash', forNs);
    const outcome = play({ ...setup, faults: [rule] });
    const { failure } = outcome.result;
    t.equal(outcome.result.outcome, 'failed');
    if (forNs !== null) {
      t.equal(failure?.kind, 'given-up');
      t.match(failure?.message, /weights are lost: the only server has lost its memory/);
      t.equal(notesOf(outcome, 'lost').length, 1);
    } else if (failure?.kind === 'deadlock') {
      t.match(failure.nodes[0].waitsFor, new RegExp(`node.*${setup.workers}`));
      t.ok(notesOf(outcome, 'halted').length > 0);
    } else t.fail(`nothing said that the server is gone: ${failure?.message}`);
  }
});

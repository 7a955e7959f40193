/** Partitions, false suspicion and losses beyond the promise: never two heads that commit, and never silence. */
import fc from 'fast-check';
import t from 'tap';
import type { FaultRule } from '../../../../engine/faults/fault-rule.ts';
import type { RecoveredNote } from '../../../../models/spec/notes.ts';
import {
  hasQuorum,
  initialView,
  isForgotten,
  mayEnd,
} from '../../../../models/protocols/parameter-server/view.ts';
import {
  anyDuration,
  befalls,
  endsAlike,
  faultySetups,
  momentOf,
  notesOf,
} from './faulty-setups.ts';
import { play, SMALL_DATA, SMALL_MLP, TRAINING, type Outcome } from './harness.ts';

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

t.test(
  'C: where all servers are left one worker is enough, however many die at once',
  async (t) => {
    let minorities = 0;
    fc.assert(
      fc.property(anyServers, anyMoment, anyDuration, fc.nat(4), (setup, moment, forNs, spared) => {
        const { workers, nodes } = setup;
        const atNs = momentOf(setup, moment);
        const dead = Array.from({ length: workers }, (_, node) => node).filter(
          (node) => node !== spared % workers,
        );
        if (2 * dead.length >= nodes) minorities++;
        const faults = dead.map((node) => befalls(node, atNs, 'crash', forNs));
        return endsAlike(play({ ...setup, faults }), setup);
      }),
      { numRuns: 80 },
    );
    t.ok(minorities > 15, `${minorities} times no majority was left`);
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

t.test('D: the only server gone without a checkpoint ends the run in a sentence', async (t) => {
  for (const forNs of [null, 1000, 60_000]) {
    const [setup] = fc.sample(faultySetups('ps-bsp', { min: 0, max: 0 }), { numRuns: 1, seed: 1 });
    const rule = befalls(setup.workers, momentOf(setup, 0.5), 'crash', forNs);
    const outcome = play({ ...setup, faults: [rule] });
    const { failure } = outcome.result;
    t.equal(outcome.result.outcome, 'failed');
    if (forNs !== null) {
      t.equal(failure?.kind, 'given-up');
      t.match(failure?.message, /weights are lost: the only server has lost its memory/);
      t.equal(notesOf(outcome, 'lost').length, 1);
    } else if (failure?.kind === 'deadlock') {
      t.match(failure.nodes[0].waitsFor, /which is silent, or another in its place/);
      t.ok(notesOf(outcome, 'halted').length > 0);
    } else t.fail(`nothing said that the server is gone: ${failure?.message}`);
  }
});

t.test('C: no two quorums of a view miss each other, but where a memory is lost', async (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.nat(3),
      fc.nat(0xffff),
      fc.nat(0xffff),
      (workers, replicas, one, other) => {
        const nodes = workers + 1 + replicas;
        const view = initialView(nodes, workers);
        const members = Array.from({ length: nodes }, (_, node) => node);
        const among = (mask: number) =>
          new Map(members.filter((node) => (mask >> node) % 2 === 1).map((node) => [node, 0]));
        const [first, second] = [among(one), among(other)];
        const meet = [...first.keys()].some((node) => second.has(node));
        return !hasQuorum(view, first) || !hasQuorum(view, second) || meet;
      },
    ),
    { numRuns: 500 },
  );
  const view = initialView(4, 2);
  const heard = (lives: (number | null)[]) =>
    new Map(lives.flatMap((life, node) => (life === null ? [] : [[node, life] as const])));
  t.ok(hasQuorum(view, heard([0, 0, 0, null])));
  t.notOk(hasQuorum(view, heard([0, 0, null, null])), 'half is no majority');
  t.notOk(hasQuorum(view, heard([1, 1, 0, null])), 'one server that may have gone on is not heard');
  t.ok(hasQuorum(view, heard([1, null, 0, 0])), 'all servers are heard, and a majority is there');
});

t.test('C: who may lead without a majority meets whoever may lead with one', async (t) => {
  let alone = 0;
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.nat(2),
      fc.nat(0xffff),
      fc.nat(0xffff),
      (workers, replicas, one, other) => {
        const view = initialView(workers + 1 + replicas, workers);
        const members = [...Array(workers + 1 + replicas).keys()];
        const among = (mask: number) =>
          new Map(members.filter((node) => (mask >> node) % 2 === 1).map((node) => [node, 0]));
        const sides = [among(one), among(other)];
        // A head to be is one of the servers of the view.
        const leads = (side: Map<number, number>) =>
          mayEnd([view], side, true) && view.chain.some((server) => side.has(server));
        if (sides.some((side) => leads(side) && !hasQuorum(view, side))) alone++;
        return !sides.every(leads) || [...sides[0].keys()].some((node) => sides[1].has(node));
      },
    ),
    { numRuns: 500 },
  );
  t.ok(alone > 50, `${alone} times servers were enough`);
  const view = initialView(6, 4);
  const servers = new Map([
    [4, 0],
    [5, 0],
  ]);
  t.ok(mayEnd([view], servers, true));
  t.notOk(mayEnd([view], servers, false), 'not while workers may still answer');
  t.notOk(mayEnd([view], new Map([[4, 0]]), true), 'the other server may have gone on');
  t.notOk(mayEnd([view], new Map(servers).set(5, 1), true), 'so it may before it has forgotten');
});

t.test('C: a server knows where others may have gone on and forgotten it', async (t) => {
  const view = initialView(4, 2);
  t.notOk(isForgotten(view, 2, [0, 0, 0, -1]), 'most remember the view');
  t.ok(isForgotten(view, 2, [1, 0, 0, 1]), 'half do, and the standby has been another life');
  t.ok(isForgotten(view, 2, [-1, 0, 0, 1]), 'a node that is not there remembers nothing');
  t.notOk(isForgotten(view, 2, [1, 1, 0, 0]), 'no other server has forgotten');
});

t.test(
  'C: beyond what is promised a server says what may be lost, in an epoch above',
  async (t) => {
    const nodes = 3;
    const [worker, first, second] = [0, 1, 2];
    const detector = { heartbeatNs: 20_000, misses: 3 };
    const groups = [[first], [worker, second]];
    const outcome = play({
      ...{ kind: 'ps-bsp', nodes, replicas: 1, model: SMALL_MLP, data: SMALL_DATA, detector },
      training: { ...TRAINING, iterations: 60 },
      faults: [
        {
          rule: 0,
          timing: { atNs: 10_000 },
          effect: { kind: 'partition', groups, forNs: 250_000 },
        },
        befalls(worker, 240_000, 'crash', 5000),
        befalls(second, 240_000, 'crash', 5000),
      ],
    });
    const { notes } = outcome;
    const lost = notes.filter(({ name }) => name === 'lost');
    t.match(
      lost.map(({ node, value }) => ({ node, value })),
      [{ node: 1, value: { parameters: [], why: /^most of epoch 0 have lost their memory/ } }],
    );
    const epochs = notes.flatMap(({ name, value }) =>
      name === 'recovered' ? [(value as RecoveredNote).epoch] : [],
    );
    t.equal(epochs.length, 2);
    t.ok(epochs[1] > epochs[0], 'what comes later has the higher epoch');
  },
);

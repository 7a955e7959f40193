/** What was true before and is said, or ends, late: single nodes of a parameter server, fed by hand. */
import t from 'tap';
import { alone, append, entry, HEAD, promise, pull, push, STANDBY } from './lone-node.ts';

/** A head of three workers and a standby, all of which have work in hand. */
function head(kind: string) {
  const lone = alone(3, kind, { nodes: 5, replicas: 1 });
  const { says, kinds } = lone;
  for (const worker of [0, 1, 2]) says(pull, worker);
  /** These promise the epoch that the head asks for. */
  const promised = (...nodes: number[]): number => {
    const { epoch } = kinds('prepare').at(-1)!;
    const view = { epoch: 0, chain: [3, 4], lives: [0, 0, 0, 0, 0], sessions: [0, 0, 0, 0, 0] };
    for (const from of nodes) {
      const { report } = promise(epoch, from === 4 ? 0 : -1);
      says({ kind: 'promised', epoch, report: { ...report, view, settled: view } }, from);
    }
    return epoch;
  };
  return { ...lone, promised };
}

t.test(
  'D: what a worker was given since it entered the view stays in its hands, however late it says what it had then',
  async (t) => {
    const { says, work, kinds, node, promised } = head('ps-bsp');
    node.suspected!(1);
    const epoch = promised(0, 2, 4);
    for (const from of [2, 4]) says({ kind: 'installed', epoch, life: 0, working: [] }, from);
    says(push, 0);
    work();
    says(pull, 0);
    t.same(kinds('work').at(-1)!.shares, [1], 'worker 0 is given the share of worker 1');
    const working = [{ share: 0, clock: 0 }];
    says({ kind: 'installed', epoch, life: 0, working }, 0);
    t.match(node.waitsFor(), /1 \(worker 0 has it\)/);
  },
);

t.test('D: a worker that is let in anew with its share in hand does nothing again', async (t) => {
  const { says, kinds, node, notes, promised } = head('ps-bsp');
  says({ kind: 'join', life: 0, promised: 0 }, 1);
  const epoch = promised(0, 1, 2, 4);
  for (const from of [0, 1, 2, 4]) {
    const working = from === 4 ? [] : [{ share: from, clock: 0 }];
    says({ kind: 'installed', epoch, life: 0, working }, from);
  }
  t.ok(notes.includes('recovered'));
  t.notOk(notes.includes('redone'));
  t.match(node.waitsFor(), /1 \(worker 1 has it\)/);
  t.equal(kinds('work').length, 3, 'nothing is given out again');
});

t.test('D: updates that wait where another state is given are of no use to that', async (t) => {
  const { says, work, kinds, jobs } = alone(STANDBY, 'ps-asp');
  for (const number of [0, 1])
    says({ ...append, entry: { ...entry, number, share: number } }, HEAD);
  t.same(jobs.length, 1, 'the first is being made, the second waits');
  const view = { epoch: 9, chain: [HEAD, STANDBY], lives: [0, 0, 0, 0], sessions: [9, 9, 9, 9] };
  const counts = { samples: 16, lossSum: 0, lossSamples: 0 };
  const state = { steps: 4, clocks: [2, 2], ...counts, weights: null };
  says({ kind: 'install', view, state, notices: [], restart: false }, HEAD);
  work();
  const next = { ...entry, number: 4, share: 0, clock: 2 };
  says({ ...append, epoch: 9, entry: next }, HEAD);
  t.same(
    jobs.map(({ name }) => name),
    ['update 2/0'],
  );
  work();
  t.equal(kinds('append-ack').at(-1)!.number, 4);
});

t.test(
  'D: a new head gives others its state once it has made all updates that it has',
  async (t) => {
    const { says, work, kinds, node } = alone(3, 'ps-asp', { nodes: 5, replicas: 2 });
    for (const number of [0, 1])
      says({ ...append, entry: { ...entry, number, share: number } }, HEAD);
    node.suspected!(HEAD);
    const { epoch } = kinds('prepare')[0];
    for (const from of [0, 1, 4]) says(promise(epoch, from === 4 ? 1 : -1), from);
    t.equal(kinds('install').length, 0, 'it is at the first of two');
    work();
    t.equal(kinds('install').find(({ to }) => to === 4)!.state.steps, 2);
  },
);

t.test('D: a restart leaves a worker nothing in hand, and no weights', async (t) => {
  const { says, work, kinds, jobs } = alone(0);
  says({ ...pull, kind: 'work', clock: 3, version: 3, shares: [0], fresh: true }, HEAD);
  t.equal(jobs.length, 1);
  const view = { epoch: 9, chain: [HEAD, STANDBY], lives: [0, 0, 0, 0], sessions: [9, 9, 9, 9] };
  says({ kind: 'install', view, state: null, notices: [], restart: true }, HEAD);
  t.same(kinds('installed')[0].working, []);
  work();
  t.equal(kinds('share-push').length, 0);
  t.equal(kinds('work-pull').at(-1)!.version, -1);
});

t.test('D: a share that has come is not taken again, nor for one of the next clock', async (t) => {
  const { says, work, kinds } = alone(HEAD);
  for (let times = 0; times < 2; times++) {
    says(push, 0);
    work();
  }
  says({ ...push, share: 1 }, 1);
  work();
  says({ kind: 'append-ack', epoch: 0, number: 0 }, STANDBY);
  says({ ...pull, version: 0 }, 0);
  const { clock, shares } = kinds('work').at(-1)!;
  t.same({ clock, shares }, { clock: 1, shares: [0] });
});

t.test(
  'D: a share that another has in hand is not given to its own worker, back again',
  async (t) => {
    const { says, work, kinds, node, promised } = head('ps-bsp');
    node.suspected!(1);
    const first = promised(0, 2, 4);
    for (const from of [0, 2, 4])
      says({ kind: 'installed', epoch: first, life: 0, working: [] }, from);
    says(push, 0);
    work();
    says(pull, 0);
    says({ kind: 'join', life: 0, promised: first }, 1);
    const epoch = promised(0, 1, 2, 4);
    for (const from of [0, 1, 2, 4]) says({ kind: 'installed', epoch, life: 0, working: [] }, from);
    says({ ...pull, session: epoch }, 1);
    const given = kinds('work').map(({ to, shares }) => [to, ...shares]);
    t.same(given, [
      [0, 0],
      [1, 1],
      [2, 2],
      [0, 1],
    ]);
  },
);

/** Single nodes of a parameter server, fed by hand with what only bad luck brings: old epochs, and doubles. */
import t from 'tap';
import { SMALL_DATA, SMALL_MLP, TRAINING } from './harness.ts';
import { alone, append, entry, HEAD, prepare, promise, pull, push, STANDBY } from './lone-node.ts';

t.test('C: a standby that has promised a new epoch takes nothing of the old one', async (t) => {
  const { says, kinds } = alone(STANDBY);
  says(append, HEAD);
  t.equal(kinds('append-ack').length, 1);
  says(prepare, HEAD);
  t.equal(kinds('promised').length, 1);
  says({ ...append, entry: { ...entry, number: 1, clock: 1 } }, HEAD);
  t.equal(kinds('append-ack').length, 1, 'the old head can commit nothing through it');
});

t.test(
  'C: who has promised an epoch refuses a lower one, and another life of who asked',
  async (t) => {
    const { says, kinds } = alone(0);
    says(prepare, STANDBY);
    says(prepare, STANDBY);
    t.equal(kinds('promised').length, 2, 'asked again it says so again');
    says({ ...prepare, epoch: 8 }, STANDBY);
    says({ ...prepare, life: 1 }, STANDBY);
    t.same(
      kinds('refused').map(({ promised }) => promised),
      [9, 9],
    );
  },
);

t.test('C: a head that has promised another serves no more', async (t) => {
  const { says, kinds, node } = alone(HEAD);
  says(pull, 0);
  t.equal(kinds('work').length, 1);
  says(prepare, STANDBY);
  says(pull, 1);
  t.equal(kinds('work').length, 1);
  t.equal(node.phase, 'standing by');
});

t.test('C: who has gone on follows no node of an older view, and tells it so', async (t) => {
  const { says, kinds } = alone(0);
  const view = { epoch: 9, chain: [STANDBY], lives: [0, 0, -1, 0], sessions: [9, 9, -1, 9] };
  says({ kind: 'install', view, state: null, notices: [], restart: false }, STANDBY);
  t.equal(kinds('installed').length, 1);
  says({ ...prepare, epoch: 12 }, HEAD);
  t.equal(kinds('promised').length, 0);
  t.equal(kinds('stale').length, 1);
});

t.test('C: a worker takes no work from a head that it does not follow any more', async (t) => {
  const { says, jobs } = alone(0);
  const view = { epoch: 9, chain: [STANDBY], lives: [0, 0, -1, 0], sessions: [9, 9, -1, 9] };
  says({ kind: 'install', view, state: null, notices: [], restart: false }, STANDBY);
  const work = { kind: 'work', clock: 0, version: 0, shares: [0], fresh: true, weights: null };
  says({ ...work, session: 0 }, HEAD);
  t.equal(jobs.length, 0);
  says({ ...work, session: 9 }, STANDBY);
  t.equal(jobs.length, 1);
});

t.test(
  'D: a push that comes twice is added once, and one of a clock that is over never',
  async (t) => {
    const { says, work, kinds, jobs } = alone(HEAD);
    for (const from of [0, 1]) says(pull, from);
    says(push, 0);
    says(push, 0);
    work();
    t.equal(kinds('append').length, 0, 'one share is missing still');
    says({ ...push, share: 1 }, 1);
    work();
    t.equal(kinds('append').length, 1);
    for (const from of [0, 1]) says({ ...pull, version: 0 }, from);
    t.equal(kinds('work').length, 2, 'the tail has not said that it has the update');
    says({ kind: 'append-ack', epoch: 0, number: 0 }, STANDBY);
    t.equal(kinds('work').length, 4);
    says(push, 0);
    t.equal(jobs.length, 0);
  },
);

t.test('D: an ASP push that comes twice is applied once, and acknowledged when safe', async (t) => {
  const { says, work, kinds } = alone(HEAD, 'ps-asp');
  says(pull, 0);
  says(push, 0);
  says(push, 0);
  work();
  t.equal(kinds('append').length, 1);
  t.equal(kinds('push-ack').length, 0);
  says({ kind: 'append-ack', epoch: 0, number: 0 }, STANDBY);
  t.equal(kinds('push-ack').length, 1);
  says(push, 0);
  work();
  t.equal(kinds('append').length, 1);
  t.equal(kinds('push-ack').length, 2, 'what is safe is said to be so again');
  says({ ...push, session: 7, clock: 1 }, 0);
  work();
  t.equal(kinds('append').length, 1, 'another session is not in force');
});

t.test('C: a word of the tail from an old epoch counts for nothing', async (t) => {
  const { says, work, kinds, node } = alone(HEAD, 'ps-asp');
  says(pull, 0);
  says(push, 0);
  work();
  node.suspected!(1);
  says({ kind: 'append-ack', epoch: 0, number: 0 }, STANDBY);
  t.equal(kinds('prepare').length, 3);
  t.equal(kinds('push-ack').length, 0);
});

t.test('who is done says so to whoever asks', async (t) => {
  for (const self of [0, HEAD, STANDBY]) {
    const { says, kinds, node } = alone(self);
    says({ kind: 'done' }, 1);
    t.ok(node.finished);
    says({ kind: 'join', life: 1, promised: 0 }, 1);
    t.equal(kinds('done').length, 1);
  }
});

t.test(
  'D: a standby that lacks updates of the new head, or has others, is sent its state',
  async (t) => {
    for (const received of [1, 2, 3]) {
      const { says, work, kinds, node } = alone(3, 'ps-asp', { nodes: 5, replicas: 2 });
      for (const number of [0, 1])
        says({ ...append, entry: { ...entry, number, share: number } }, HEAD);
      work();
      node.suspected!(HEAD);
      const { epoch } = kinds('prepare')[0];
      says(promise(epoch, received), 4);
      for (const worker of [0, 1]) says(promise(epoch, -1), worker);
      const install = kinds('install').find(({ to }) => to === 4)!;
      t.equal(install.state === null, received === 2, `it has ${received} updates, the head 2`);
    }
  },
);

t.test('C: a head leads once all servers of its view have entered it', async (t) => {
  const { says, kinds, node } = alone(3, 'ps-asp', { nodes: 5, replicas: 2 });
  node.suspected!(HEAD);
  const { epoch } = kinds('prepare')[0];
  for (const from of [0, 1, 4]) says(promise(epoch, from === 4 ? 0 : -1), from);
  for (const from of [0, 1]) says({ kind: 'installed', epoch, life: 0, working: [] }, from);
  t.equal(kinds('settled').length, 0, 'a majority is there, and a standby without the state');
  says({ kind: 'installed', epoch, life: 0, working: [] }, 4);
  t.equal(kinds('settled').length, 3);
});

t.test(
  'C: a standby that missed a view is sent the state, however many updates it has',
  async (t) => {
    const { says, kinds, node } = alone(3, 'ps-asp', { nodes: 5, replicas: 2 });
    const view = {
      epoch: 9,
      chain: [HEAD, 3, 4],
      lives: [0, 0, 0, 0, 0],
      sessions: [0, 0, 0, 0, 0],
    };
    says({ kind: 'install', view, state: null, notices: [], restart: false }, HEAD);
    node.suspected!(HEAD);
    const { epoch } = kinds('prepare')[0];
    for (const from of [0, 1, 4]) says(promise(epoch, from === 4 ? 0 : -1), from);
    t.ok(kinds('install').find(({ to }) => to === 4)!.state, 'it has as many of another history');
  },
);

t.test(
  'C: a worker that is told it is fenced off has nothing in hand when it is let in',
  async (t) => {
    const { says, work, kinds, jobs } = alone(0);
    says({ ...pull, kind: 'work', clock: 0, version: 0, shares: [0], fresh: true }, HEAD);
    t.equal(jobs.length, 1);
    const out = { epoch: 9, chain: [HEAD, STANDBY], lives: [-1, 0, 0, 0], sessions: [-1, 0, 0, 0] };
    says({ kind: 'stale', view: out }, HEAD);
    work();
    t.equal(kinds('share-push').length, 0, 'others do its work');
    const view = { ...out, epoch: 19, lives: [0, 0, 0, 0], sessions: [19, 0, 0, 0] };
    says({ kind: 'install', view, state: null, notices: [], restart: false }, HEAD);
    t.same(kinds('installed')[0].working, []);
  },
);

t.test(
  'D: gradients that a head had summed when it stepped down are in no later sum',
  async (t) => {
    const training = { ...TRAINING, numerics: 'exact' as const };
    const exact = { model: SMALL_MLP, data: SMALL_DATA, training };
    const { says, work, kinds, node } = alone(HEAD, 'ps-bsp', exact);
    const parameters = 5 * 7 + 7 + 7 * 6 + 6 + 6 * 3 + 3;
    const ones = () => new Float32Array(parameters).fill(1);
    says({ ...push, gradient: ones(), lossSum: 1 }, 0);
    work();
    says(prepare, STANDBY);
    node.woken!('elect');
    const { epoch } = kinds('prepare')[0];
    const view = { epoch: 0, chain: [2, 3], lives: [0, 0, 0, 0], sessions: [0, 0, 0, 0] };
    const report = { life: 0, promised: epoch, joining: false, view, settled: view, version: -1 };
    for (const from of [0, 1, STANDBY])
      says({ kind: 'promised', epoch, report: { ...report, received: from === 3 ? 0 : -1 } }, from);
    for (const from of [0, 1, STANDBY])
      says({ kind: 'installed', epoch, life: 0, working: [] }, from);
    for (const share of [0, 1])
      says({ ...push, session: epoch, share, gradient: ones(), lossSum: 1 }, share);
    work();
    const { gradient } = kinds('append')[0].entry;
    t.ok(
      gradient.every((value: number) => value === 2),
      'each share is in it once',
    );
  },
);

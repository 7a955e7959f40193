/** What a node must not do whatever reaches it: cases that runs seldom come to, played by hand. */
import t from 'tap';
import type { Message, NodeId, World } from '../../../engine/world.ts';
import { Ending } from '../../../models/membership/ending.ts';
import { nextEpoch } from '../../../models/membership/epoch.ts';
import type { ViewMessage } from '../../../models/membership/view-messages.ts';
import { CountingNode } from './toy-ring.ts';

/** A world that remembers what was sent and noted, and in which nothing happens by itself. */
function stillWorld(self: NodeId) {
  const sent: { to: NodeId; message: Message }[] = [];
  const notes: string[] = [];
  const nothing = () => undefined;
  const world: World = {
    self,
    incarnation: 0,
    disk: null,
    now: () => 0,
    random: () => {
      throw new Error('nothing is drawn here');
    },
    send: (to, message) => sent.push({ to, message }),
    note: (name) => notes.push(name),
    giveUp: nothing,
    ...{ compute: nothing, wake: nothing, cancel: nothing, watch: nothing, unwatch: nothing },
    ...{ hangUp: nothing, save: nothing, load: nothing, persist: nothing },
    ...{ disown: nothing, hold: nothing, release: nothing },
  };
  return { world, sent, notes };
}

const members = [0, 1, 2];
const lives = [0, 0, 0];

function resume(epoch: number): Message {
  const shared = { epoch, members, lives, joined: [], cuts: [], lap: true };
  return { kind: 'RESUME', ...shared, plan: { laps: 0 } } as Message;
}

function repair(epoch: number): Message {
  const blank = { base: 0, attempt: 0, reports: [], silences: [], heard: [] };
  return { kind: 'REPAIR', epoch, candidates: members, ...blank } as Message;
}

t.test('C: whoever joins lifts the epochs of a ring no higher than it has promised', async (t) => {
  const { world, sent } = stillWorld(1);
  const node = new CountingNode(world, 3, 5, 100);
  node.start();
  const promised = nextEpoch(0, 2);
  node.receive(repair(promised), 0);
  node.receive(resume(promised), 0);
  const ask = { kind: 'JOIN', node: 2, life: 5, promised: nextEpoch(promised, 0) } as Message;
  node.receive(ask, 2);
  const { epoch } = sent.at(-1)!.message as Message & { epoch: number };
  t.equal(epoch, nextEpoch(nextEpoch(promised, 0), 1), 'all know nothing of its lives otherwise');
});

t.test('C: RESUME of an epoch other than the one promised is dropped', async (t) => {
  const lower = nextEpoch(0, 0);
  const promised = nextEpoch(lower, 2);
  for (const epoch of [lower, nextEpoch(promised, 0)]) {
    const { world, sent, notes } = stillWorld(1);
    const node = new CountingNode(world, 3, 5, 100);
    node.start();
    node.receive(repair(promised), 0);
    const before = sent.length;
    node.receive(resume(epoch), 0);
    t.equal(node.view.phase, 'repairing', `it does not train in epoch ${epoch}`);
    t.notOk(notes.includes('installed'), 'and installs nothing');
    t.equal(sent.length, before, 'nor does it pass the view on');
    node.receive(resume(promised), 0);
    t.equal(node.view.phase, 'training', 'the view of the epoch promised is taken');
    node.receive(resume(lower), 0);
    t.equal(node.view.installed?.epoch, promised, 'and none of a lower one after it');
  }
});

t.test('C: RESUME that counts on a life of this node that is over is dropped', async (t) => {
  const { world } = stillWorld(1);
  const node = new CountingNode(world, 3, 5, 100);
  node.start();
  const promised = nextEpoch(0, 2);
  node.receive(repair(promised), 0);
  node.receive({ ...resume(promised), lives: [0, 1, 0] } as Message, 0);
  t.equal(node.view.phase, 'repairing', 'another life of it reported to that repair');
  node.receive(resume(promised), 0);
  t.equal(node.view.phase, 'training');
});

t.test('C: REPAIR of an epoch no higher than the one promised is not taken up', async (t) => {
  const { world, sent } = stillWorld(1);
  const node = new CountingNode(world, 3, 5, 100);
  node.start();
  const promised = nextEpoch(nextEpoch(0, 0), 2);
  node.receive(repair(promised), 0);
  sent.length = 0;
  node.receive(repair(nextEpoch(0, 0)), 0);
  node.receive(repair(promised), 0);
  t.equal(node.view.promised, promised);
  t.same(sent, [], 'neither goes on from here');
});

function endingAt(self: NodeId) {
  const said: { to: NodeId; message: ViewMessage<unknown, unknown> }[] = [];
  const events: string[] = [];
  const ending = new Ending(
    stillWorld(self).world,
    {
      phase: 'training',
      installed: { epoch: 7, members, lives },
      say: (to, message) => said.push({ to, message }),
      leave: () => events.push('leaves'),
      finish: () => events.push('finishes'),
    },
    { endedIn: (epoch) => events.push(`all ended in ${epoch}`) },
  );
  return { ending, said, events };
}

t.test('C: the token of the end waits at each node until its own work is done', async (t) => {
  const { ending, said } = endingAt(1);
  ending.receive({ kind: 'ENDING', epoch: 7 });
  t.same(said, [], 'it waits');
  ending.workDone();
  t.same(said, [{ to: 2, message: { kind: 'ENDING', epoch: 7 } }], 'and goes on');
  const first = endingAt(0);
  t.same(first.said, [], 'the first does not begin before its own work is done');
  first.ending.workDone();
  t.same(first.said, [{ to: 1, message: { kind: 'ENDING', epoch: 7 } }]);
  t.same(first.events, [], 'and does not finish before the token is home');
  first.ending.receive({ kind: 'ENDING', epoch: 7 });
  t.same(first.events, ['finishes']);
  const early = endingAt(1);
  early.ending.receive({ kind: 'ENDING', epoch: 7 });
  early.ending.reset();
  early.ending.workDone();
  t.same(early.said, [], 'a token of the view before is forgotten');
});

t.test(
  'C, F: who is told that all ended in another view leaves its own, and one that nobody needed in vain',
  async (t) => {
    const behind = endingAt(1);
    behind.ending.receiveDone({ kind: 'DONE', epoch: 9 });
    t.same(behind.events, ['leaves', 'finishes']);
    behind.ending.finished();
    t.same(behind.events, ['leaves', 'finishes'], 'the books know where it comes from');
    const ahead = endingAt(1);
    ahead.ending.receiveDone({ kind: 'DONE', epoch: 5 });
    t.same(ahead.events, ['all ended in 5', 'leaves', 'finishes']);
    const first = endingAt(0);
    first.ending.finished();
    t.same(first.events, ['all ended in 7'], 'who is told by nobody says so of all');
    const fellow = endingAt(1);
    fellow.ending.receiveDone({ kind: 'DONE', epoch: 7 });
    t.same(fellow.events, ['finishes']);
    fellow.ending.answer({ kind: 'ENDING', epoch: 7 }, 2);
    t.match(
      fellow.said,
      [{ to: 2, message: { kind: 'DONE', epoch: 7 } }],
      'and tells what it was told',
    );
  },
);

t.test(
  'C: a token that comes to a node that has finished ends for all whom it has visited',
  async (t) => {
    const { ending, said } = endingAt(1);
    ending.receiveDone({ kind: 'DONE', epoch: 7 });
    const reports = [0, 2].map((node) => ({ node, life: 0, joining: false, report: null }));
    const token = { ...repair(9), reports } as unknown as ViewMessage<unknown, unknown>;
    ending.answer(token, 0);
    t.match(said, [
      { to: 0, message: { kind: 'DONE' } },
      { to: 2, message: { kind: 'DONE' } },
    ]);
  },
);

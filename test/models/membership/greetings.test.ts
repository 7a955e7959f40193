/** PROTOCOLS C: nothing of work goes to a life of a node that its receiver, or who passes it on, has not met. */
import t from 'tap';
import type { Message, World } from '../../../engine/world.ts';
import { Greetings } from '../../../models/membership/greetings.ts';
import { Post } from '../../../models/membership/post.ts';
import type { RelayMessage } from '../../../models/membership/view-messages.ts';

/** Node 1 of a ring of five, and what it sends, as 'to kind'. */
function play() {
  const sent: string[] = [];
  const world = {
    self: 1,
    now: () => 0,
    send: (to: number, { kind }: Message) => void sent.push(`${to} ${kind}`),
  };
  const post = new Post(world as unknown as World);
  post.route([0, 1, 2, 3, 4], new Set(), []);
  return { post, greetings: new Greetings(post), sent };
}

const WORK: Message = { kind: 'WORK' };

function passing(path: readonly number[], patient: boolean): RelayMessage {
  const relay = { kind: 'RELAY', origin: 4, routedNs: 0, sequence: 0, bytes: 8 } as const;
  return { ...relay, path, patient, message: WORK };
}

t.test('work waits for a greeting, work that is passed on for a straight one', async (t) => {
  const { post, greetings, sent } = play();
  greetings.await([2], 7);
  post.deliver(2, WORK, 8);
  post.deliver(4, WORK, 8);
  post.relay(passing([2], true));
  t.strictSame(sent, ['0 RELAY'], 'only what is for others goes');
  greetings.take(2, 7, true, 7);
  t.strictSame(sent, ['0 RELAY'], 'nothing has come straight from node 2');
  greetings.take(2, 7, false, 7);
  t.strictSame(sent.slice(1), ['2 RELAY', '2 WORK']);
});

t.test('a relayed greeting is enough for work that takes another way', async (t) => {
  const { post, greetings, sent } = play();
  greetings.await([3], 7);
  post.deliver(3, WORK, 8);
  t.strictSame(sent, []);
  greetings.take(3, 7, true, 7);
  t.strictSame(sent, ['2 RELAY']);
});

t.test(
  'C: work for others that comes before its view waits until it is known who is new',
  async (t) => {
    const { post, greetings, sent } = play();
    post.relay(passing([2], true));
    post.relay(passing([0], true));
    t.strictSame(sent, [], 'this node is in no view yet');
    greetings.await([2], 7);
    t.strictSame(sent, ['0 RELAY'], 'node 2 is new');
    greetings.take(2, 7, false, 7);
    t.strictSame(sent.slice(1), ['2 RELAY']);
    post.leave();
    post.relay(passing([0], true));
    post.leave();
    greetings.await([], 8);
    t.strictSame(sent.length, 2, 'what comes between two views is of neither');
  },
);

t.test('what a view is changed with is passed on at once', async (t) => {
  const { post, greetings, sent } = play();
  greetings.await([2], 7);
  post.relay(passing([2], false));
  t.strictSame(sent, ['2 RELAY']);
});

t.test('a greeting that came before its view was installed counts', async (t) => {
  for (const order of [
    [true, false],
    [false, true],
  ]) {
    const { post, greetings, sent } = play();
    for (const relayed of order) greetings.take(2, 7, relayed, 5);
    greetings.await([2], 7);
    post.deliver(2, WORK, 8);
    t.strictSame(sent, ['2 WORK']);
  }
  const { post, greetings, sent } = play();
  greetings.take(2, 6, false, 5);
  greetings.await([2], 7);
  post.deliver(2, WORK, 8);
  t.strictSame(sent, [], 'not one of an older view');
});

t.test('C: of relayed messages none is taken behind one that was lost', async (t) => {
  const { post } = play();
  const relay = (sequence: number, routedNs = 0) =>
    post.relay({ ...passing([], true), sequence, routedNs }) !== null;
  t.ok(relay(0));
  t.notOk(relay(2), 'the one before it is missing');
  t.notOk(relay(3));
  t.ok(relay(0, 5), 'a way that was learnt later begins anew');
  t.ok(relay(1, 5));
  t.notOk(relay(1, 5), 'nor is one taken twice');
  t.notOk(relay(1, 0), 'nor one of the way before');
});

t.test('C: of two ways learnt at the same moment the second one counts', async (t) => {
  const relays: RelayMessage[] = [];
  const world = {
    self: 1,
    now: () => 5,
    send: (_: number, message: Message) => void relays.push(message as RelayMessage),
  };
  const sender = new Post(world as unknown as World);
  for (let way = 0; way < 2; way++) {
    sender.route([0, 1, 2, 3, 4], new Set([2]), []);
    sender.send(2, WORK, 8);
  }
  const { post } = play();
  for (const relay of relays) t.not(post.relay({ ...relay, path: [] }), null);
  t.equal(relays.length, 2);
});

/** The consistency model of an ASP head, fed by hand with what bad luck brings: workers that die and are back at once. */
import t from 'tap';
import type { Message, World } from '../../../../engine/world.ts';
import { AspConsistency } from '../../../../models/protocols/parameter-server/asp-consistency.ts';
import { MemoryItems } from '../../../../models/costs/memory-items.ts';
import type { ConsistencyContext } from '../../../../models/protocols/parameter-server/consistency-model.ts';
import {
  Replica,
  type ReplicaEntry,
} from '../../../../models/protocols/parameter-server/replica.ts';
import type { SharePush } from '../../../../models/protocols/parameter-server/resilient-messages.ts';
import type { ServerView } from '../../../../models/protocols/parameter-server/view.ts';
import { TRAINING } from './harness.ts';

const HEAD = 3;

/** The consistency model of a head of three workers, what it sends and the updates it has made. */
function consistency(iterations: number) {
  const sent: (Message & Record<string, any>)[] = [];
  const updates: Omit<ReplicaEntry, 'number'>[] = [];
  const world = {
    self: HEAD,
    send: (to: number, message: Message) => void sent.push({ ...message, to }),
    hold() {},
    release() {},
    note() {},
  } as unknown as World;
  let served: ServerView = {
    epoch: 0,
    chain: [HEAD],
    lives: [0, 0, 0, 0],
    sessions: [0, 0, 0, 0],
  };
  const context: ConsistencyContext = {
    world,
    replica: new Replica('asp', 3, { ...TRAINING, iterations, numerics: 'cost' }, null),
    costs: { vectorBytes: 4 } as ConsistencyContext['costs'],
    books: new MemoryItems(world),
    workers: 3,
    get served() {
      return served;
    },
    committed: 0,
    get received() {
      return updates.length;
    },
    append: (entry) => void updates.push(entry),
  };
  const asp = new AspConsistency(context, iterations);
  /** From now on a worker takes part in that life: -1 is none. What it has asked for or had in hand before is void. */
  const lives = (worker: number, life: number): void => {
    const before = served;
    served = { ...before, lives: before.lives.map((one, node) => (node === worker ? life : one)) };
    asp.removed(worker);
  };
  const given = (worker: number): number[] =>
    sent.filter(({ kind, to }) => kind === 'work' && to === worker).flatMap(({ shares }) => shares);
  return { asp, lives, given, updates };
}

const push = (share: number, clock: number): SharePush => ({
  ...{ kind: 'share-push', session: 0, share, clock, gradient: null, lossSum: null },
});

t.test('D: what a worker has asked for in a life that is over is not answered', async (t) => {
  const { asp, lives, given, updates } = consistency(4);
  asp.pushed(0, push(0, 0));
  asp.pulled(1);
  asp.nextJob();
  t.equal(updates.length, 1, 'while that update is made, the worker dies and is let in again');
  lives(1, 1);
  asp.nextJob();
  t.same(given(1), [], 'it has not asked for anything yet');
  asp.pulled(1);
  asp.nextJob();
  t.same(given(1), [1]);
});

t.test('D: who had nothing to do and has died is given nothing before it asks', async (t) => {
  const { asp, lives, given } = consistency(1);
  asp.pulled(0);
  asp.nextJob();
  asp.pushed(0, push(0, 0));
  asp.pulled(0);
  asp.nextJob();
  asp.nextJob();
  t.same(given(0), [0], 'its share is done, and it waits');
  lives(0, 1);
  lives(1, -1);
  asp.nextJob();
  t.same(given(0), [0], 'the share of another that has died is its to do, once it asks');
  asp.pulled(0);
  asp.nextJob();
  t.same(given(0), [0, 1]);
});

t.test('D: of a dead worker all that it had in hand is lost, each gradient once', async (t) => {
  const { asp, lives, updates } = consistency(4);
  asp.greeted(0, [
    { share: 0, clock: 0 },
    { share: 1, clock: 0 },
  ]);
  lives(0, -1);
  asp.nextJob();
  asp.nextJob();
  asp.nextJob();
  t.same(
    updates.map(({ share, clock, lost }) => ({ share, clock, lost })),
    [
      { share: 0, clock: 0, lost: true },
      { share: 1, clock: 0, lost: true },
    ],
  );
});

t.test('D: a gradient that another has in hand is not given to its own worker', async (t) => {
  const { asp, lives, given } = consistency(2);
  lives(1, -1);
  for (const clock of [0, 1]) {
    asp.pulled(0);
    asp.nextJob();
    asp.pushed(0, push(0, clock));
    asp.nextJob();
  }
  asp.pulled(0);
  asp.nextJob();
  t.same(given(0), [0, 1], 'the share of the dead is the one that is furthest behind');
  lives(1, 1);
  asp.pulled(1);
  asp.nextJob();
  t.same(given(1), []);
});

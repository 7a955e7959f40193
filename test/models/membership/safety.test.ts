/**
 * That whatever happens in whatever order, no epoch has two views (S1), of two complete views that follow each other the
 * later has more than half of the earlier (S2), no step that was committed is lost (S3), and no promise is said before it
 * is kept (S4).
 * `npm run membership` visits millions of states.
 */
import t from 'tap';
import { randomStream } from '../../../engine/random.ts';
import { Membership } from '../../../models/membership/membership.ts';
import { VoteRecord } from '../../../models/membership/record.ts';
import { Follower } from '../../../models/membership/roles/follower.ts';
import { Listener } from '../../../models/membership/roles/listener.ts';
import { Proposal } from '../../../models/membership/roles/proposal.ts';
import { type Budget, MOST_FAULTS, type Row, SmallWorld, type Step } from './small-world.ts';
import { settled, visitAll, wander, type Visit } from './visits.ts';

const MOST_STATES = 1_000_000;
/** All states within so many steps, for three nodes and for four. */
const DEPTHS = new Map([
  [3, 6],
  [4, 5],
]);
const WAYS = 300;

function made(nodes: number) {
  const world = new SmallWorld(nodes, 3);
  return { world, start: settled(world, world.beginning(MOST_FAULTS)) };
}

for (const [nodes, depth] of DEPTHS) {
  t.test(`S1 to S4 hold in all states of ${nodes} nodes within ${depth} steps`, async (t) => {
    const { world, start } = made(nodes);
    const visit = visitAll(world, start, depth, MOST_STATES);
    t.comment(`${visit.states} states`);
    t.equal(visit.broken, null, JSON.stringify(visit.way));
    t.equal(visit.depth, depth, 'all of them');
    t.ok(visit.states > 200_000);
  });

  t.test(`S1 to S4 hold on long random ways of ${nodes} nodes`, async (t) => {
    const { world, start } = made(nodes);
    const visit = wander(world, start, WAYS, 80, nodes);
    t.comment(`${visit.states} states on ${WAYS} ways`);
    t.equal(visit.broken, null, JSON.stringify(visit.way));
  });
}

/** In which whoever leads a change of view waits for nobody that may fall silent unseen. */
class WatchingWorld extends SmallWorld {
  override broken(row: Row): string | null {
    for (let node = 0; node < this.nodeCount; node++) {
      const { local, watched } = this.locals.states[row[node]];
      if (local.node?.membership.phase !== 'collecting') continue;
      const { initiator, watches } = local.node.membership as Membership<unknown, unknown>;
      const { certain } = initiator.proposal!.waiting(watches.silent);
      const unseen = certain.find((peer) => peer !== node && !watched.includes(peer));
      if (unseen !== undefined) return `node ${node} waits for node ${unseen} unseen`;
    }
    return super.broken(row);
  }
}

t.test('whoever is waited for is watched, on long random ways', async (t) => {
  for (const nodes of [3, 4]) {
    const world = new WatchingWorld(nodes, 3);
    const start = settled(world, world.beginning(MOST_FAULTS));
    const { broken, way } = wander(world, start, WAYS, 80, nodes);
    t.equal(broken, null, JSON.stringify(way));
  }
});

t.test('a state that was looked up is the one that its nodes would be in', async (t) => {
  const { world, start } = made(3);
  wander(world, start, 300, 60, 5);
  const stream = randomStream(6, 'ways');
  let compared = 0;
  for (let count = 0; count < 60; count++) {
    const row = world.beginning(MOST_FAULTS);
    const nodes = Array.from({ length: 3 }, (_, node) => world.locals.fresh(node));
    for (let taken = 0; taken < 80; taken++) {
      const steps = world.steps(row);
      const usual = steps.filter((step) => world.isUsual(step));
      if (steps.length === 0) break;
      const among = usual.length > 0 && stream.below(5) > 0 ? usual : steps;
      const step = among[stream.below(among.length)];
      world.take(row, step);
      if (step.event < 0) continue;
      nodes[step.node].take(world.locals.eventOf(step.event));
      compared++;
      if (nodes[step.node].text() !== world.locals.states[row[step.node]].local.text())
        return t.fail(`after ${JSON.stringify(world.inWords(step))}`);
    }
  }
  t.ok(compared > 3000, `${compared} states`);
});

/** Where a defect shows soon: of what may happen, and on which random ways. */
interface Hunt {
  readonly faults?: Budget;
  /** Of random ways. */
  readonly seed?: number;
  /** In place of random ways all states near that one. */
  readonly from?: (world: SmallWorld, row: Row) => Row;
}

/** A view without node 0 is on its way from node 1 to node 2. */
function decided(world: SmallWorld, row: Row): Row {
  const isAmong = ({ node, from }: Step) => node > 0 && from !== 0;
  world.take(row, world.suspicionOf(row, 1, 0)!);
  while (!world.onWire(row, 1, 2).some((text) => text.includes('"INSTALL"')))
    world.take(
      row,
      world.steps(row).find((step) => world.isUsual(step) && isAmong(step))!,
    );
  return row;
}

function hunted({ faults = MOST_FAULTS, seed = 1, from }: Hunt, ways: number): Visit {
  const world = new SmallWorld(3, 3);
  const start = settled(world, world.beginning(faults));
  if (from === undefined) return wander(world, start, ways, 80, seed);
  return visitAll(world, from(world, start), 25, 400_000);
}

/** Holds a method that is wrong, and the right one, to the same. */
function isFound(
  what: string,
  breaks: RegExp,
  hunt: Hunt,
  owner: { prototype: any },
  name: string,
  wrong: (right: any) => any,
): void {
  t.test(`${what} is found out`, async (t) => {
    const right = owner.prototype[name];
    owner.prototype[name] = wrong(right);
    let visit: Visit;
    try {
      visit = hunted(hunt, 4000);
    } finally {
      owner.prototype[name] = right;
    }
    t.comment(`${visit.broken} after ${visit.states} states`);
    t.match(visit.broken, breaks);
    t.equal(hunted(hunt, visit.ways).broken, null, 'without it nothing is broken');
  });
}

isFound(
  'a majority of the newest view alone',
  /^S/,
  { seed: 3 },
  Proposal,
  'known',
  (right) =>
    function (this: any) {
      return right.call(this).slice(-1);
    },
);

isFound(
  'a view of an old epoch that is taken',
  /^S/,
  { from: decided, faults: { crashes: 0, disks: 0, losses: 0, suspicions: 2, alarms: 0 } },
  Follower,
  'install',
  (right) =>
    function (this: any, message: any) {
      const { record } = this.membership;
      const { promised } = record;
      record.promised = message.view.epoch;
      right.call(this, message);
      record.promised = promised;
    },
);

isFound(
  'a majority with those who are left out',
  /^S/,
  { seed: 3, faults: { crashes: 1, disks: 0, losses: 0, suspicions: 3, alarms: 2 } },
  Proposal,
  'lacks',
  (right) =>
    function (this: any, _kept: any, all: any) {
      const promises = [...this.promises.keys()].map((node) => ({ node }));
      return right.call(this, promises, all);
    },
);

isFound(
  'a node without a vote that is counted',
  /^S/,
  { seed: 5 },
  Proposal,
  'lacks',
  (right) =>
    function (this: any, kept: any, all: any) {
      const views = this.known();
      for (const [node, promise] of this.promises)
        if (promise.views.length === 0) this.promises.set(node, { ...promise, views });
      return right.call(this, kept, all);
    },
);

isFound(
  'an initiator that uses an epoch again after a crash',
  /^S/,
  { seed: 1 },
  VoteRecord,
  'write',
  (right) =>
    function (this: any) {
      const { promised } = this;
      if (promised % 2 ** 20 === this.world.self) this.promised = this.newest?.epoch ?? 0;
      right.call(this);
      this.promised = promised;
    },
);

isFound(
  'a promise that is said before it is written',
  /^S4/,
  { seed: 1 },
  Membership,
  'promise',
  (right) =>
    function (this: any, epoch: number, phase: string) {
      right.call(this, epoch, phase);
      if (phase === 'promising') this.follower.answer();
    },
);

isFound(
  'state that is dropped before the view without it is complete',
  /^S3/,
  { seed: 11 },
  Listener,
  'onWelcome',
  (right) =>
    function (this: any, message: any, from: number) {
      right.call(this, { ...message, isComplete: true }, from);
    },
);

isFound(
  'knowledge of older views that is dropped before the newest is complete',
  /^S/,
  { seed: 7 },
  Membership,
  'install',
  (right) =>
    function (this: any) {
      right.call(this);
      if (this.phase === 'training') this.record.completed(this.view);
    },
);

isFound(
  'a joiner that is counted before it holds state',
  /^S3/,
  { seed: 1 },
  Follower,
  'promise',
  (right) =>
    function (this: any) {
      const promise = right.call(this);
      if (!promise.joining) return promise;
      const epoch = this.membership.record.floor;
      return { ...promise, joining: false, inventory: { epoch, steps: 0 } };
    },
);

t.test('a promise and a view are on the disk before anything follows from them', async (t) => {
  const world = new SmallWorld(3, 3);
  const row = world.beginning(MOST_FAULTS);
  const take = (node: number, from = -1) =>
    world.take(
      row,
      world
        .steps(row)
        .find((step) => step.node === node && step.from === from && world.isUsual(step))!,
    );
  take(1);
  take(1, 0);
  t.same(world.onWire(row, 1, 0), [], 'PREPARE has come, and is not answered yet');
  take(1);
  t.match(world.onWire(row, 1, 0), [/"PROMISE"/]);
  take(2);
  take(2, 0);
  take(2);
  take(0, 1);
  take(0, 2);
  t.same(world.onWire(row, 0, 1), [], 'all have promised, the initiator not yet');
  take(0);
  take(1, 0);
  t.equal(world.phaseOf(row, 1), 'installing');
  take(1);
  t.equal(world.phaseOf(row, 1), 'training');
});

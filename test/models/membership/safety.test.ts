/**
 * That whatever happens in whatever order, no epoch has two views (S1), of two complete views the later has more
 * than half of the earlier (S2), and no step that was committed is lost (S3). MEMBERSHIP_STATES, _DEPTH and _WAYS
 * set how much is visited.
 */
import t from 'tap';
import { VoteRecord } from '../../../models/membership/record.ts';
import { Follower } from '../../../models/membership/roles/follower.ts';
import { Proposal } from '../../../models/membership/roles/proposal.ts';
import { SmallWorld, type Budget } from './small-world.ts';
import { settled, visitAll, wander, type Visit } from './visits.ts';

const MOST_STATES = Number(process.env.MEMBERSHIP_STATES ?? 4000);
const DEPTH = Number(process.env.MEMBERSHIP_DEPTH ?? 6);
const WAYS = Number(process.env.MEMBERSHIP_WAYS ?? 300);

const EACH: Budget = { crashes: 2, disks: 1, losses: 1, suspicions: 3, alarms: 3 };

const made = (nodes: number, left: Budget = EACH) => settled(new SmallWorld(nodes, 3, left));

for (const nodes of [3, 4]) {
  t.test(`S1, S2, S3 hold in every state of ${nodes} nodes within some steps`, async (t) => {
    const visit = visitAll(made(nodes), DEPTH, MOST_STATES);
    t.comment(`${visit.states} states within ${DEPTH} steps, ${visit.isWhole ? 'all' : 'cut off'}`);
    t.equal(visit.broken, null, JSON.stringify(visit.way));
    t.ok(visit.states > 1000);
  });

  t.test(`S1, S2, S3 hold on long random ways of ${nodes} nodes`, async (t) => {
    const visit = wander(() => made(nodes), WAYS, 80, nodes);
    t.comment(`${visit.states} states on ${WAYS} ways`);
    t.equal(visit.broken, null, JSON.stringify(visit.way));
  });
}

/** Runs with a method that is wrong. */
function planted(
  owner: { prototype: any },
  name: string,
  seed: number,
  wrong: (right: any) => any,
): Visit {
  const right = owner.prototype[name];
  owner.prototype[name] = wrong(right);
  try {
    return wander(() => made(3), 2000, 80, seed);
  } finally {
    owner.prototype[name] = right;
  }
}

t.test('a majority of the newest view alone is found out', async (t) => {
  const visit = planted(
    Proposal,
    'known',
    2,
    (right) =>
      function (this: any) {
        return right.call(this).slice(-1);
      },
  );
  t.match(visit.broken, /^S/);
});

t.test('a view of an old epoch that is taken is found out', async (t) => {
  const visit = planted(
    Follower,
    'install',
    2,
    (right) =>
      function (this: any, message: any) {
        const { record } = this.membership;
        const { promised } = record;
        record.promised = message.view.epoch;
        right.call(this, message);
        record.promised = promised;
      },
  );
  t.match(visit.broken, /^S/);
});

t.test('a majority with those who are left out is found out', async (t) => {
  const visit = planted(
    Proposal,
    'lacks',
    2,
    (right) =>
      function (this: any, _kept: any, all: any) {
        return right.call(
          this,
          [...this.promises.keys()].map((node) => ({ node })),
          all,
        );
      },
  );
  t.match(visit.broken, /^S/);
});

t.test('a node without a vote that is counted is found out', async (t) => {
  const visit = planted(
    Proposal,
    'lacks',
    2,
    (right) =>
      function (this: any, kept: any, all: any, cores: any) {
        const views = this.known();
        for (const [node, promise] of this.promises)
          if (promise.views.length === 0) this.promises.set(node, { ...promise, views });
        return right.call(this, kept, all, cores);
      },
  );
  t.match(visit.broken, /^S/);
});

t.test('an initiator that uses an epoch again after a crash is found out', async (t) => {
  const visit = planted(
    VoteRecord,
    'write',
    2,
    (right) =>
      function (this: any) {
        const { promised } = this;
        if (promised % 2 ** 20 === this.world.self) this.promised = this.newest?.epoch ?? 0;
        right.call(this);
        this.promised = promised;
      },
  );
  t.match(visit.broken, /^S/);
});

t.test('a promise and a view are on the disk before anything follows from them', async (t) => {
  const world = new SmallWorld(3, 3, EACH);
  world.take(['written', 0]);
  world.take(['written', 1]);
  world.take(['arrives', 0, 1]);
  t.same(world.wires[1][0], [], 'PREPARE has come, and is not answered yet');
  world.take(['written', 1]);
  t.match(world.wires[1][0], [/"PROMISE"/]);
  world.take(['written', 2]);
  world.take(['arrives', 0, 2]);
  world.take(['written', 2]);
  world.take(['arrives', 1, 0]);
  world.take(['arrives', 2, 0]);
  world.take(['arrives', 0, 1]);
  t.equal(world.nodes[1]!.phase, 'installing');
  world.take(['written', 1]);
  t.equal(world.nodes[1]!.phase, 'training');
});

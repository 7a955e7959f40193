/** Which state a view of parameter servers goes on from: a pure function of what those who came can serve. */
import t from 'tap';
import type { Contribution } from '../../../../models/membership/host.ts';
import { firstView, type View } from '../../../../models/membership/view.ts';
import { ServerLayout } from '../../../../models/protocols/parameter-server/layout.ts';
import type { Inventory } from '../../../../models/protocols/parameter-server/plan.ts';
import { planView } from '../../../../models/protocols/parameter-server/recovery/planner.ts';

/** Nodes 0 and 1 are workers; 2 and 3 lead the two shards; 4 stands by for the first, 5 for the second. */
const layout = new ServerLayout(6, { servers: 2, replicas: 1 });
const view = (epoch: number, members = [0, 1, 2, 3, 4, 5]): View => ({
  ...firstView(6),
  epoch,
  members,
  incarnations: members.map(() => 0),
});

/** What each node has: the view of its state, and the updates in it. */
function planned(
  has: Record<number, [epoch: number, updates: number, incarnation?: number]>,
  { sums = true, known = [view(8)] }: { sums?: boolean; known?: View[] } = {},
) {
  const contributions = Object.entries(has).map(
    ([node, [epoch, updates, incarnation = 0]]): Contribution<Inventory> => ({
      node: Number(node),
      incarnation,
      joining: epoch < 0,
      inventory: { epoch, updates },
    }),
  );
  return planView({ epoch: 20, contributions, known }, { layout, sums });
}

const workers = { 0: [-1, 3], 1: [-1, 3] } as const;
const all = (first: number, second: number, third: number, fourth: number) =>
  ({
    ...{ 0: [-1, 3], 1: [-1, 3] },
    ...{ 2: [8, first], 3: [8, second], 4: [8, third], 5: [8, fourth] },
  }) as Record<number, [number, number]>;

t.test('D: whoever has the most updates of the newest view leads', async (t) => {
  const { kind, plan } = planned(all(3, 3, 4, 3)) as any;
  t.equal(kind, 'go');
  t.same(plan.shards[0], { chain: [4, 2], holders: 1, updates: 4 });
  t.same(plan.shards[1], { chain: [3, 5], holders: 2, updates: 3 });
  t.equal(plan.clock, 3, 'the shards work for the iteration that one of them lacks');
});

t.test(
  'D: state of an older view counts for nothing where a newer one may have gone on',
  async (t) => {
    const known = [view(8), view(9, [0, 1, 3, 4, 5])];
    const has: Record<number, [number, number]> = {
      ...all(9, 4, 3, 4),
      4: [9, 3],
      3: [9, 4],
      5: [9, 4],
    };
    const { plan } = planned(has, { known }) as any;
    t.same(plan.shards[0], { chain: [4, 2], holders: 1, updates: 3 });
    const without = planned({ ...workers, 2: [8, 9], 3: [9, 4], 5: [9, 4] } as any, {
      known,
    }) as any;
    t.equal(without.kind, 'halt');
    t.same(without.missing, [4], 'node 4 alone may have gone on');
  },
);

t.test('D: a view whose server never had its state was never complete', async (t) => {
  const known = [view(8), view(9, [0, 1, 3, 4, 5])];
  const { plan } = planned({ ...all(3, 4, 3, 4), 3: [9, 4], 5: [9, 4] }, { known }) as any;
  t.same(plan.shards[0], { chain: [2, 4], holders: 2, updates: 3 });
  t.equal(plan.lost, null);
});

t.test('D: where all servers of a shard have forgotten, all go back', async (t) => {
  const has: Record<number, [number, number, number?]> = {
    ...all(3, 3, 3, 3),
    ...{ 2: [-1, -1, 1], 4: [-1, -1, 1] },
  };
  for (const sums of [true, false]) {
    const { kind, plan } = planned(has, { sums }) as any;
    t.equal(kind, 'lost');
    t.equal(plan.from, 'checkpoint');
    t.same(plan.lost.shards, [0]);
  }
});

t.test(
  'D: in the first view of all nothing is committed, so all begin with the seed',
  async (t) => {
    const has: Record<number, [number, number, number?]> = {
      ...all(0, 0, 0, 0),
      ...{ 2: [-1, -1, 1], 4: [-1, -1, 1] },
    };
    const { kind, plan } = planned(has, { known: [view(0)] }) as any;
    t.equal(kind, 'go');
    t.equal(plan.from, 'seed');
  },
);

t.test('D: without a worker, or a server of some shard, nothing goes on', async (t) => {
  const servers: Record<number, [number, number]> = { 2: [8, 3], 3: [8, 3], 4: [8, 3], 5: [8, 3] };
  t.match(planned(servers), { kind: 'halt', missing: [0, 1] });
  const first: Record<number, [number, number]> = { 0: [-1, 3], 1: [-1, 3], 2: [8, 3], 4: [8, 3] };
  t.match(planned(first), { kind: 'halt', missing: [3, 5] });
});

import t from 'tap';
import { lacksQuorum, viewsKnown } from '../../../models/membership/quorum.ts';
import type { KnownView } from '../../../models/membership/quorum.ts';

const old: KnownView = { epoch: 5, members: [0, 3, 4] };
const young: KnownView = { epoch: 10, members: [0, 1, 2, 3, 4] };

t.test('C: what some know together begins with the newest view known to be complete', async (t) => {
  const older = { epoch: 3, members: [0, 1, 2, 3, 4] };
  t.same(viewsKnown([{ views: [older, old] }, { views: [] }]), [older, old]);
  t.same(viewsKnown([{ views: [old, young] }, { views: [older, old] }]), [old, young]);
  t.same(viewsKnown([{ views: [] }]), []);
});

t.test(
  'C: whoever is taken in does not make a majority against those who take it in',
  async (t) => {
    const views = [...viewsKnown([{ views: [old] }, { views: [] }]), young];
    const side = [0, 1, 2].map((node) => ({ node, views }));
    const others = [3, 4].map((node) => ({ node, views: [old] }));
    t.same(
      lacksQuorum(side),
      old,
      'the new view may not be complete, and one of three is no majority',
    );
    t.equal(lacksQuorum(others), null, 'two of three are one');
    const begun = [others[0], { node: 4, views: [old, young] }];
    t.same(lacksQuorum(begun), young, 'but not once they know that there may be a newer view');
  },
);

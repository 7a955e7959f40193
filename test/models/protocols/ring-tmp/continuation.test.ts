import t from 'tap';
import {
  evenStanding,
  onwardFrom,
  unheldIn,
} from '../../../../models/protocols/ring-tmp/continuation.ts';
import { decideRecovery } from '../../../../models/protocols/ring-tmp/recovery-decision.ts';
import type {
  Copy,
  NodeReport,
  Standing,
} from '../../../../models/protocols/ring-tmp/ring-view.ts';

const M = 4;
const LAYOUT = 5;

interface Told {
  readonly entered?: number;
  readonly nodes?: readonly number[];
  readonly standings: readonly Standing[];
  readonly copies?: readonly Copy[];
}

/** What a node of a ring of four tells. */
function report(node: number, told: Told): NodeReport {
  const { entered = LAYOUT, nodes = [0, 1, 2, 3], standings, copies = [] } = told;
  const own = standings.map(({ position, version }) => ({ position, low: version, high: version }));
  const layout = { epoch: LAYOUT, nodes, bounds: [0, 6, 12, 18, 24], own, replicas: [] };
  const suspended = { entered, proven: true, standings, copies };
  return {
    node,
    layouts: [{ ...layout, suspended }],
    ...{ record: [], views: [{ epoch: LAYOUT, members: nodes }], beginnings: [], begun: 0 },
  };
}

/** In the midst of iteration 3: forwards have gone through, backwards have come back from the end. */
const midst = (position: number, counts: Partial<Standing> = {}): Standing => ({
  ...evenStanding(position, 3, M),
  ...{ kept: 2, begun: 3 * M + 3, forwards: 3 * M + 3, backwards: 3 * M + 1 },
  ...(position === 0 ? { losses: 3 * M + 1 } : {}),
  ...(position === 3 ? { labels: 3 * M + 3 } : {}),
  ...counts,
});

/** A replica of the position before, at that one. */
const copyAt = (holder: number, high = 3): Copy => ({
  ...{ origin: (holder + 3) % 4, holder, low: high - 1, high },
});

const living = (...nodes: number[]) =>
  nodes.map((node) => report(node, { standings: [midst(node)], copies: [copyAt(node)] }));

t.test('C: who lives goes on where it is, the lost position at its nearest replica', async (t) => {
  const { nodes, continuation, again, begunAgain } = onwardFrom(living(0, 2, 3), LAYOUT, M)!;
  t.same(nodes, [0, 2, 2, 3]);
  const { positions, evenFrom, freshFrom } = continuation;
  t.same(positions[1], { ...evenStanding(1, 3, M), rebuilt: true, copies: [] });
  t.same(positions[0], { ...midst(0), rebuilt: false, copies: [] }, 'its only replica is gone');
  t.same(positions[2], { ...midst(2), rebuilt: false, copies: [{ holder: 3, high: 3 }] });
  t.same(again, [{ node: 1, version: 3 }], 'what the dead node did of iteration 3');
  t.equal(begunAgain, 3, 'as many of its forwards had come to its successor');
  t.equal(evenFrom, 4, 'at the beginning of the next iteration it is behind nobody');
  t.equal(freshFrom, 4);
});

t.test('C: the lost position begins where its predecessor has got all backwards', async (t) => {
  const lagging = report(0, { standings: [midst(0, { backwards: 3 * M })], copies: [copyAt(0)] });
  const ahead = report(2, {
    standings: [{ ...evenStanding(2, 4, M), kept: 3 }],
    copies: [copyAt(2, 4)],
  });
  const [, , last] = living(0, 2, 3);
  const onward = onwardFrom([lagging, ahead, last], LAYOUT, M)!;
  t.equal(onward.continuation.positions[1].version, 3, 'though the replica could serve version 4');
  const done = report(0, { standings: [midst(0, { backwards: 4 * M })], copies: [copyAt(0)] });
  const behind = onwardFrom([done, ...living(2, 3)], LAYOUT, M)!;
  t.equal(behind.continuation.positions[1].version, 3);
  t.equal(behind.continuation.evenFrom, 5, 'it sends none of iteration 3 that anybody waits for');
});

t.test('C: a lost beginning of the line: what has been begun is no boundary', async (t) => {
  const { continuation } = onwardFrom(living(1, 2, 3), LAYOUT, M)!;
  const [first] = continuation.positions;
  t.equal(first.version, 3);
  t.equal(first.begun, 3 * M, 'it begins iteration 3 again');
  t.equal(continuation.evenFrom, 4, 'which the others are in the midst of');
});

t.test('C: lost neighbours begin at one version, the least that any replica has', async (t) => {
  const far = (origin: number, holder: number, high: number): Copy => ({
    ...{ origin, holder, low: high - 1, high },
  });
  const copies = [far(1, 3, 2), far(2, 3, 3)];
  const reports = [living(0)[0], report(3, { standings: [midst(3)], copies })];
  const onward = onwardFrom(reports, LAYOUT, M)!;
  t.same(onward.nodes, [0, 3, 3, 3]);
  const versions = onward.continuation.positions.map(({ version }) => version);
  t.same(versions, [3, 2, 2, 3]);
});

t.test('C: a position that two have trained is that of the newer epoch', async (t) => {
  const heir = report(2, {
    ...{ entered: 8, nodes: [0, 2, 2, 3] },
    standings: [midst(1, { begun: 3 * M }), midst(2)],
  });
  const onward = onwardFrom([...living(0, 1, 3), heir], LAYOUT, M)!;
  t.same(onward.nodes, [0, 2, 2, 3]);
  t.equal(onward.entered, 8);
  t.same(
    onward.continuation.positions[0].copies,
    [],
    'a replica of whom is left out counts no more',
  );
});

t.test('C: who was left out stands in for a lost heir, but for no replica', async (t) => {
  const entered = 8;
  const nodes = [0, 2, 2, 3];
  const old = report(1, {
    standings: [midst(1)],
    copies: [{ origin: 0, holder: 1, low: 2, high: 3 }],
  });
  const others = (version: number) =>
    [0, 3].map((node) =>
      report(node, {
        ...{ entered, nodes },
        standings: [{ ...evenStanding(node, version, M), kept: version - 1 }],
        copies: [
          copyAt(node, version),
          { origin: 2, holder: node, low: version - 1, high: version },
        ],
      }),
    );
  const onward = onwardFrom([old, ...others(4)], LAYOUT, M)!;
  t.same(onward.nodes, [0, 1, 3, 3]);
  t.same(onward.revived, [{ node: 1, entered: LAYOUT }], 'what it did is of use after all');
  t.same(onward.again, [{ node: 2, version: 3, from: LAYOUT }], 'and not what its heir did');
  t.same(onward.continuation.positions[0].copies, []);
  t.equal(onwardFrom([old, ...others(5)], LAYOUT, M), null, 'logs do not go back so far');
});

t.test('C: a replica comes before who was left out: it may have gone back behind it', async (t) => {
  const entered = 8;
  const nodes = [0, 2, 2, 3];
  const old = report(1, { standings: [midst(1)] });
  const counts = { backwards: 2 * M, losses: 2 * M, kept: 1 };
  const others = [0, 3].map((node) => {
    const copies = [copyAt(node), { origin: 2, holder: node, low: 2, high: 3 }];
    if (node === 3) copies.push({ origin: 1, holder: node, low: 2, high: 2 });
    return report(node, { ...{ entered, nodes }, standings: [midst(node, counts)], copies });
  });
  const onward = onwardFrom([old, ...others], LAYOUT, M)!;
  t.same(onward.nodes, [0, 3, 3, 3]);
  t.equal(onward.continuation.positions[1].version, 2);
  t.same(onward.revived, []);
});

t.test(
  'C: a replica whose keeper has not heard of a view has what was done before it',
  async (t) => {
    // In epoch 8 node 2 was to make position 1 anew at version 2. Node 0 alone has heard of it.
    const entered = 8;
    const told = report(0, { entered, nodes: [0, 2, 2, 3], standings: [midst(0)] });
    const { nodes, revived, again } = onwardFrom([told, ...living(2, 3)], LAYOUT, M)!;
    t.same(nodes, [0, 2, 2, 3]);
    t.same(revived, [{ node: 1, entered: LAYOUT }], 'what node 1 did before version 3 is of use');
    t.same(again, [{ version: 3, node: 1 }]);
  },
);

t.test('C: no replica and no trainer of a position: it is lost, and said so', async (t) => {
  const reports = [
    report(0, { standings: [midst(0)], copies: [copyAt(0)] }),
    report(2, { standings: [midst(2)] }),
    report(3, { standings: [midst(3)], copies: [copyAt(3)] }),
  ];
  t.equal(onwardFrom(reports, LAYOUT, M), null);
  t.same(unheldIn(reports, LAYOUT), [1]);
  t.match(decideRecovery(reports, 24, M), { kind: 'lost', blocks: [[6, 12]], missing: [1] });
});

t.test('C: a neighbour that has forgotten what a position lacks: no way on', async (t) => {
  const old = report(2, { standings: [midst(2)], copies: [copyAt(2, 1)] });
  t.equal(onwardFrom([...living(0, 3), old], LAYOUT, M), null);
});

t.test(
  'C: between two iterations the line is cut anew if somebody holds two parts or none',
  async (t) => {
    const even = [0, 1, 2, 3].map((node) =>
      report(node, { standings: [evenStanding(node, 3, M)], copies: [copyAt(node)] }),
    );
    t.equal(decideRecovery(even, 24, M).kind, 'onward', 'all is as it should be');
    t.match(decideRecovery([even[0], even[2], even[3]], 24, M), {
      kind: 'go',
      source: { epoch: LAYOUT, version: 3, holders: [0, 2, 2, 3] },
    });
    const joiner = { ...even[3], node: 4, layouts: [], views: [] };
    t.equal(decideRecovery([...even, joiner], 24, M).kind, 'go');
    t.equal(decideRecovery(living(0, 2, 3), 24, M).kind, 'onward', 'but not within one');
  },
);

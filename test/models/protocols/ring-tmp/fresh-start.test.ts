/** PROTOCOLS C, repair by `log`: at which version lost positions begin anew, so that nobody comes to lack older words. */
import t from 'tap';
import fc from 'fast-check';
import {
  evenStanding,
  onwardFrom,
  type Onward,
} from '../../../../models/protocols/ring-tmp/continuation.ts';
import type {
  Copy,
  NodeReport,
  Standing,
} from '../../../../models/protocols/ring-tmp/ring-view.ts';

const M = 4;
const LAYOUT = 5;

interface Held {
  entered: number;
  standings: Standing[];
  copies: Copy[];
}

/** What each node that is left holds. */
type Left = Map<number, Held>;

function reportsOf(left: Left, nodes: readonly number[]): NodeReport[] {
  const bounds = nodes.map((_, p) => p).concat(nodes.length);
  return [...left].map(([node, held]) => ({
    node,
    layouts: [
      {
        ...{ epoch: LAYOUT, nodes, bounds, own: [], replicas: [] },
        suspended: { proven: true, ...held },
      },
    ],
    ...{ record: [], views: [], beginnings: [], begun: 0 },
  }));
}

/** A position in the midst of that iteration, or behind it: so many of its backwards have come. */
function standing(position: number, version: number, come: number): Standing {
  const counts = { forwards: (version + 1) * M, backwards: version * M + come };
  return { ...evenStanding(position, version, M), kept: version - 1, ...counts };
}

/** One replica more a position, at `holder`. */
const copyOf = (origin: number, holder: number, high: number): Copy => ({
  ...{ origin, holder, low: high - 1, high },
});

t.test(
  'C: nobody begins anew at a newer version than replicas of its neighbours have',
  async (t) => {
    const left: Left = new Map([
      [0, { entered: LAYOUT, standings: [standing(0, 3, 0)], copies: [copyOf(2, 0, 3)] }],
      [1, { entered: LAYOUT, standings: [standing(1, 3, 0)], copies: [copyOf(0, 1, 3)] }],
      [3, { entered: LAYOUT, standings: [standing(3, 3, 0)], copies: [] }],
    ]);
    const versionOfLost = () =>
      onwardFrom(reportsOf(left, [0, 1, 2, 3]), LAYOUT, M)!.continuation.positions[2].version;
    t.equal(versionOfLost(), 3, 'whose neighbours have no replica is made anew as new as can be');
    left.get(3)!.copies = [copyOf(2, 3, 3), copyOf(1, 3, 3)];
    t.equal(versionOfLost(), 3, 'and so if theirs are abreast');
    left.get(3)!.copies = [copyOf(2, 3, 3), copyOf(1, 3, 2)];
    t.equal(versionOfLost(), 2, 'but not if position 1 would begin at an older one');
    left.get(3)!.copies = [copyOf(2, 3, 3)];
    left.get(0)!.copies = [copyOf(2, 0, 3), copyOf(3, 0, 2)];
    t.equal(versionOfLost(), 2, 'nor position 3');
    left.get(0)!.copies = [copyOf(3, 0, 2)];
    t.equal(versionOfLost(), 3, 'with which it would be lost for good itself');
  },
);

t.test('C: nor than those of the next have, if all in between leave replicas', async (t) => {
  const lives = (p: number, copies: Copy[]) =>
    [p, { entered: LAYOUT, standings: [standing(p, 3, 0)], copies }] as [number, Held];
  const left: Left = new Map([lives(0, []), lives(1, []), lives(2, []), lives(4, [])]);
  const versionOfLost = () =>
    onwardFrom(reportsOf(left, [0, 1, 2, 3, 4]), LAYOUT, M)!.continuation.positions[3].version;
  left.get(4)!.copies = [copyOf(3, 4, 3), copyOf(2, 4, 3), copyOf(1, 4, 2)];
  t.equal(versionOfLost(), 2, 'position 1 would begin at 2, and needs that of 2, made anew');
  left.get(4)!.copies = [copyOf(3, 4, 3), copyOf(1, 4, 2)];
  t.equal(versionOfLost(), 3, 'without position 2 there is no way on at all');
});

t.test(
  'C: where all stand even nobody can lack anything, and lost positions begin there',
  async (t) => {
    const even = (p: number) => ({ ...evenStanding(p, 3, M), kept: 2 });
    const left: Left = new Map([
      [0, { entered: LAYOUT, standings: [even(0)], copies: [] }],
      [1, { entered: LAYOUT, standings: [even(1)], copies: [] }],
      [3, { entered: LAYOUT, standings: [even(3)], copies: [copyOf(2, 3, 3), copyOf(1, 3, 2)] }],
    ]);
    const { positions } = onwardFrom(reportsOf(left, [0, 1, 2, 3]), LAYOUT, M)!.continuation;
    t.equal(positions[2].version, 3);
  },
);

t.test('C: nobody begins anew where the logs of a neighbour do not go back to', async (t) => {
  const late = { ...standing(1, 3, 0), kept: 3 };
  const left: Left = new Map([
    [0, { entered: LAYOUT, standings: [standing(0, 3, 0)], copies: [] }],
    [1, { entered: LAYOUT, standings: [late], copies: [] }],
    [3, { entered: LAYOUT, standings: [standing(3, 3, 0)], copies: [copyOf(2, 3, 2)] }],
  ]);
  t.equal(onwardFrom(reportsOf(left, [0, 1, 2, 3]), LAYOUT, M), null);
  left.get(1)!.standings = [standing(1, 3, 0)];
  t.equal(
    onwardFrom(reportsOf(left, [0, 1, 2, 3]), LAYOUT, M)!.continuation.positions[2].version,
    2,
  );
});

t.test(
  'C: who was left out stands in only where the logs of its neighbours go back to',
  async (t) => {
    const entered = 8;
    const left: Left = new Map([
      [1, { entered: LAYOUT, standings: [standing(1, 2, 2)], copies: [] }],
      [0, { entered, standings: [standing(0, 3, 0)], copies: [] }],
      [3, { entered, standings: [standing(2, 3, 0), standing(3, 3, 0)], copies: [] }],
    ]);
    const onward = () => onwardFrom(reportsOf(left, [0, 2, 3, 3]), LAYOUT, M);
    t.same(onward()?.nodes, [0, 1, 3, 3]);
    left.get(3)!.standings[0] = { ...standing(2, 3, 0), kept: 3 };
    t.equal(onward(), null, 'position 2 was made anew and has nothing of iteration 2');
  },
);

/** A ring in the midst of an update that goes round, with replicas that may not have it yet (I2, I2'). */
const anyRing = fc
  .record({ count: fc.integer({ min: 3, max: 7 }), replicas: fc.integer({ min: 1, max: 3 }) })
  .chain(({ count, replicas }) =>
    fc.record({
      ...{ count: fc.constant(count), replicas: fc.constant(Math.min(replicas, count - 1)) },
      updated: fc.integer({ min: 0, max: count }),
      come: fc.nat(M),
      lag: fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
      kills: fc.array(fc.nat(99), { minLength: 1, maxLength: 5 }),
    }),
  );

/** Those from `updated` on have made their third update; the one before has got `come` backwards of the iteration. */
function ringOf(ring: typeof anyRing extends fc.Arbitrary<infer Ring> ? Ring : never): Left {
  const { count, replicas, updated, come, lag } = ring;
  const versionOf = (p: number) => (p >= updated ? 3 : 2);
  const left: Left = new Map();
  for (let p = 0; p < count; p++) {
    const own = standing(p, versionOf(p), p === updated - 1 ? come : 0);
    const copies = Array.from({ length: replicas }, (_, k) => {
      const origin = (p - k - 1 + count) % count;
      return copyOf(origin, p, versionOf(origin) === 3 && !lag[p * 3 + k] ? 3 : 2);
    });
    left.set(p, { entered: LAYOUT, standings: [own], copies });
  }
  return left;
}

/** What each node holds once the view has changed so. */
function follow(left: Left, { nodes, continuation: { positions } }: Onward, entered: number): void {
  for (const [node, held] of left) {
    held.entered = entered;
    held.standings = positions.filter((_, p) => nodes[p] === node);
    held.copies = held.copies.filter(({ origin, holder }) =>
      positions[origin].copies.some((copy) => copy.holder === holder && nodes[holder] === node),
    );
  }
}

/** Whether each position is in the hands of a node that is left, or has a replica there. */
function hasAll(left: Left, count: number): boolean {
  const held = new Set<number>();
  for (const { standings, copies } of left.values()) {
    for (const { position } of standings) held.add(position);
    for (const { origin } of copies) held.add(origin);
  }
  return held.size === count;
}

/** Throws if a position lacks what its neighbours have never sent or have forgotten. */
function nobodyLacks(positions: readonly Standing[]): void {
  positions.forEach(({ forwards, backwards }, p) => {
    const [before, behind] = [positions[p - 1], positions[p + 1]];
    if (before !== undefined && forwards < before.kept * M)
      throw new Error(`position ${p} lacks FWD ${forwards}, kept from ${before.kept * M} on`);
    if (behind !== undefined && backwards < behind.kept * M)
      throw new Error(`position ${p} lacks BWD ${backwards}, kept from ${behind.kept * M} on`);
  });
}

t.test(
  'C: one loss after the other, and nobody lacks what its neighbours have no logs of',
  async (t) => {
    let repaired = 0;
    fc.assert(
      fc.property(anyRing, (ring) => {
        const { count, kills } = ring;
        const left = ringOf(ring);
        let nodes = [...left.keys()];
        for (const [k, kill] of kills.entries()) {
          left.delete([...left.keys()][kill % left.size]);
          if (left.size === 0 || !hasAll(left, count)) return;
          const onward = onwardFrom(reportsOf(left, nodes), LAYOUT, M);
          if (onward === null) throw new Error('there is no way on');
          nodes = [...onward.nodes];
          nobodyLacks(onward.continuation.positions);
          follow(left, onward, LAYOUT + 1 + k);
          repaired += k > 0 ? 1 : 0;
        }
      }),
      { numRuns: 2000 },
    );
    t.ok(repaired > 300, `${repaired} further losses were repaired`);
  },
);

import fc from 'fast-check';
import t from 'tap';
import { chooseTargets, nodesAtWires } from '../../../engine/faults/choose-targets.ts';
import type { FaultTarget } from '../../../engine/faults/fault-rule.ts';
import { randomStream } from '../../../engine/random.ts';

const lists = fc.uniqueArray(fc.nat(15), { maxLength: 12 });
const target = fc.record({
  among: lists,
  choose: fc.constantFrom('all', 'random', 'row') as fc.Arbitrary<FaultTarget['choose']>,
  count: fc.integer({ min: 1, max: 5 }),
});
const down = fc.uniqueArray(fc.nat(15), { maxLength: 10 });

t.test(
  'nodes are struck once each, among those named and up, as many as asked for if there are',
  async (t) => {
    fc.assert(
      fc.property(target, down, fc.nat(), (target, down, seed) => {
        const isUp = (node: number) => !down.includes(node);
        const struck = chooseTargets(target, isUp, randomStream(seed, 'x'));
        const up = target.among.filter(isUp);
        const right = target.choose === 'all' ? up.length : Math.min(target.count, up.length);
        return (
          struck.length === right &&
          new Set(struck).size === right &&
          struck.every((node) => up.includes(node))
        );
      }),
    );
    t.pass();
  },
);

t.test('a row is in a row among those that are up, modulo the list', async (t) => {
  fc.assert(
    fc.property(
      lists,
      down,
      fc.integer({ min: 1, max: 5 }),
      fc.nat(),
      (among, down, count, seed) => {
        const isUp = (node: number) => !down.includes(node);
        const struck = chooseTargets(
          { among, choose: 'row', count },
          isUp,
          randomStream(seed, 'x'),
        );
        const up = among.filter(isUp);
        const first = up.indexOf(struck[0]);
        return struck.every((node, at) => node === up[(first + at) % up.length]);
      },
    ),
  );
  t.pass();
});

t.test('who is up changes no later draw, nor who else is struck', async (t) => {
  fc.assert(
    fc.property(target, down, fc.nat(), (target, down, seed) => {
      const [one, other] = [randomStream(seed, 'x'), randomStream(seed, 'x')];
      const healthy = chooseTargets(target, () => true, one);
      const struck = chooseTargets(target, (node) => !down.includes(node), other);
      const spared = healthy.filter((node) => !down.includes(node));
      return one.next() === other.next() && spared.every((node) => struck.includes(node));
    }),
  );
  t.pass();
});

t.test('every node, and every place to begin a row, is as likely as any other', async (t) => {
  for (const choose of ['random', 'row'] as const) {
    const stream = randomStream(3, 'x');
    const hits = new Array<number>(5).fill(0);
    const rounds = 10000;
    for (let round = 0; round < rounds; round++)
      for (const node of chooseTargets(
        { among: [0, 1, 2, 3, 4], choose, count: 2 },
        () => true,
        stream,
      ))
        hits[node]++;
    const error = Math.sqrt(rounds * 0.4 * 0.6);
    for (const [node, count] of hits.entries())
      t.ok(Math.abs(count - rounds * 0.4) < 5 * error, `${choose}: node ${node} ${count} times`);
  }
});

t.test(
  'a fault of the wire strikes the nodes at its ends, a partition those in its groups',
  async (t) => {
    const scope = { from: [3, 1], to: [1, 2], oneWay: true };
    t.same(nodesAtWires({ kind: 'cut', scope, forNs: null }), [1, 2, 3]);
    t.same(nodesAtWires({ kind: 'partition', groups: [[4, 0], [2]], forNs: null }), [0, 2, 4]);
    t.same(nodesAtWires({ kind: 'cut', scope: { from: [], to: [], oneWay: false }, forNs: 1 }), []);
  },
);

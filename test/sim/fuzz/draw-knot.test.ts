import t from 'tap';
import fc from 'fast-check';
import { Chance } from '../../../models/claims/chance.ts';
import { drawKnot } from '../../../models/protocols/ring-tmp/checks/draw-knot.ts';

const NODES = 9;

t.test('a knot strikes neighbours, within five silences, in every way there is', async (t) => {
  const kinds = new Set<string>();
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 1e6 }), (seed, silenceNs) => {
      const stage = { nodes: NODES, lengthNs: 1e8, silenceNs, servers: [] };
      const blows = drawKnot(new Chance(seed, 'knot'), stage);
      if (blows.length < 2 || blows.length > 5) throw new Error(`${blows.length} blows`);
      const times = blows.map(({ at }) => Number(at) * 1e9);
      const spreadNs = Math.max(...times) - Math.min(...times);
      if (spreadNs > 5 * silenceNs + 1) throw new Error(`${spreadNs} ns between two blows`);
      const struck = new Set(blows.flatMap(({ node, between }) => (between ?? [node]) as number[]));
      // All lie in five places in a row, so that four or more in a row are left alone.
      const free = (start: number) =>
        [0, 1, 2, 3].every((more) => !struck.has((start + more) % NODES));
      if (![...Array(NODES).keys()].some(free)) throw new Error(`struck: ${[...struck].join(' ')}`);
      for (const { kind, for: lasts, oneWay } of blows)
        kinds.add(`${kind}${lasts === undefined ? ' for good' : ''}${oneWay ? ' one way' : ''}`);
    }),
    { numRuns: 500 },
  );
  t.same([...kinds].sort(), ['crash', 'crash for good', 'cut', 'cut one way', 'loss', 'pause']);
});

/** Whom a node watches while nobody is lost is what the default of the detector is reckoned from. */
import fc from 'fast-check';
import t from 'tap';
import { neighbours, watches } from '../../../../models/protocols/ring-tmp/neighbours.ts';
import { ringOptions } from '../../../../models/protocols/ring-tmp/options.ts';
import { assignmentOf, host } from './harness.ts';

const ring = fc.record({
  rings: fc.integer({ min: 1, max: 5 }),
  length: fc.integer({ min: 1, max: 6 }),
  replicas: fc.integer({ min: 0, max: 2 }),
});

const named = (one: number, other: number) => [one, other].sort((a, b) => a - b).join('-');

t.test('C: the pairs that the detector reckons with are those who watch each other', async (t) => {
  fc.assert(
    fc.property(ring, ({ rings, length, replicas }) => {
      const nodes = rings * length;
      if (nodes === 1) return;
      const options = ringOptions.parse({
        kind: 'ring-tmp',
        ...(rings === 1 ? { replicas } : { variant: 'torus', rings }),
      });
      const hosts = Array.from({ length: nodes }, () => host());
      const work = assignmentOf({
        hosts,
        model: { kind: 'mlp', layers: [2, 2], activation: 'relu' },
      });
      const reckoned = [...watches(work, options)]
        .filter(({ since }) => since === 'start')
        .map(({ one, other }) => named(one, other));
      const members = Array.from({ length: nodes }, (_, node) => node);
      const watched = members.flatMap((node) =>
        neighbours(members, node, { torus: { rings, length }, options }).map((peer) =>
          named(node, peer),
        ),
      );
      t.strictSame(reckoned.sort(), [...new Set(watched)].sort(), `${rings} rings of ${length}`);
    }),
    { numRuns: 60 },
  );
});

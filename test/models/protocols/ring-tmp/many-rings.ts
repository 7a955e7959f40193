/**
 * The bounds of A.5 on as many random rings of each kind as asked for:
 * `node --import tsx test/models/protocols/ring-tmp/many-rings.ts 10000`.
 */
import fc from 'fast-check';
import {
  alikeBounds,
  alikeRing,
  type Bounds,
  equalBounds,
  equalRing,
  mixedBounds,
  mixedRing,
  type Ring,
  WIRES,
  type Wires,
  within,
} from './ring-times.ts';

const numRuns = Number(process.argv[2] ?? 1000);

function many(
  name: string,
  rings: fc.Arbitrary<Ring>,
  of: (ring: Ring, wires: Wires) => Bounds,
  network = WIRES,
) {
  for (const wires of network) {
    let highest = 0;
    fc.assert(
      fc.property(rings, (ring) => {
        highest = Math.max(highest, within(ring, wires, of(ring, wires)));
      }),
      { numRuns },
    );
    const far = `${(100 * highest).toFixed(1)} % of the way from the lower bound to the upper`;
    console.log(`${name}, ${wires.kind}, ${wires.sharing}: ${numRuns} rings, at most ${far}`);
  }
}

many('equal stages', equalRing(0.5), equalBounds);
many('stages alike', alikeRing, alikeBounds, WIRES.slice(0, 2));
many('mixed stages', mixedRing, mixedBounds);

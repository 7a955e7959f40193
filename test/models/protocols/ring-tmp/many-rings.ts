/**
 * The bounds of A.5 on as many random rings of each kind as asked for, or of one kind on one network:
 * `node --import tsx test/models/protocols/ring-tmp/many-rings.ts 10000 'equal stages, star, fair'`.
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
const only = process.argv[3] ?? '';

function many(
  name: string,
  ringsOn: (wires: Wires) => fc.Arbitrary<Ring>,
  of: (ring: Ring, wires: Wires) => Bounds,
  network = WIRES,
) {
  for (const wires of network) {
    const what = `${name}, ${wires.kind}, ${wires.sharing}`;
    if (!what.startsWith(only)) continue;
    let highest = 0;
    fc.assert(
      fc.property(ringsOn(wires), (ring) => {
        highest = Math.max(highest, within(ring, wires, of(ring, wires)));
      }),
      { numRuns },
    );
    const far = `${(100 * highest).toFixed(1)} % of the way from the lower bound to the upper`;
    console.log(`${what}: ${numRuns} rings, at most ${far}`);
  }
}

many('equal stages', equalRing, equalBounds);
many('stages alike', () => alikeRing, alikeBounds, WIRES.slice(0, 2));
many('mixed stages', () => mixedRing, mixedBounds);

/**
 * Draws a knot of blows to a ring: of several kinds, to nodes next to each other, within few silences. Who stands still is
 * back as its heir dies, wires are cut one way as views change, and the same node is struck again before all is mended.
 */
import { type Chance, seconds } from '../../../claims/chance.ts';
import type { DrawnFault, Stage } from '../../../claims/fuzz-profile.ts';

/** The blows of a knot begin within that many silences. */
const SPREAD = 5;

/** Blows for a ring of three nodes or more. */
export function drawKnot(chance: Chance, { nodes, silenceNs, lengthNs }: Stage): DrawnFault[] {
  const middle = chance.whole(0, nodes - 1);
  const beginNs = lengthNs * chance.real(0, 0.95);
  return Array.from({ length: chance.whole(2, 5) }, (): DrawnFault => {
    const node = (middle + nodes + chance.one([-1, 0, 0, 1, 1, 2])) % nodes;
    const next = (node + 1) % nodes;
    const at = seconds(beginNs + silenceNs * chance.real(0, SPREAD));
    const lasting = { for: seconds(Math.max(1, silenceNs * chance.real(0, 4))) };
    switch (chance.one(['crash', 'crash', 'return', 'pause', 'pause', 'cut', 'oneWay', 'loss'])) {
      case 'crash':
        return { at, kind: 'crash', node };
      case 'return':
        return { at, kind: 'crash', node, ...lasting };
      case 'pause':
        return { at, kind: 'pause', node, ...lasting };
      case 'cut':
        return { at, kind: 'cut', between: [node, next], ...lasting };
      case 'oneWay': {
        const between = chance.often(0.5) ? [node, next] : [next, node];
        return { at, kind: 'cut', between, oneWay: true, ...lasting };
      }
      default:
        return { at, kind: 'loss', between: [node, next], probability: 0.5, ...lasting };
    }
  });
}

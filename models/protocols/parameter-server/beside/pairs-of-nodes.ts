/** Pairs of seats that watch each other as pairs of the nodes that have them, each once. */
import type { WatchedPair } from '../../../../engine/detector/lane.ts';
import type { ServerLayout } from '../layout.ts';

export function pairsOfNodes(pairs: Iterable<WatchedPair>, layout: ServerLayout): WatchedPair[] {
  const known = new Map<string, WatchedPair>();
  for (const { one: first, other: second, since } of pairs) {
    const nodes = [layout.nodeOf(first), layout.nodeOf(second)].sort((a, b) => a - b);
    const [one, other] = nodes;
    const name = `${one},${other}`;
    if (one !== other && known.get(name)?.since !== 'start') known.set(name, { one, other, since });
  }
  return [...known.values()];
}

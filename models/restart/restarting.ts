/**
 * Checkpoint and restart for a protocol that knows nothing of failures: it says how its node is made from a part of a
 * saved state, and tells of each step that is done.
 */
import type { WatchedPair } from '../../engine/detector/lane.ts';
import type { Node, World } from '../../engine/world.ts';
import type { WatchedWork } from '../spec/assignment.ts';
import { RestartNode } from './restart-node.ts';
import type { RestartTerms } from './terms.ts';

/** The node that restarts with all others where something may fail; where nothing can, the protocol's own. */
export function restarting<State>(world: World, terms: RestartTerms<State>): Node {
  if (terms.assignment.detector !== null) return new RestartNode(world, terms);
  return terms.create(world, { epoch: 0, version: 0, state: null }, () => {});
}

/** Each node watches the next, for the `watches` of a definition. */
export function* watchesNext({ hosts }: WatchedWork): Generator<WatchedPair> {
  const pairs = hosts.length > 2 ? hosts.length : hosts.length - 1;
  for (let one = 0; one < pairs; one++)
    yield { one, other: (one + 1) % hosts.length, since: 'start' };
}

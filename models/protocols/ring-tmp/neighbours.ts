/** Who watches whom on a ring: those who send each other anything in a normal step (PROTOCOLS C). */
import type { WatchedPair } from '../../../engine/detector/lane.ts';
import type { NodeId } from '../../../engine/world.ts';
import { watchesNext } from '../../restart/restarting.ts';
import type { WatchedWork } from '../../spec/assignment.ts';
import { repairs, type RingOptions } from './options.ts';

/** So many places off lie those whom a position watches: its neighbours, and all that hold its replicas. */
const reach = (replicas: number): number => Math.max(1, replicas);

/** Members that node watches on a ring of those, its successor first: of a row of dead ones that is the first heard. */
export function neighbours(
  members: readonly NodeId[],
  node: NodeId,
  { replicas }: Pick<RingOptions, 'replicas'>,
): NodeId[] {
  const { length } = members;
  const at = members.indexOf(node);
  const found = new Set<NodeId>();
  for (let distance = 1; distance <= reach(replicas) && 2 * distance <= length; distance++) {
    found.add(members[(at + distance) % length]);
    found.add(members[(at + length - distance) % length]);
  }
  found.delete(node);
  return [...found];
}

/** These, and those who come to that distance when as many nodes in a row are lost as replicas make up for, at least one. */
export function* watches(
  work: WatchedWork,
  options: Pick<RingOptions, 'replicas' | 'mode'>,
): Generator<WatchedPair> {
  if (!repairs(options)) return yield* watchesNext(work);
  const { replicas } = options;
  const nodes = work.hosts.length;
  const near = reach(replicas);
  const farthest = Math.min(2 * near, Math.floor(nodes / 2));
  for (let distance = 1; distance <= farthest; distance++)
    for (let one = 0; one < (2 * distance === nodes ? distance : nodes); one++)
      yield { one, other: (one + distance) % nodes, since: distance <= near ? 'start' : 'loss' };
}

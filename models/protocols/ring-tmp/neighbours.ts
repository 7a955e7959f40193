/** Who watches whom on a ring: those who send each other anything in a normal step (PROTOCOLS C). */
import type { WatchedPair } from '../../../engine/detector/lane.ts';
import type { NodeId } from '../../../engine/world.ts';
import { watchesNext } from '../../restart/restarting.ts';
import type { WatchedWork } from '../../spec/assignment.ts';
import { repairs, type RingOptions } from './options.ts';
import { ringCount } from './layout/ring-count.ts';
import type { RingWork } from './ring-work.ts';
import { lastPositions, neighboursOn, nodesOf } from './layout/torus.ts';

/** So many places off lie those whom a position watches: its neighbours, and all that hold its replicas. */
const reach = (replicas: number): number => Math.max(1, replicas);

/** Members that a node watches where those are there; its successor first: of a row of dead ones that is the first heard. */
export function neighbours(
  members: readonly NodeId[],
  node: NodeId,
  { torus, options: { replicas } }: Pick<RingWork, 'torus' | 'options'>,
): NodeId[] {
  if (torus.rings > 1) return neighboursOn(torus, nodesOf(torus, members), node);
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
export function* watches(work: WatchedWork, options: RingOptions): Generator<WatchedPair> {
  if (!repairs(options)) return yield* watchesNext(work);
  const { replicas } = options;
  const nodes = work.hosts.length;
  const near = reach(replicas);
  const rings = ringCount(options, work);
  const length = nodes / rings;
  for (let ring = 0; ring < rings; ring++)
    for (const [one, other, since] of around(length, near))
      yield { one: ring * length + one, other: ring * length + other, since };
  for (let place = 0; place < length; place++)
    for (const [one, other, since] of around(rings, near))
      // On rings of one the first hears of a loss from all others.
      if (length > 1 || (one > 0 && other > 0))
        yield { one: one * length + place, other: other * length + place, since };
  // On its own ring the first is beside the last.
  for (const last of lastPositions({ rings, length }).slice(1))
    yield { one: 0, other: last, since: 'start' };
}

/** The pairs on a ring of so many that are up to `near` apart, or come to be as near. */
function* around(size: number, near: number): Generator<[number, number, WatchedPair['since']]> {
  const farthest = Math.min(2 * near, Math.floor(size / 2));
  for (let distance = 1; distance <= farthest; distance++)
    for (let one = 0; one < (2 * distance === size ? distance : size); one++)
      yield [one, (one + distance) % size, distance <= near ? 'start' : 'loss'];
}

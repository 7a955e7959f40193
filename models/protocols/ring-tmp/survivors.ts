/**
 * What is left of a layout whose training is suspended, by what those report who are here (PROTOCOLS C, repair by `log`):
 * who has the training of each position, and who keeps which replicas of it.
 */
import type { NodeId } from '../../../engine/world.ts';
import type { Copy, NodeReport, Standing } from './ring-view.ts';

/** What a node has of the layout. */
export interface Holder {
  readonly node: NodeId;
  readonly nodes: readonly NodeId[];
  readonly entered: number;
  readonly standings: readonly Standing[];
  readonly copies: readonly Copy[];
}

export interface Owner {
  readonly node: NodeId;
  readonly entered: number;
  readonly standing: Standing;
  /** In the newest epoch somebody else has had the position. */
  readonly isLeftOut: boolean;
}

/** A replica, at a position that lives. */
export interface LiveCopy extends Copy {
  readonly node: NodeId;
}

export function holdersOf(reports: readonly NodeReport[], layout: number): Holder[] {
  return reports.flatMap(({ node, layouts }) =>
    layouts.flatMap(({ epoch, nodes, suspended }) =>
      epoch === layout && suspended !== null ? [{ node, nodes, ...suspended }] : [],
    ),
  );
}

export function newestOf(holders: readonly Holder[]): Holder {
  return holders.reduce((one, other) => (other.entered > one.entered ? other : one));
}

/** What is left of a layout, by position. */
export interface Survivors {
  /** Null where a position is lost. */
  readonly owners: readonly (Owner | null)[];
  /** The replicas that are kept where their holder's position still is; the nearest first. */
  readonly copies: readonly (readonly LiveCopy[])[];
}

export function survivorsOf(holders: readonly Holder[]): Survivors {
  const { nodes } = newestOf(holders);
  const all = holders.flatMap(({ node, entered, standings }) =>
    standings.map((standing) => {
      const isLeftOut = nodes[standing.position] !== node;
      return { node, entered, standing, isLeftOut };
    }),
  );
  all.sort((one, other) => one.entered - other.entered);
  const leftOut = all.filter((owner) => owner.isLeftOut);
  // Where two have come to train a position, it is whose epoch is newer.
  const owners: (Owner | null)[] = nodes.map(() => null);
  for (const owner of all) if (!owner.isLeftOut) owners[owner.standing.position] = owner;
  const copies = copiesOf(holders, owners);
  for (const owner of standInsOf(leftOut, owners, copies)) owners[owner.standing.position] = owner;
  return { owners, copies };
}

/**
 * One that was left out in the newest epoch stands in for an heir that is lost, if it is no further behind than a step
 * and its neighbours' logs. Where there are replicas they come first: they may have gone back to where the heir began.
 */
function standInsOf(
  leftOut: readonly Owner[],
  owners: readonly (Owner | null)[],
  copies: readonly (readonly LiveCopy[])[],
): Owner[] {
  const count = owners.length;
  const newest = Math.max(0, ...owners.map((owner) => owner?.standing.version ?? 0));
  return leftOut.filter(({ standing: { position, version } }) => {
    if (owners[position] !== null || copies[position].length > 0) return false;
    const neighbours = [position + count - 1, position + 1];
    const kept = neighbours.map((each) => owners[each % count]?.standing.kept ?? 0);
    return version >= newest - 1 && kept.every((least) => least <= version);
  });
}

function copiesOf(holders: readonly Holder[], owners: readonly (Owner | null)[]): LiveCopy[][] {
  const count = owners.length;
  const copies: LiveCopy[][] = owners.map(() => []);
  for (const { node, copies: kept } of holders)
    for (const copy of kept)
      if (owners[copy.holder]?.node === node) copies[copy.origin].push({ ...copy, node });
  const distance = ({ origin, holder }: Copy) => (holder - origin + count) % count;
  for (const each of copies) each.sort((one, other) => distance(one) - distance(other));
  return copies;
}

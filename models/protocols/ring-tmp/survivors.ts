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

/**
 * Who trains each position: where two have come to, the one that did so in the newer epoch. One that was left out in the
 * newest epoch stands in for an heir that is lost, if it is no further behind than a step and its neighbours' logs.
 */
export function ownersOf(holders: readonly Holder[]): (Owner | null)[] {
  const { nodes } = newestOf(holders);
  const all = holders.flatMap(({ node, entered, standings }) =>
    standings.map((standing) => {
      const isLeftOut = nodes[standing.position] !== node;
      return { node, entered, standing, isLeftOut };
    }),
  );
  all.sort((one, other) => one.entered - other.entered);
  const owners: (Owner | null)[] = nodes.map(() => null);
  for (const owner of all) if (!owner.isLeftOut) owners[owner.standing.position] = owner;
  const newest = Math.max(0, ...owners.map((owner) => owner?.standing.version ?? 0));
  const standIns = all.filter(({ isLeftOut, standing: { position, version } }) => {
    if (!isLeftOut || owners[position] !== null || version < newest - 1) return false;
    const neighbours = [position + nodes.length - 1, position + 1];
    return neighbours.every((each) => (owners[each % nodes.length]?.standing.kept ?? 0) <= version);
  });
  for (const owner of standIns) owners[owner.standing.position] = owner;
  return owners;
}

/** The replicas of each position that are kept where their holder's position still is; the nearest first. */
export function copiesOf(
  holders: readonly Holder[],
  owners: readonly (Owner | null)[],
): LiveCopy[][] {
  const count = owners.length;
  const copies: LiveCopy[][] = owners.map(() => []);
  for (const { node, copies: kept } of holders)
    for (const copy of kept)
      if (keeps(owners[copy.holder], node)) copies[copy.origin].push({ ...copy, node });
  const distance = ({ origin, holder }: Copy) => (holder - origin + count) % count;
  for (const each of copies) each.sort((one, other) => distance(one) - distance(other));
  return copies;
}

/** Whether what a node keeps at a position follows the others: it has not been left out in between. */
function keeps(owner: Owner | null, node: NodeId): boolean {
  return owner !== null && owner.node === node && !owner.isLeftOut;
}

/**
 * Whether and how a layout can be gone on with after a repair by `log` (PROTOCOLS C): a pure function of what those who
 * are left report. Who lives stays where it is; a position that is lost begins anew from a replica, at a version from
 * which its neighbours have kept all that it takes, and still get all that they lack.
 */
import type { NodeId } from '../../../engine/world.ts';
import { freshStarts, type FreshStart } from './fresh-start.ts';
import type { Continuation, NodeReport, Resumption, Standing } from './ring-view.ts';
import { holdersOf, newestOf, survivorsOf, type Holder, type Owner } from './survivors.ts';

/** Whose work is gone on from. */
export interface Way {
  /** The newest epoch that anybody has trained in so; all newer ones come to nothing. */
  readonly entered: number;
  /** Those whose work is of use after all, though since that epoch it had been given up. */
  readonly revived: readonly { readonly node: NodeId; readonly entered: number }[];
  /** Work of a node that is done again: from that step on, and all that is of newer epochs than `from`. */
  readonly again: readonly {
    readonly node: NodeId;
    readonly version: number;
    readonly from?: number;
  }[];
}

/** A layout that can be gone on with. */
export interface Onward extends Way {
  /** The node of each position, from here on. */
  readonly nodes: readonly NodeId[];
  readonly continuation: Continuation;
  /** Micro-batches that lost positions had begun, and begin again. */
  readonly begunAgain: number;
}

const INDICES = ['begun', 'forwards', 'backwards', 'labels', 'losses'] as const;

/** A position that has made so many updates and begun nothing since. */
export function evenStanding(position: number, version: number, microBatches: number): Standing {
  const all = version * microBatches;
  const counts = { begun: all, forwards: all, backwards: all, labels: all, losses: all };
  return { position, version, kept: version, ...counts };
}

/** Whether all have made the same number of updates, and nothing has been begun since. */
export function isEven(positions: readonly Standing[], microBatches: number): boolean {
  const [{ version }] = positions;
  return positions.every(
    (each) =>
      each.version === version && INDICES.every((index) => each[index] === version * microBatches),
  );
}

/**
 * The first iteration at whose beginning all stand even: nothing of it has been begun yet, and no position can be behind
 * what has been sent for it before.
 */
function evenFrom(positions: readonly Standing[], freshFrom: number, microBatches: number): number {
  const bounds = positions.slice(1).map(({ version }, p) => {
    const done = Math.floor(positions[p].backwards / microBatches);
    return done > version ? done + 1 : 0;
  });
  return Math.max(freshFrom, ...bounds);
}

/** The newest epoch in which anybody here has trained with that layout. */
export function enteredWith(layout: number, reports: readonly NodeReport[]): number {
  return Math.max(layout, ...holdersOf(reports, layout).map(({ entered }) => entered));
}

/** Positions of a layout whose training is suspended that nobody has anything of; none of any other layout. */
export function unheldIn(reports: readonly NodeReport[], layout: number): number[] {
  const holders = holdersOf(reports, layout);
  if (holders.length === 0) return [];
  const { owners, copies } = survivorsOf(holders);
  return owners.flatMap((owner, p) => (owner === null && copies[p].length === 0 ? [p] : []));
}

/** How that layout is gone on with; null if it cannot be. */
export function onwardFrom(
  reports: readonly NodeReport[],
  layout: number,
  microBatches: number,
): Onward | null {
  const holders = holdersOf(reports, layout);
  if (holders.length === 0) return null;
  const { entered } = newestOf(holders);
  const { owners, copies } = survivorsOf(holders);
  if (owners.every((owner) => owner === null)) return null;
  const starts = freshStarts({ owners, copies, microBatches });
  if (starts === null) return null;
  const nodes = owners.map((owner, position) => owner?.node ?? copies[position][0].node);
  const standings = (versionOf: (start: FreshStart) => number) =>
    owners.map((owner, position) => {
      if (owner !== null) return owner.standing;
      const start = starts.find(({ run }) => run.includes(position))!;
      return evenStanding(position, versionOf(start), microBatches);
    });
  // Where all stand even the line is cut anew, and no logs are needed any more.
  const even = standings((start) => start.newest);
  const stand = isEven(even, microBatches) ? even : standings(({ safe }) => safe);
  const positions = stand.map((standing, position): Resumption => {
    const others = copies[position].filter(({ node }) => node !== nodes[position]);
    const left = others.map(({ holder, high }) => ({ holder, high }));
    return { ...standing, rebuilt: owners[position] === null, copies: left };
  });
  const repeated = starts.map(
    ({ run: [first], gotten }) => gotten - positions[first].version * microBatches,
  );
  return {
    ...{ nodes, entered, ...accountOf(holders, owners, nodes, positions) },
    continuation: continuationOf(positions, microBatches),
    begunAgain: Math.max(0, ...repeated),
  };
}

function continuationOf(positions: readonly Resumption[], microBatches: number): Continuation {
  const most = Math.max(...positions.flatMap((each) => INDICES.map((index) => each[index])));
  const freshFrom = Math.ceil(most / microBatches);
  return { positions, evenFrom: evenFrom(positions, freshFrom, microBatches), freshFrom };
}

/** Work of positions that begin anew: it is whose the position was when the replica that they begin from last followed. */
interface LostWork {
  readonly node: NodeId;
  /** The newest epoch that the replica has seen; any newer ones have done nothing to it. */
  readonly entered: number;
  /** From here on it is done again. */
  readonly version: number;
}

/** What is of use after all, and what is done again. */
function accountOf(
  holders: readonly Holder[],
  owners: readonly (Owner | null)[],
  nodes: readonly NodeId[],
  positions: readonly Resumption[],
): Pick<Way, 'revived' | 'again'> {
  const newest = newestOf(holders);
  const remembers = (one: NodeId) => holders.some(({ node }) => node === one);
  const lost = lostWork(holders, nodes, positions);
  const untouched = lost.filter(({ entered }) => entered < newest.entered);
  const again = lost
    .filter((each) => untouched.includes(each) || !remembers(each.node))
    .map(({ node, version }): Way['again'][number] => ({ node, version }));
  const standIns = owners.filter((owner) => owner !== null && owner.isLeftOut) as Owner[];
  // What an heir has done that is lost itself by now, of a position that its owner goes on with, is of no use.
  for (const { entered: from, standing } of standIns) {
    const node = newest.nodes[standing.position];
    const known = again.findIndex((each) => each.node === node);
    if (known >= 0) again[known] = { ...again[known], from };
    else again.push({ node, version: Infinity, from });
  }
  const revived = [...standIns, ...untouched].map(({ node, entered }) => ({ node, entered }));
  return { revived, again };
}

function lostWork(
  holders: readonly Holder[],
  nodes: readonly NodeId[],
  positions: readonly Resumption[],
): LostWork[] {
  return positions
    .filter(({ rebuilt }) => rebuilt)
    .map(({ position, version }) => {
      const heir = holders.find(({ node }) => node === nodes[position])!;
      return { node: heir.nodes[position], entered: heir.entered, version };
    });
}

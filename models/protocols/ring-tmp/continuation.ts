/**
 * Whether and how a layout can be gone on with after a repair by `log` (PROTOCOLS C): a pure function of what those who
 * are left report. Who lives stays where it is; a position that is lost begins anew from a replica, at a version from
 * which its neighbours have kept all that it takes, and still get all that they lack.
 */
import type { NodeId } from '../../../engine/world.ts';
import type { Continuation, Copy, NodeReport, Resumption, Standing } from './ring-view.ts';

/** A layout that can be gone on with. */
export interface Onward {
  /** The node of each position, from here on. */
  readonly nodes: readonly NodeId[];
  readonly continuation: Continuation;
  /** The newest epoch that anybody has trained in so; all newer ones come to nothing. */
  readonly entered: number;
  /** Those whose work is of use after all, though since that epoch it had been given up. */
  readonly revived: readonly { readonly node: NodeId; readonly entered: number }[];
  /** Work that is done again: what that node has done from that step on. */
  readonly again: readonly { readonly version: number; readonly node: NodeId }[];
  /** Micro-batches that lost positions had begun, and begin again. */
  readonly begunAgain: number;
}

/** What a node has of the layout. */
interface Holder {
  readonly node: NodeId;
  readonly nodes: readonly NodeId[];
  readonly entered: number;
  readonly standings: readonly Standing[];
  readonly copies: readonly Copy[];
}

interface Owner {
  readonly node: NodeId;
  readonly entered: number;
  readonly standing: Standing;
  /** In the newest epoch somebody else has had the position. */
  readonly isLeftOut: boolean;
}

/** A replica, at a position that lives. */
interface LiveCopy extends Copy {
  readonly node: NodeId;
}

/** Lost positions in a row, around the ring. */
type Run = readonly number[];

const INDICES = ['begun', 'forwards', 'backwards', 'labels', 'losses'] as const;

/** A position that has made so many updates and begun nothing since. */
export function evenStanding(position: number, version: number, microBatches: number): Standing {
  const all = version * microBatches;
  const counts = { begun: all, forwards: all, backwards: all, labels: all, losses: all };
  return { position, version, ...counts };
}

/** Whether all have made the same number of updates, and nothing has been begun since. */
export function isEven(positions: readonly Standing[], microBatches: number): boolean {
  const [{ version }] = positions;
  return positions.every(
    (each) =>
      each.version === version && INDICES.every((index) => each[index] === version * microBatches),
  );
}

function holdersOf(reports: readonly NodeReport[], layout: number): Holder[] {
  return reports.flatMap(({ node, layouts }) =>
    layouts.flatMap(({ epoch, nodes, suspended }) =>
      epoch === layout && suspended !== null ? [{ node, nodes, ...suspended }] : [],
    ),
  );
}

function newestOf(holders: readonly Holder[]): Holder {
  return holders.reduce((one, other) => (other.entered > one.entered ? other : one));
}

/**
 * Who trains each position: where two have come to, the one that did so in the newer epoch. One that was left out in the
 * newest epoch stands in for an heir that is lost, if it is no further behind than everybody's logs go back.
 */
function ownersOf(holders: readonly Holder[]): (Owner | null)[] {
  const { nodes } = newestOf(holders);
  const owners: (Owner | null)[] = nodes.map(() => null);
  const all = holders.flatMap(({ node, entered, standings }) =>
    standings.map((standing) => {
      const isLeftOut = nodes[standing.position] !== node;
      return { node, entered, standing, isLeftOut };
    }),
  );
  const newest = Math.max(
    0,
    ...all.flatMap(({ isLeftOut, standing }) => (isLeftOut ? [] : standing.version)),
  );
  const rank = ({ isLeftOut, entered }: (typeof all)[number]) => (isLeftOut ? -1 : entered);
  for (const owner of all.sort((one, other) => rank(one) - rank(other)))
    if (owner.standing.version >= newest - 1) owners[owner.standing.position] = owner;
  return owners;
}

/** The replicas of each position that are kept where their holder's position still is; the nearest first. */
function copiesOf(holders: readonly Holder[], owners: readonly (Owner | null)[]): LiveCopy[][] {
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

function runsOf(owners: readonly (Owner | null)[]): Run[] {
  const count = owners.length;
  const runs: number[][] = [];
  for (let start = 0; start < count; start++) {
    if (owners[start] !== null || owners[(start + count - 1) % count] === null) continue;
    const run: number[] = [];
    for (let p = start; owners[p] === null; p = (p + 1) % count) run.push(p);
    runs.push(run);
  }
  return runs;
}

/**
 * How many micro-batches the neighbours of lost positions have got all of, so that those may begin behind them: none is
 * sent again what it has got, and none lacks what is never sent again.
 */
function gotten(run: Run, owners: readonly (Owner | null)[]): { least: number; most: number } {
  const count = owners.length;
  const last = count - 1;
  const [start, end] = [run[0], run[run.length - 1]];
  const before = owners[(start + last) % count]!.standing;
  const behind = owners[(end + 1) % count]!.standing;
  const indices = [
    start === 0 ? before.labels : before.backwards,
    end === last ? behind.losses : behind.forwards,
  ];
  return { least: Math.min(...indices), most: Math.max(...indices) };
}

/** The version that lost positions begin anew at; null if the neighbours or the replicas do not allow it. */
function versionOf(
  run: Run,
  owners: readonly (Owner | null)[],
  copies: readonly (readonly LiveCopy[])[],
  microBatches: number,
): number | null {
  const count = owners.length;
  const all = run.flatMap((position) => copies[position]);
  const { least } = gotten(run, owners);
  const version = Math.min(...all.map(({ high }) => high), Math.floor(least / microBatches));
  const neighbours = [run[0] + count - 1, run[run.length - 1] + 1];
  const kept = neighbours.map((position) => owners[position % count]!.standing.version - 1);
  const serves = run.every(
    (position) => copies[position].length > 0 && copies[position][0].low <= version,
  );
  return serves && kept.every((oldest) => oldest <= version) ? version : null;
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

/** Positions of a layout whose training is suspended that nobody has anything of; none of any other layout. */
export function unheldIn(reports: readonly NodeReport[], layout: number): number[] {
  const holders = holdersOf(reports, layout);
  if (holders.length === 0) return [];
  const owners = ownersOf(holders);
  const copies = copiesOf(holders, owners);
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
  const newest = newestOf(holders);
  const owners = ownersOf(holders);
  const copies = copiesOf(holders, owners);
  const runs = runsOf(owners);
  if (runs.length === 0 && owners.includes(null)) return null;
  const versions = new Map<number, number>();
  let begunAgain = 0;
  for (const run of runs) {
    const version = versionOf(run, owners, copies, microBatches);
    if (version === null) return null;
    for (const position of run) versions.set(position, version);
    begunAgain = Math.max(begunAgain, gotten(run, owners).most - version * microBatches);
  }
  const nodes = owners.map((owner, position) => owner?.node ?? copies[position][0].node);
  const positions = owners.map((owner, position): Resumption => {
    const others = copies[position].filter(({ node }) => node !== nodes[position]);
    const left = others.map(({ holder, high }) => ({ holder, high }));
    const standing =
      owner?.standing ?? evenStanding(position, versions.get(position)!, microBatches);
    return { ...standing, rebuilt: owner === null, copies: left };
  });
  const most = Math.max(...positions.flatMap((each) => INDICES.map((index) => each[index])));
  const freshFrom = Math.ceil(most / microBatches);
  const even = evenFrom(positions, freshFrom, microBatches);
  const continuation = { positions, evenFrom: even, freshFrom };
  const again = [...lostWork(holders, newest, positions), ...newerWork(reports, layout)];
  const revived = owners.flatMap((owner) => (owner?.isLeftOut ? [owner] : []));
  return { nodes, entered: newest.entered, revived, continuation, again, begunAgain };
}

/** What those have done in vain whose positions begin anew: they are not here, or have lost all they had. */
function lostWork(
  holders: readonly Holder[],
  { nodes }: Holder,
  positions: readonly Resumption[],
): { version: number; node: NodeId }[] {
  const remembering = new Set(holders.map(({ node }) => node));
  return positions
    .filter(({ position, rebuilt }) => rebuilt && !remembering.has(nodes[position]))
    .map(({ position, version }) => ({ version, node: nodes[position] }));
}

/** What has been done in newer layouts, which are given up, by those who are here and by those who were in them. */
function newerWork(
  reports: readonly NodeReport[],
  layout: number,
): { version: number; node: NodeId }[] {
  const here = new Set(reports.map(({ node }) => node));
  return reports.flatMap(({ node, layouts, beginnings }) => {
    const given = layouts.filter(({ epoch }) => epoch > layout);
    const newer = given.map(({ epoch }) => epoch);
    const gone = given.flatMap(({ nodes }) => nodes).filter((member) => !here.has(member));
    const since = beginnings.filter(
      (each) => each.epoch >= Math.min(...newer) && (each.node ?? node) === node,
    );
    if (since.length === 0) return [];
    const version = Math.min(...since.map(versionAt));
    return [node, ...gone].map((member) => ({ node: member, version }));
  });
}

const versionAt = ({ version }: { readonly version: number }) => version;

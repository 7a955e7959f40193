/**
 * From where the ring goes on after a repair (PROTOCOLS C): a pure function of what those who are left report. It picks
 * the newest layout of which every position can be served by somebody, and the newest version that all can be served at.
 */
import type { NodeId } from '../../../../engine/world.ts';
import type { Assembly } from '../../../membership/host.ts';
import { incarnationIn } from '../../../membership/view.ts';
import { placeOf } from '../../../pipeline/placement.ts';
import type { Serving } from '../../../pipeline/stage/versions.ts';
import type { LayoutReport, NodeReport, RecoverySource } from '../layout/ring-view.ts';

export type Recovery =
  | { readonly kind: 'go'; readonly source: RecoverySource }
  /** No more than one iteration has been made: the seed is enough to begin again. */
  | { readonly kind: 'begin'; readonly holding: boolean }
  /** Nobody holds the state of those blocks [low, high) any more; all of the line where nobody knows of any layout. */
  | {
      readonly kind: 'lost';
      readonly blocks: readonly (readonly [number, number])[];
      /** Members of the layouts and views known that are not here: they may hold it. */
      readonly missing: readonly NodeId[];
    };

type Layout = Pick<LayoutReport, 'epoch' | 'nodes' | 'bounds'>;

/**
 * Who can serve a position at which versions; the owner first, then who has the same place of the next ring, or the nearest
 * replica.
 */
interface Offer {
  readonly node: NodeId;
  readonly low: number;
  readonly high: number;
}

function layoutsOf(reports: readonly NodeReport[]): Layout[] {
  const layouts = new Map<number, Layout>();
  for (const report of reports)
    for (const layout of report.layouts) layouts.set(layout.epoch, layout);
  return [...layouts.values()].sort((one, other) => other.epoch - one.epoch);
}

/** The offers for every position of a layout. */
function offersOf(layout: Layout, reports: readonly NodeReport[]): Offer[][] {
  const { nodes, epoch } = layout;
  const most = newestTold(layout, reports);
  const offers: (Offer & { distance: number })[][] = nodes.map(() => []);
  for (const { node, layouts } of reports) {
    const report = layouts.find((one) => one.epoch === epoch);
    if (report === undefined) continue;
    const add = ({ low, high }: Serving, position: number, distance: number) =>
      offers[position].push({ node, low, high: Math.min(high, most), distance });
    for (const serving of report.own)
      for (const [away, position] of samePlace(layout, serving.position).entries())
        add(serving, position, away);
    for (const serving of report.replicas)
      add(serving, serving.position, distanceTo(nodes, serving.position, node));
  }
  for (const each of offers)
    each.sort((one, other) => one.distance - other.distance || one.node - other.node);
  return offers;
}

/** The position, and then those at the same place of the ring before, and so on: as far as each has to look. */
function samePlace(layout: Layout, position: number): number[] {
  const { length } = placeOf(layout, position);
  const { length: positions } = layout.nodes;
  const rings = Array.from({ length: positions / length }, (_, away) => away);
  return rings.map((away) => (position - away * length + positions) % positions);
}

/**
 * The newest version that may be gone on from. Of several rings the first position of the first alone knows what has been
 * told: without it that is what was told before the newest iteration began, which all have at most ended.
 */
function newestTold(layout: Layout, reports: readonly NodeReport[]): number {
  const { nodes, bounds, epoch } = layout;
  if (nodes.length === bounds.length - 1) return Infinity;
  const own = reports.flatMap(({ layouts }) =>
    layouts.flatMap((one) => (one.epoch === epoch ? one.own : [])),
  );
  const first = own.find(({ position }) => position === 0);
  const newest = own.reduce((most, { high }) => Math.max(most, high), 0);
  return first?.high ?? (isProven(epoch, reports) ? newest - 1 : newest);
}

/** Positions from that one clockwise to the nearest that the node holds. */
function distanceTo(nodes: readonly NodeId[], position: number, node: NodeId): number {
  for (let steps = 1; steps < nodes.length; steps++)
    if (nodes[(position + steps) % nodes.length] === node) return steps;
  return nodes.length;
}

const serves = (version: number) => (offer: Offer) => offer.low <= version && version <= offer.high;

/**
 * The newest version that every position can be served at. Position 0 is served at none before its iterations have been
 * told of, so none is left untold.
 */
function newestCommon([first, ...rest]: readonly (readonly Offer[])[]): number | undefined {
  const versions = new Set<number>();
  for (const { low, high } of first)
    for (let version = low; version <= high; version++) versions.add(version);
  const falling = [...versions].sort((one, other) => other - one);
  return falling.find((version) => rest.every((each) => each.some(serves(version))));
}

/** Whether anybody here tells of an update in that layout. */
function isProven(epoch: number, reports: readonly NodeReport[]): boolean {
  const layouts = reports.flatMap((report) => report.layouts);
  return layouts.some(
    ({ epoch: of, own }) => of === epoch && own.some(({ low, high }) => low < high),
  );
}

/** The blocks of the layout that nobody serves at the version that most can be served at, or that none serve at all. */
function lostBlocks({ bounds }: Layout, offers: readonly (readonly Offer[])[]): [number, number][] {
  const newest = Math.max(0, ...offers.flatMap((each) => each.map(({ high }) => high)));
  const oldest = Math.min(newest, ...offers.flatMap((each) => each.map(({ low }) => low)));
  let best: number[] = offers.map((_, position) => position);
  for (let version = newest; version >= oldest; version--) {
    const lacking = best.filter((_, position) => !offers[position].some(serves(version)));
    const all = offers.flatMap((each, position) => (each.some(serves(version)) ? [] : [position]));
    if (all.length < best.length) best = all;
    if (lacking.length === 0) break;
  }
  const places = best.filter((position) => position < bounds.length - 1);
  return places.map((place) => [bounds[place], bounds[place + 1]]);
}

/**
 * Whether somebody here can tell how far the newest view has got that may have been complete: a member of it that has
 * lost no memory since. Without one, what is left of older views may be less than was done in it.
 */
function isWitnessed({ contributions, known }: Assembly<NodeReport>): boolean {
  for (const view of [...known].reverse()) {
    const witnesses = contributions.filter(
      ({ node, incarnation, joining }) => !joining && incarnationIn(view, node) === incarnation,
    );
    if (witnesses.length === 0) return false;
    const installed = witnesses.map(({ inventory }) => inventory.layouts.at(0)?.epoch ?? 0);
    // Where a member has never been in it, it was not complete, and the one before counts.
    if (Math.max(...installed) >= view.epoch) return true;
  }
  return false;
}

/**
 * Decides; `blocks` is the length of the line. With `go`, every old position has a holder that can serve its version; `lost`
 * is said only if no layout can be served whole of those since the newest view known to be complete.
 */
export function decideRecovery(assembly: Assembly<NodeReport>, blocks: number): Recovery {
  const reports = assembly.contributions.map(({ inventory }) => inventory);
  const witnessed = isWitnessed(assembly);
  const complete = assembly.known.at(0)?.epoch ?? 0;
  const layouts = layoutsOf(reports).filter(({ epoch }) => witnessed && epoch >= complete);
  for (const layout of layouts) {
    const offers = offersOf(layout, reports);
    const version = newestCommon(offers);
    if (version === undefined) continue;
    const holders = offers.map((each) => each.find(serves(version))!.node);
    const { epoch, bounds } = layout;
    const proven = isProven(epoch, reports);
    const source = { epoch, bounds, holders, version, checkpoint: false, savedIn: 0, proven };
    return { kind: 'go', source };
  }
  if (witnessed && newestVersion(reports) <= 1)
    return { kind: 'begin', holding: layouts.length > 0 };
  const here = new Set(reports.map(({ node }) => node));
  const members = new Set([
    ...layouts.flatMap(({ nodes }) => nodes),
    ...assembly.known.flatMap((view) => view.members),
  ]);
  const missing = [...members].filter((node) => !here.has(node)).sort((one, other) => one - other);
  if (layouts.length === 0) return { kind: 'lost', blocks: [[0, blocks]], missing };
  const [layout] = layouts;
  return { kind: 'lost', blocks: lostBlocks(layout, offersOf(layout, reports)), missing };
}

/** The newest version that anybody here has anything of. */
function newestVersion(reports: readonly NodeReport[]): number {
  const servings = reports.flatMap(({ layouts }) =>
    layouts.flatMap(({ own, replicas }) => [...own, ...replicas]),
  );
  return Math.max(0, ...servings.map(({ high }) => high));
}

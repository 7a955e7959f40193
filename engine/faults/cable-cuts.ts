/**
 * Cables that are cut, for all whose messages go over them, and the ways round. Routes follow what has been cut, or
 * mended, for as long as the network takes to notice. It knows no frames and no nodes' logic.
 */
import { END_NS, type Kernel } from '../kernel.ts';
import { cablesBetween, Detours } from '../network/detours.ts';
import type { Topology } from '../network/topology.ts';
import type { NodeId } from '../world.ts';
import type { WireEffect } from './fault-rule.ts';

/** Links that have been cut or mended together, and how often each had been by then. */
interface Change {
  readonly links: readonly number[];
  readonly counts: readonly number[];
}

export class CableCuts {
  private readonly kernel: Kernel;
  private readonly topology: Topology;
  private readonly rerouteAfterNs: number;
  private readonly reroute: (change: () => void) => void;
  /** Cut links by the number of the fault. */
  private readonly cuts = new Map<number, readonly number[]>();
  private readonly felt = new Set<number>();
  private readonly avoided = new Set<number>();
  /** By link: how often it was cut or mended so far. */
  private readonly counts = new Map<number, number>();
  private readonly changes: Change[] = [];
  /** Made, as the kind of event is registered, by the first cut: runs without any are what they would be without this. */
  private detours: Detours | null = null;
  private noticed = 0;

  /** `reroute` is called when routes are to change, with what changes them. */
  constructor(
    kernel: Kernel,
    topology: Topology,
    rerouteAfterNs: number,
    reroute: (change: () => void) => void,
  ) {
    this.kernel = kernel;
    this.topology = topology;
    this.rerouteAfterNs = rerouteAfterNs;
    this.reroute = reroute;
  }

  /** Cuts the cables that the effect means; false if it means none. */
  begin(id: number, effect: WireEffect): boolean {
    const links = cutCables(this.topology, effect);
    if (links.length === 0) return false;
    if (!this.detours) {
      this.detours = new Detours(this.topology);
      this.noticed = this.kernel.register((number) => this.notice(this.changes[number]));
    }
    this.cuts.set(id, links);
    this.changed(links);
    return true;
  }

  /** Mends what that fault has cut; one that has cut no cable is no error. */
  end(id: number): void {
    const links = this.cuts.get(id);
    if (!links) return;
    this.cuts.delete(id);
    this.changed(links);
  }

  /** The links of the way round that messages take at present; null where they go the usual way. */
  detour(from: NodeId, to: NodeId): Int32Array | null {
    return this.detours?.of(from, to) ?? null;
  }

  /** True if a cut cable is on that way from one to the other: the usual one where no detour is given. */
  isCut(from: NodeId, to: NodeId, detour: Int32Array | null): boolean {
    let isCut = false;
    for (const [id, links] of this.cuts) {
      if (!this.detours!.holds(from, to, detour, links)) continue;
      this.felt.add(id);
      isCut = true;
    }
    return isCut;
  }

  /** Whether any frame has met what that fault has cut. */
  isFelt(id: number): boolean {
    return this.felt.has(id);
  }

  private changed(links: readonly number[]): void {
    for (const link of links) this.counts.set(link, (this.counts.get(link) ?? 0) + 1);
    const timeNs = this.kernel.now + this.rerouteAfterNs;
    if (timeNs >= END_NS) return;
    const counts = links.map((link) => this.counts.get(link)!);
    this.kernel.schedule(timeNs, this.noticed, this.changes.push({ links, counts }) - 1, 0);
  }

  /** Routes follow those links that have not changed again meanwhile. */
  private notice({ links, counts }: Change): void {
    const settled = links.filter((link, index) => this.counts.get(link) === counts[index]);
    const cut = new Set([...this.cuts.values()].flat());
    this.reroute(() => {
      for (const link of settled)
        if (cut.has(link)) this.avoided.add(link);
        else this.avoided.delete(link);
      this.detours!.avoid(this.avoided);
    });
  }
}

/** The cables that a cut between two nodes means: those that join them, if any do. */
export function cutCables(topology: Topology, effect: WireEffect): number[] {
  if (effect.kind !== 'cut') return [];
  const { from, to, oneWay } = effect.scope;
  if (from.length !== 1 || to.length !== 1) return [];
  const there = cablesBetween(topology, from[0], to[0]);
  return oneWay ? there : [...there, ...cablesBetween(topology, to[0], from[0])];
}

/**
 * Cables that are cut, and the detours around them. Routes follow a cut or a mend after the delay that the network
 * takes to notice. It knows no frames and no node logic.
 */
import { END_NS, type Kernel } from '../kernel.ts';
import { cablesBetween, Detours } from '../network/detours.ts';
import type { Topology } from '../network/topology.ts';
import type { NodeId } from '../world.ts';
import type { WireEffect } from './fault-rule.ts';

/** Links that were cut or mended together, and how often each had changed by then. */
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
  /** By link: how often it was cut or mended. */
  private readonly counts = new Map<number, number>();
  private readonly changes: Change[] = [];
  /** Made by the first cut, together with its kind of event: runs without cuts keep the digest they had. */
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

  /** Cuts the cables that the effect names; false if it names none. */
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

  /** Mends what that fault has cut; nothing for a fault that cut no cable. */
  end(id: number): void {
    const links = this.cuts.get(id);
    if (!links) return;
    this.cuts.delete(id);
    this.changed(links);
  }

  /** The links of the detour that messages take now; null where they take the usual route. */
  detour(from: NodeId, to: NodeId): Int32Array | null {
    return this.detours?.of(from, to) ?? null;
  }

  /** True if a cut cable is on the path: the detour, or the usual route where it is null. */
  isCut(from: NodeId, to: NodeId, detour: Int32Array | null): boolean {
    if (this.cuts.size === 0) return false;
    let isCut = false;
    for (const [id, links] of this.cuts) {
      if (!this.detours!.holds(from, to, detour, links)) continue;
      this.felt.add(id);
      isCut = true;
    }
    return isCut;
  }

  /** Whether any frame has met that fault's cut. */
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

  /** Routes follow the links that have not changed again since. */
  private notice({ links, counts }: Change): void {
    const unchanged = links.filter((link, index) => this.counts.get(link) === counts[index]);
    const cut = new Set([...this.cuts.values()].flat());
    this.reroute(() => {
      for (const link of unchanged)
        if (cut.has(link)) this.avoided.add(link);
        else this.avoided.delete(link);
      this.detours!.avoid(this.avoided);
    });
  }
}

/** The cables that a cut between two nodes names: those that join them directly, if any. */
export function cutCables(topology: Topology, effect: WireEffect): number[] {
  if (effect.kind !== 'cut') return [];
  const { from, to, oneWay } = effect.scope;
  if (from.length !== 1 || to.length !== 1) return [];
  const there = cablesBetween(topology, from[0], to[0]);
  return oneWay ? there : [...there, ...cablesBetween(topology, to[0], from[0])];
}

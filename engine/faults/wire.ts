/**
 * The wire faults in force, and what becomes of a frame: it passes, is cut off, lost, duplicated or delayed. All
 * chance of a pair of nodes is drawn from `wire/<from>/<to>`. It knows no network, no channel and nothing of what
 * frames carry.
 */
import { randomStream } from '../random.ts';
import type { NodeId, RandomStream } from '../world.ts';
import type { WireEffect } from './fault-rule.ts';
import { wireMask, type WireMask } from './wire-mask.ts';

interface Active {
  readonly id: number;
  readonly mask: WireMask;
}

interface Chance extends Active {
  readonly probability: number;
}

/** The most that a delayed frame or a duplicate is late, in times on an empty path. */
const HELD_BACK_PATHS = 8;

export class Wire {
  private readonly seed: number;
  private readonly nodeCount: number;
  private readonly cuts: Active[] = [];
  private readonly losses: Chance[] = [];
  private readonly duplications: Chance[] = [];
  private readonly reorderings: Chance[] = [];
  /** The faults that have affected a frame. */
  private readonly felt = new Set<number>();
  private readonly streams = new Map<number, RandomStream>();

  constructor(seed: number, nodeCount: number) {
    this.seed = seed;
    this.nodeCount = nodeCount;
  }

  /** Begins an effect; one of bandwidth and latency concerns no frame and is ignored. */
  begin(id: number, effect: WireEffect): void {
    const mask = wireMask(effect, this.nodeCount);
    if (effect.kind === 'cut' || effect.kind === 'partition') this.cuts.push({ id, mask });
    else if (effect.kind === 'loss') this.losses.push({ id, mask, ...effect });
    else if (effect.kind === 'duplicate') this.duplications.push({ id, mask, ...effect });
    else if (effect.kind === 'reorder') this.reorderings.push({ id, mask, ...effect });
  }

  end(id: number): void {
    for (const list of [this.cuts, this.losses, this.duplications, this.reorderings]) {
      const index = list.findIndex((active) => active.id === id);
      if (index >= 0) list.splice(index, 1);
    }
  }

  /** Mean number of transmissions until one arrives, on the worst wire that lets any pass. */
  get tries(): number {
    return this.losses.reduce(
      (most, { probability }) => (probability < 1 ? Math.max(most, 1 / (1 - probability)) : most),
      1,
    );
  }

  /** True if every frame from one to the other arrives once and undelayed. */
  isClear(from: NodeId, to: NodeId): boolean {
    const { cuts, losses, duplications, reorderings } = this;
    return ![cuts, losses, duplications, reorderings].some((list) =>
      list.some(({ mask }) => mask.has(from, to)),
    );
  }

  /** True if frames from one to the other get lost by chance. */
  isLossy(from: NodeId, to: NodeId): boolean {
    return this.losses.some(({ mask }) => mask.has(from, to));
  }

  /** Whether the fault has affected any frame. */
  isFelt(id: number): boolean {
    return this.felt.has(id);
  }

  /** True if a frame does not pass from one to the other now. */
  isCut(from: NodeId, to: NodeId): boolean {
    let isCut = false;
    for (const { id, mask } of this.cuts) {
      if (!mask.has(from, to)) continue;
      this.felt.add(id);
      isCut = true;
    }
    return isCut;
  }

  /** True if the frame that arrives now is lost by chance. */
  loses(from: NodeId, to: NodeId): boolean {
    return this.happens(this.losses, from, to);
  }

  /** True if the frame that arrives now arrives once more later. */
  duplicates(from: NodeId, to: NodeId): boolean {
    return this.happens(this.duplications, from, to);
  }

  /** True if the frame that arrives now is delayed. */
  holdsBack(from: NodeId, to: NodeId): boolean {
    return this.happens(this.reorderings, from, to);
  }

  /** The delay of a frame that takes `pathNs` on an empty path: at least 1 ns. */
  extraNs(from: NodeId, to: NodeId, pathNs: number): number {
    return 1 + Math.floor(this.stream(from, to).uniform() * HELD_BACK_PATHS * pathNs);
  }

  private happens(chances: readonly Chance[], from: NodeId, to: NodeId): boolean {
    let happens = false;
    for (const { id, mask, probability } of chances) {
      if (!mask.has(from, to) || this.stream(from, to).uniform() >= probability) continue;
      this.felt.add(id);
      happens = true;
    }
    return happens;
  }

  private stream(from: NodeId, to: NodeId): RandomStream {
    const key = from * this.nodeCount + to;
    let stream = this.streams.get(key);
    if (!stream) this.streams.set(key, (stream = randomStream(this.seed, `wire/${from}/${to}`)));
    return stream;
  }
}

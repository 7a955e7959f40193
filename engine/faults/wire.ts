/**
 * What is wrong with the wire at present, and what becomes of a frame on it: it passes, it does not, it is lost, it comes
 * twice, it is held back. All chance of a pair of nodes is drawn from `wire/<from>/<to>`. It knows no network, no channel
 * and nothing of what frames carry.
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

/** A frame held back, or its double, comes later by up to as many times as long as an empty path takes it. */
const HELD_BACK_PATHS = 8;

export class Wire {
  private readonly seed: number;
  private readonly nodeCount: number;
  private readonly cuts: Active[] = [];
  private readonly losses: Chance[] = [];
  private readonly doublings: Chance[] = [];
  private readonly holdings: Chance[] = [];
  /** The effects that have done anything to a frame. */
  private readonly felt = new Set<number>();
  private readonly streams = new Map<number, RandomStream>();

  constructor(seed: number, nodeCount: number) {
    this.seed = seed;
    this.nodeCount = nodeCount;
  }

  /** Begins an effect; one on bandwidth and latency alone concerns no frame and is let pass. */
  begin(id: number, effect: WireEffect): void {
    const mask = wireMask(effect, this.nodeCount);
    if (effect.kind === 'cut' || effect.kind === 'partition') this.cuts.push({ id, mask });
    else if (effect.kind === 'loss') this.losses.push({ id, mask, ...effect });
    else if (effect.kind === 'duplicate') this.doublings.push({ id, mask, ...effect });
    else if (effect.kind === 'reorder') this.holdings.push({ id, mask, ...effect });
  }

  end(id: number): void {
    for (const list of [this.cuts, this.losses, this.doublings, this.holdings]) {
      const index = list.findIndex((active) => active.id === id);
      if (index >= 0) list.splice(index, 1);
    }
  }

  /** How many transmissions it takes on average until one arrives, on the worst wire that lets any pass. */
  get tries(): number {
    return this.losses.reduce(
      (most, { probability }) => (probability < 1 ? Math.max(most, 1 / (1 - probability)) : most),
      1,
    );
  }

  /** True if every frame from one to the other arrives once and in time. */
  isClear(from: NodeId, to: NodeId): boolean {
    const { cuts, losses, doublings, holdings } = this;
    return ![cuts, losses, doublings, holdings].some((list) =>
      list.some(({ mask }) => mask.has(from, to)),
    );
  }

  /** Whether the effect has been felt by any frame. */
  isFelt(id: number): boolean {
    return this.felt.has(id);
  }

  /** True if the frame that is on its way now does not pass from one to the other. */
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

  /** True if the frame that arrives now comes once more later. */
  doubles(from: NodeId, to: NodeId): boolean {
    return this.happens(this.doublings, from, to);
  }

  /** True if the frame that arrives now is held back. */
  holdsBack(from: NodeId, to: NodeId): boolean {
    return this.happens(this.holdings, from, to);
  }

  /** For how long a frame is held back that takes `pathNs` on an empty path: 1 ns at the least. */
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

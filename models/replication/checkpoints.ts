/**
 * Checkpoints in parts (PROTOCOLS C): each holder saves its part, and once all parts are known to be there an index
 * says so. A reader believes the index alone, and one of an older epoch never takes the place of a newer one, however
 * late it is written. Knows names and counts, neither the parts nor who holds them.
 */
import type { World } from '../../engine/world.ts';

/** Where the index of the newest whole checkpoint lies. */
export const CHECKPOINT_INDEX = 'checkpoint/index';

/** Bytes of an index beside its bounds: epoch, version, and how many bounds there are. */
const INDEX_BYTES = 24;
const BOUND_BYTES = 8;

/** Which checkpoint it is. Those of two epochs may differ, though they are of the same version and cut alike. */
export interface CheckpointName {
  /** In which it was made. Whoever goes on from a checkpoint does so in a later one. */
  readonly epoch: number;
  /** Steps of training. */
  readonly version: number;
}

/** What the index says: which checkpoint it is, and where its parts are cut. */
export interface CheckpointIndex extends CheckpointName {
  readonly bounds: readonly number[];
}

/** Says that all parts of a checkpoint are there: `saved` tells whether it is the newest. */
export function saveIndex(world: World, index: CheckpointIndex): void {
  const bytes = INDEX_BYTES + BOUND_BYTES * index.bounds.length;
  world.save(CHECKPOINT_INDEX, index, bytes, [index.epoch, index.version]);
}

/**
 * The name of the part [low, high) of a checkpoint. It names the range, not its holder: after a repair the same version
 * may be saved again under another cut, and must not spoil the parts of an index that was written before.
 */
export function checkpointPart(of: CheckpointName, low: number, high: number): string {
  return `checkpoint/${of.epoch}/${of.version}/${low}-${high}`;
}

/** Whether the state after that many of `iterations` steps is to be saved; after the last nothing can be lost. */
export function savesCheckpoint(
  checkpoint: { readonly every: number } | null,
  iterations: number,
  version: number,
): boolean {
  return checkpoint !== null && version < iterations && version % checkpoint.every === 0;
}

/** Counts the parts of each version that are known to be saved. */
export class CheckpointTally {
  private readonly parts: number;
  private readonly saved = new Map<number, Set<number>>();

  /** A checkpoint has that many parts. */
  constructor(parts: number) {
    this.parts = parts;
  }

  /** A part is saved, maybe not for the first time; true if with it the version is whole. */
  add(version: number, part: number): boolean {
    let parts = this.saved.get(version);
    if (parts === undefined) this.saved.set(version, (parts = new Set()));
    if (parts.has(part)) return false;
    parts.add(part);
    if (parts.size < this.parts) return false;
    this.saved.delete(version);
    return true;
  }
}

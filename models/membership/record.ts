/**
 * What a node must not forget in a crash: its vote (Lamport's promise) and the views that may be complete. One small record
 * on the host's own disk, written before anything that follows from it leaves the node.
 */
import type { NodeId, World } from '../../engine/world.ts';
import { firstEpochOf, initiatorOf } from './epoch.ts';
import { viewsBytes, type View } from './view.ts';

interface Content {
  readonly promised: number;
  readonly views: readonly View[];
  readonly endedIn: number | null;
}

/** Whether the run is over, as a host has it on its disk. */
export function hasEnded(record: object | null): boolean {
  return record !== null && (record as Content).endedIn !== null;
}

export class VoteRecord {
  /** Nothing below it is listened to any more. */
  promised = 0;
  /** The highest promise that anybody has told of; it may be forgotten. */
  floor = 0;
  /** The newest view known to be complete, and all known begun since, oldest first. None: this node has no vote. */
  views: readonly View[] = [];
  /** The epoch in which all was done; null while the run is not over. */
  endedIn: number | null = null;
  private readonly world: World;
  /** Writes that have not ended: one is under way, and the newest waits behind it. */
  private writes = 0;
  private writtenNs = 0;
  /** The longest that a write has taken so far. */
  longestNs = 0;

  constructor(world: World) {
    this.world = world;
    const content = world.disk as Content | null;
    if (content === null) {
      this.floor = firstEpochOf(world.incarnation);
      return;
    }
    this.promised = content.promised;
    this.views = content.views;
    this.endedIn = content.endedIn;
  }

  /** The highest promise known. */
  get highest(): number {
    return Math.max(this.promised, this.floor);
  }

  /** Who has begun the newest change of view known. */
  get leader(): NodeId {
    return initiatorOf(this.highest);
  }

  write(): void {
    const { promised, views, endedIn } = this;
    if (this.writes === 0) this.writtenNs = this.world.now();
    this.writes = Math.min(this.writes + 1, 2);
    this.world.persist({ promised, views, endedIn }, 24 + viewsBytes(views));
  }

  /** A write has ended. True if all that the record says is on the disk. */
  written(): boolean {
    const nowNs = this.world.now();
    this.longestNs = Math.max(this.longestNs, nowNs - this.writtenNs);
    this.writtenNs = nowNs;
    this.writes--;
    return this.writes === 0;
  }

  /** The newest view known; null for a node without a vote. */
  get newest(): View | null {
    return this.views.at(-1) ?? null;
  }

  /** That view is known to be complete: older ones count no more, and are returned. */
  completed(view: View): readonly View[] {
    const older = this.views.filter(({ epoch }) => epoch !== view.epoch);
    if (older.length === 0) return [];
    this.views = [view];
    this.write();
    return older;
  }

  knowsComplete(view: View): boolean {
    return this.views.length > 0 && this.views[0].epoch === view.epoch;
  }
}

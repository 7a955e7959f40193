/**
 * The state of one position at its owner: after its newest update, and where views can change after the one before, so
 * that a repair can go back by one (PROTOCOLS C). It outlives the training of the view it is of.
 */
import type { SegmentState } from '../../learning/segment-state.ts';
import type { Serving } from './ring-view.ts';
import type { Stage } from './stage.ts';

export class OwnState {
  readonly position: number;
  private version: number;
  /** False at position 0 until the newest iteration has been told of: before that nobody may go on from there. */
  private committed = true;
  private stage: Stage | null;
  /** Stands for the stage once training has stopped. */
  private newest: SegmentState | null = null;
  private previous: SegmentState | null = null;
  private hasPrevious = false;

  /** The stage is null under `numerics: 'cost'`. */
  constructor(position: number, version: number, stage: Stage | null) {
    this.position = position;
    this.version = version;
    this.stage = stage;
  }

  get low(): number {
    return this.hasPrevious ? this.version - 1 : this.version;
  }

  get high(): number {
    return this.committed ? this.version : this.version - 1;
  }

  get serving(): Serving {
    return { position: this.position, low: this.low, high: this.high };
  }

  /** The stage has made an update, which left that of what was before; `keeps` says whether it is to be kept. */
  updated(previous: SegmentState | null, keeps: boolean): void {
    this.version++;
    this.committed = false;
    this.previous = previous;
    this.hasPrevious = keeps;
  }

  commit(): void {
    this.committed = true;
  }

  /** Training has stopped: what the stage has now is the state for good. */
  freeze(): void {
    this.newest = this.stage?.state ?? null;
    this.stage = null;
  }

  /** The state after `version` steps; borrowed. Null without numerics. */
  at(version: number): SegmentState | null {
    if (version < this.low || version > this.version)
      throw new RangeError(
        `position ${this.position} has versions ${this.low} to ${this.version}, not ${version}`,
      );
    if (version < this.version) return this.previous;
    return this.stage?.state ?? this.newest;
  }
}

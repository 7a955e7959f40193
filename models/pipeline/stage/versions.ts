/**
 * The weights of one stage by version, at their owner: the newest, and where views can change the version before it
 * too, so that a repair can go back by one (PROTOCOLS C). They outlive the training of their epoch.
 */
import type { SegmentState } from '../../learning/segment-state.ts';

import type { StageNumerics } from './numerics.ts';

/** The versions of one stage that a node can serve: `low` to `high`. */
export interface Serving {
  readonly position: number;
  readonly low: number;
  readonly high: number;
}

export class Versions {
  readonly position: number;
  private version: number;
  /** False at the first stage until the newest iteration is reported: before that no node may go on from there. */
  private committed = true;
  private numerics: StageNumerics | null;
  /** The state once training has stopped. */
  private newest: SegmentState | null = null;
  private previous: SegmentState | null = null;
  private hasPrevious = false;

  /** `numerics` is null under `numerics: 'cost'`. */
  constructor(position: number, version: number, numerics: StageNumerics | null) {
    this.position = position;
    this.version = version;
    this.numerics = numerics;
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

  /** The stage has made an update; `previous` is the state before it, and `keeps` whether to keep that. */
  updated(previous: SegmentState | null, keeps: boolean): void {
    this.version++;
    this.committed = false;
    this.previous = previous;
    this.hasPrevious = keeps;
  }

  commit(): void {
    this.committed = true;
  }

  /** Training has stopped: the present state is final. */
  freeze(): void {
    this.newest = this.numerics?.state ?? null;
    this.numerics = null;
  }

  /** The state after `version` steps; borrowed. Null without numerics. */
  at(version: number): SegmentState | null {
    if (version < this.low || version > this.version)
      throw new RangeError(
        `position ${this.position} has versions ${this.low} to ${this.version}, not ${version}`,
      );
    if (version < this.version) return this.previous;
    return this.numerics?.state ?? this.newest;
  }
}

/**
 * All that a node of the ring holds of the model, over all views it has lived through: the positions it trains in the
 * view in use, the replicas it keeps for others, and both of the view before for as long as a repair may still have
 * to go back to it (PROTOCOLS C). It does as it is told when views change, and knows nothing of how that is decided.
 */
import type { Job, World } from '../../../engine/world.ts';
import type { Courier } from './courier.ts';
import type { RingMessage, TrainingMessage } from './messages.ts';
import type { LayoutReport, RecoveryPlan, RingView } from './ring-view.ts';
import type { RingWork } from './ring-work.ts';

/** What holdings ask and tell of those who decide about views. */
export interface HoldingsHooks {
  /** The way for messages between the positions of a view; never asked to send to the node itself. */
  courier(view: RingView): Courier;
  /**
   * Asked at position 0, when all of the iterations before is done and told of, before it injects the first micro-batch
   * of that one. False: it waits, until `work` is called again and the answer is true.
   */
  mayBegin(iteration: number): boolean;
  /** This node has all its state of the view that was adopted last, and trains in it. Not told by `begin`. */
  settled(view: RingView): void;
  /** A position of this node has made an update: its weights are now those after `version` steps. */
  updated(position: number, version: number): void;
  /** Position 0, and it is this node's: every iteration of the run has been told of. Told once a view at most. */
  complete(): void;
}

export class Holdings {
  constructor(_world: World<RingMessage>, _work: RingWork, _hooks: HoldingsHooks) {}

  /** The epoch whose messages are taken: that of the view begun or adopted last; -1 before. */
  get epoch(): number {
    return -1;
  }

  /** The view in use; null before the first, and after `abandon` and `clear`. */
  get view(): RingView | null {
    return null;
  }

  /** True while a job runs, even if what it was for is abandoned: no other can be started before `computed`. */
  get busy(): boolean {
    return false;
  }

  /** What the engine does: the pass of the running job, 'idle', or 'collecting' while state is on its way. */
  get phase(): string {
    throw new Error('to come');
  }

  /** True if every position of this node has made all its updates, and position 0 has told of all iterations. */
  get complete(): boolean {
    throw new Error('to come');
  }

  /**
   * The first view of the run: every position starts from the initial weights, which every node makes for itself.
   * `records` are the hosts' records by position, each as in the MEASURE token (`recordValues`).
   */
  begin(_view: RingView, _records: readonly (readonly number[])[]): void {
    throw new Error('to come');
  }

  /**
   * Stops all work of the view in use: what was under way is thrown away, and nothing of it is sent or taken any more.
   * What is held stays as it is from here on, so that a report made now stays true until `adopt` or `clear`.
   */
  abandon(): void {
    throw new Error('to come');
  }

  /** What this node can serve, newest layout first. Call it after `abandon`. */
  report(): LayoutReport[] {
    throw new Error('to come');
  }

  /**
   * Enters a new view: sends what this node is to send of the old state, takes in what its positions need, and trains
   * on from `plan.source.version`. The layout the state comes from is kept until this node's first update; any other
   * is dropped. A checkpoint of version 0 is made from the seed, and read from nowhere.
   */
  adopt(_plan: RecoveryPlan): void {
    throw new Error('to come');
  }

  /** Drops everything: this node is out of the ring. */
  clear(): void {
    throw new Error('to come');
  }

  /**
   * A message of training, whichever way it came. One of an older epoch is dropped, one of a newer epoch is kept until
   * that is adopted. May start a job.
   */
  receive(_message: TrainingMessage): void {
    throw new Error('to come');
  }

  /** The running job is over. May start the next. */
  computed(_job: Job): void {
    throw new Error('to come');
  }

  /** Storage has answered; true if the name was one of those that holdings use. The index is read by others. */
  saved(_name: string): boolean {
    throw new Error('to come');
  }

  loaded(_name: string, _value: object | null): boolean {
    throw new Error('to come');
  }

  /** Gives the engine something to do, if it is free and there is something. */
  work(): void {
    throw new Error('to come');
  }

  waitsFor(): string {
    throw new Error('to come');
  }
}

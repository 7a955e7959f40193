/** What a node's state needs of those who decide about views, and tell them. */
import type { Courier } from '../../../pipeline/courier.ts';
import type { TrainingMessage } from '../messages.ts';
import type { RingView } from '../layout/ring-view.ts';

export interface NodeStateHooks {
  /** The way for messages between the positions of a view; never asked to send to the node itself. */
  courier(view: RingView): Courier<TrainingMessage>;
  /**
   * Asked at position 0, when all of the iterations before is done and told of, before it injects the first micro-batch
   * of that one. False: it waits, until `work` is called again and the answer is true. Asked only where views can change.
   */
  mayBegin(iteration: number): boolean;
  /** This node has all its state of the view that was adopted last, and trains in it. Not told by `begin`. */
  settled(view: RingView): void;
  /** A job is about to begin. */
  begins(): void;
  /** A position of this node has made an update: its weights are now those after `version` steps. */
  updated(position: number, version: number): void;
  /** All positions of this node have made all updates, and position 0 has told of all iterations. Once a view. */
  complete(): void;
}

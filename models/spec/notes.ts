/**
 * The notes that nodes send to observers, by name. All protocols use these, so that the training log, the screen and
 * the tests know a new protocol without a change.
 */

/**
 * `note('iteration', ...)`: one optimizer step worth of `batch` samples is done. Sent by one node a protocol. After a
 * repair an iteration that was rolled back is noted again: the last note counts.
 */
export interface IterationNote {
  /** From 0. */
  readonly iteration: number;
  /** Samples consumed since the start of the run, this iteration included. */
  readonly samples: number;
  /** Mean training loss over the iteration's samples; null under `numerics: 'cost'`. */
  readonly loss: number | null;
  /**
   * The epoch in which it was noted; 0 without faults. A note of an older epoch comes late, from a node that was
   * thought dead: it is ignored.
   */
  readonly epoch?: number;
}

/**
 * `note('weights', ...)`: a slice of the canonical parameter vector after `version` optimizer steps, sent by its
 * owner, when `publishes(training, version)` says so. The slices of a version cover the vector once.
 */
export interface WeightsNote {
  readonly version: number;
  readonly offset: number;
  /** Borrowed: copy it. */
  readonly values: Float32Array | Float64Array;
  /**
   * The epoch whose cut of the line it is a slice of; 0 without faults. A version is complete once slices of one
   * epoch cover the vector. A slice may be published again by the node that takes over the part of a dead one.
   */
  readonly epoch?: number;
}

/** `note('suspected', ...)`: the world has reported the peer as silent. */
export interface SuspectedNote {
  readonly peer: number;
}

/** `note('repair', ...)`: this node has begun a repair, without those nodes. */
export interface RepairNote {
  readonly epoch: number;
  readonly gone: readonly number[];
}

/** `note('began', ...)`: this node works in a new view, which goes on from the weights after `version` steps. */
export interface BeganNote {
  readonly epoch: number;
  readonly version: number;
  /**
   * The view whose work it goes on from, so that nothing that newer ones did is of use; null where its state was saved, or
   * made from the seed.
   */
  readonly base: number | null;
}

/** `note('ended', epoch)`: all was done in the view of that epoch. */

/** `note('recovered', ...)`: training goes on in a new epoch, from the weights after `version` steps. Sent once an epoch,
 * and again for each change of who takes part where the view stays as it is. */
export interface RecoveredNote {
  readonly epoch: number;
  readonly members: readonly number[];
  /** Members that were not in the epoch before: returned, or fenced off and back. */
  readonly joined: readonly number[];
  readonly version: number;
  /** As in 'began', where what is done again follows from it. */
  readonly base?: number | null;
  /** Where the state came from: living nodes, or a checkpoint (with `version` 0: the seed). */
  readonly from: 'replicas' | 'checkpoint';
  /**
   * No member remembers how far training had come, so none can note what is redone: observers count it from the notes
   * before. That is exact where an iteration is one job.
   */
  readonly untold?: boolean;
  /** No new view: of the members of the one in use these are heard. The others count in its majority all the same. */
  readonly viewStays?: boolean;
}

/**
 * `note('wasted', ...)`: jobs of that node for this step or later were for nothing. With `before`, only those of an older
 * epoch, jobs that it starts afterwards included: it may not have heard yet. With `after`, only those of a newer epoch.
 */
export interface WastedNote {
  readonly node: number;
  readonly step: number;
  readonly before?: number;
  readonly after?: number;
}

/** `note('redone', n)`: work on n samples was thrown away and is done again. */

/** Or `note('redone', ...)`: so much of what the view `of` had begun. Several may tell, and the most of it counts, once. */
export interface RedoneNote {
  readonly samples: number;
  readonly of: number;
}

/** `note('halted', ...)`: this node stops for now, and why; such as a minority in a partition. */
export interface HaltedNote {
  readonly reason: string;
}

/** `note('lost', ...)`: state that no node holds any more. */
export interface LostNote {
  /** Parameters of the canonical vector, or of the line of blocks under `numerics: 'cost'`, as ranges [low, high). */
  readonly parameters: readonly (readonly [number, number])[];
  readonly why: string;
  /** The view that begins with it. All who bring its state to the next tell of it, and it counts once. */
  readonly view?: {
    readonly epoch: number;
    /** Steps in the state that it goes on from. */
    readonly version: number;
    /** It goes on from a checkpoint, or the seed. */
    readonly isRestart: boolean;
    /** Samples that are done again for it; null: nobody who is left knows, and observers count from the notes before. */
    readonly again: number | null;
  };
}

/** `note('moved', n)`: n blocks have another owner than before, among the same nodes, for the sake of balance. */

/** `note('checkpoint', version)`: the state after that many steps is saved whole. */

/** `note('staleness', n)`: a gradient was applied to weights n updates newer than those it was computed with. */
export const NOTES = {
  iteration: 'iteration',
  weights: 'weights',
  staleness: 'staleness',
  suspected: 'suspected',
  repair: 'repair',
  began: 'began',
  recovered: 'recovered',
  ended: 'ended',
  wasted: 'wasted',
  redone: 'redone',
  halted: 'halted',
  lost: 'lost',
  checkpoint: 'checkpoint',
  moved: 'moved',
} as const;

/** Whether the weights after that many steps are to be published. */
export function publishes(
  training: { numerics: 'exact' | 'cost'; iterations: number; evaluateEvery: number },
  version: number,
): boolean {
  if (training.numerics === 'cost' || version === 0) return false;
  if (version === training.iterations) return true;
  return training.evaluateEvery > 0 && version % training.evaluateEvery === 0;
}

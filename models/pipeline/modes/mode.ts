/**
 * A mode of a pipeline (PROTOCOLS A, B): when a stage makes updates, and which version of its weights each pass takes. A
 * version is a number of updates; micro-batches are numbered from the beginning of the run.
 */

export interface Mode {
  readonly name: string;
  /** Micro-batches of an update, of so many in a batch. */
  updateEvery(microBatches: number): number;
  /** Most micro-batches that a stage has in flight, whatever its window, of so many in a batch. */
  mostInFlight(microBatches: number): number;
  /** Whether the weights before the newest update belong to the state of a stage. */
  readonly delays: boolean;
  /** Whether every micro-batch in flight may have a version of its own. */
  readonly stashes: boolean;
  /** Of one stage. */
  newRule(microBatches: number): VersionRule;
}

/** Of all methods, `updates` is how many the stage has made. */
export interface VersionRule {
  /** Whether the forward of that micro-batch may begin. */
  admits(number: number, updates: number): boolean;
  /** Its forward begins: the version that it takes. */
  forward(number: number, updates: number): number;
  /** The version that its backward takes, and its second forward. */
  backward(number: number, updates: number): number;
  /** Its gradient is in the sum: the version that is not held any more with that; null if there is none. */
  ended(number: number, updates: number): number | null;
  /** Whether the newest version is held beside the one that an update makes now. */
  keeps(updates: number): boolean;
  /**
   * How many updates the weights have got since those that the gradient of an update was computed with; null where that
   * is none by design.
   */
  age(updates: number): number | null;
}

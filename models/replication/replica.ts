/**
 * A copy of somebody's state that follows step by step, and holds back the last steps that came: so it can serve more
 * than one version, and a repair can go back to the one that all have (PROTOCOLS C). It counts and queues; what a step
 * is, and how it is made, is its keeper's business.
 */
export class Replica<Step> {
  private version: number;
  private readonly heldBack: number;
  private readonly waiting: Step[] = [];

  /** The state after `version` steps; of the steps that come the last `heldBack` are to wait. */
  constructor(version: number, heldBack: number) {
    this.version = version;
    this.heldBack = heldBack;
  }

  /** The least version it can serve: that of the state itself. */
  get low(): number {
    return this.version;
  }

  /** The greatest: with all steps that have come. */
  get high(): number {
    return this.version + this.waiting.length;
  }

  /** Takes the step that leads from version `from` to the next. Throws if another one is due. */
  add(from: number, step: Step): void {
    if (from !== this.high)
      throw new Error(`a replica got step ${from}, step ${this.high} would be next`);
    this.waiting.push(step);
  }

  /** How many steps may be made now. */
  get due(): number {
    return Math.max(0, this.waiting.length - this.heldBack);
  }

  /** The oldest step that has not been made. Throws if there is none. */
  get oldest(): Step {
    if (this.waiting.length === 0) throw new Error('a replica has made every step that came');
    return this.waiting[0];
  }

  /** The oldest step has been made: the state is of the next version. */
  stepped(): void {
    this.waiting.shift();
    this.version++;
  }

  /** The steps that lead from the state to that version, oldest first. Throws a RangeError if it cannot serve it. */
  stepsTo(version: number): readonly Step[] {
    if (version < this.low || version > this.high)
      throw new RangeError(
        `a replica of versions ${this.low} to ${this.high} was asked for version ${version}`,
      );
    return this.waiting.slice(0, version - this.version);
  }
}

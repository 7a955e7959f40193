/** How long one node was busy for each step and epoch, and which of that work has been marked as wasted. */

/** The step of a job without one: such a job is never marked as wasted. */
const NO_STEP = -Infinity;
/** The epoch of a job without one: it is older than no other. */
const NO_EPOCH = Infinity;

/** Older than every epoch. */
const OLDEST = -Infinity;

/**
 * Jobs of a node that were for nothing: those for this step or later. With `before`, only those of an older epoch, jobs that
 * it starts afterwards included. With `after`, only those of a newer epoch.
 */
export interface WastedJobs {
  readonly node: number;
  readonly step: number;
  readonly before?: number;
  readonly after?: number;
}

/** Work of this step or later whose epoch is between `after` and `before`, both excluded. */
interface Mark {
  readonly step: number;
  readonly before: number;
  readonly after: number;
}

/** Busy nanoseconds of ended jobs of one step and epoch, without those marked as wasted. */
interface Stretch {
  readonly step: number;
  readonly epoch: number;
  ns: number;
}

/** Steps that are under way beside each other are fewer; of others there may be several stretches. */
const SEARCHED = 8;

/** One for all: most nodes have none. */
const NO_MARKS: readonly Mark[] = [];

export class WorkLog {
  /** The node's busy time when the running job began. */
  busyBeforeNs = 0;
  private stretches: Stretch[] = [];
  /** Marks that apply to later jobs as well. */
  private marks: readonly Mark[] = NO_MARKS;
  /** Step and epoch of the running job, or the last one. */
  private step = NO_STEP;
  private epoch = NO_EPOCH;
  /** Of ended jobs of that step and epoch, and in no stretch yet: most jobs are of the step of the one before. */
  private newNs = 0;

  begin(step: number = NO_STEP, epoch: number = NO_EPOCH): void {
    if (step !== this.step || epoch !== this.epoch) this.enter();
    this.step = step;
    this.epoch = epoch;
  }

  /** The running job has ended, after that much busy time. */
  end(ns: number): void {
    if (this.step !== NO_STEP) this.newNs += ns;
  }

  /** Whether the running job was marked as wasted before it began. */
  get isWasted(): boolean {
    if (this.marks === NO_MARKS) return false;
    return this.marks.some(({ step, before, after }) => this.isOf(step, before, after));
  }

  /** Whether the running job is of that step or later and, where given, of an epoch between the two. */
  isOf(step: number, before?: number, after?: number): boolean {
    return this.step >= step && isBetween(this.epoch, before, after);
  }

  /** Returns the busy nanoseconds of ended jobs that this call marks as wasted. */
  writeOff(step: number, before?: number, after?: number): number {
    if (before !== undefined) this.remember({ step, before, after: after ?? OLDEST });
    this.enter();
    let ns = 0;
    this.stretches = this.stretches.filter((one) => {
      const isMeant = one.step >= step && isBetween(one.epoch, before, after);
      if (isMeant) ns += one.ns;
      return !isMeant;
    });
    return ns;
  }

  private enter(): void {
    const { stretches, step, epoch, newNs } = this;
    if (newNs === 0) return;
    this.newNs = 0;
    for (let at = stretches.length - 1; at >= Math.max(0, stretches.length - SEARCHED); at--) {
      const one = stretches[at];
      if (one.step !== step || one.epoch !== epoch) continue;
      one.ns += newNs;
      return;
    }
    stretches.push({ step, epoch, ns: newNs });
  }

  private remember(mark: Mark): void {
    if (this.marks.some((one) => covers(one, mark))) return;
    this.marks = [...this.marks.filter((one) => !covers(mark, one)), mark];
  }
}

/** Whether the epoch is between the two, as far as they are given. */
function isBetween(epoch: number, before?: number, after: number = OLDEST): boolean {
  return (before === undefined || epoch < before) && epoch > after;
}

function covers(one: Mark, other: Mark): boolean {
  return one.step <= other.step && one.before >= other.before && one.after <= other.after;
}

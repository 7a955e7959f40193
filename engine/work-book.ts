/** How long one node was busy for each step and epoch, and which of that work has been marked as wasted. */

/** The step of a job that names none: such a job is never marked as wasted. */
const NO_STEP = -Infinity;
/** The epoch of a job that names none: it is before no other. */
const NO_EPOCH = Infinity;

/** The epoch that all others are after. */
const OLDEST = -Infinity;

/** Work of this step or later whose epoch is between `after` and `before`, both excluded. */
interface Disowned {
  readonly step: number;
  readonly before: number;
  readonly after: number;
}

export class WorkBook {
  /** The node's busy time when the job under way began. */
  busyBeforeNs = 0;
  /** Busy nanoseconds of ended jobs, by step and epoch; what is disowned is taken out. */
  private readonly busyNs = new Map<number, Map<number, number>>();
  /** Marks that hold for later jobs as well. */
  private disowned: readonly Disowned[] = [];
  /** Of the job under way, or the last one. */
  private step = NO_STEP;
  private epoch = NO_EPOCH;

  begin(step: number = NO_STEP, epoch: number = NO_EPOCH): void {
    this.step = step;
    this.epoch = epoch;
  }

  /** The job under way has ended, and kept the node busy for that long. */
  end(ns: number): void {
    const { busyNs, step, epoch } = this;
    if (ns === 0 || step === NO_STEP) return;
    let byEpoch = busyNs.get(step);
    if (byEpoch === undefined) busyNs.set(step, (byEpoch = new Map<number, number>()));
    byEpoch.set(epoch, (byEpoch.get(epoch) ?? 0) + ns);
  }

  /** Whether the job under way was marked as wasted before it began. */
  get isVain(): boolean {
    return this.disowned.some(({ step, before, after }) => this.isOf(step, before, after));
  }

  /** Whether the job under way is of that step or later and, if it says so, of an epoch between those two. */
  isOf(step: number, before?: number, after?: number): boolean {
    return this.step >= step && isBetween(this.epoch, before, after);
  }

  /** See `World.disown`. Returns the busy nanoseconds of ended jobs that this call marks as wasted. */
  disown(step: number, before?: number, after?: number): number {
    if (before !== undefined) this.remember({ step, before, after: after ?? OLDEST });
    let ns = 0;
    for (const [of, byEpoch] of this.busyNs) {
      if (of < step) continue;
      for (const [epoch, busyNs] of byEpoch) {
        if (!isBetween(epoch, before, after)) continue;
        ns += busyNs;
        byEpoch.delete(epoch);
      }
    }
    return ns;
  }

  private remember(word: Disowned): void {
    if (this.disowned.some((one) => covers(one, word))) return;
    this.disowned = [...this.disowned.filter((one) => !covers(word, one)), word];
  }
}

/** Whether the epoch is between those two, as far as they are named. */
function isBetween(epoch: number, before?: number, after: number = OLDEST): boolean {
  return (before === undefined || epoch < before) && epoch > after;
}

function covers(one: Disowned, other: Disowned): boolean {
  return one.step <= other.step && one.before >= other.before && one.after <= other.after;
}

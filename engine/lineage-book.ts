/**
 * How long one node was busy for each lineage, in which epoch, and which of that work has been disowned. It must not know
 * of states of a node, nor of time but as lengths.
 */

/** The lineage of a job that names none: it is never disowned. */
const NO_LINEAGE = -Infinity;
/** The epoch of a job that names none: it is before no other. */
const NO_EPOCH = Infinity;

/** The epoch that all others are after. */
const OLDEST = -Infinity;

/** Work of that lineage and later, in epochs between those two. */
interface Disowned {
  readonly lineage: number;
  readonly before: number;
  readonly after: number;
}

export class LineageBook {
  /** The node's busy time when the job under way began. */
  busyBeforeNs = 0;
  /** Busy nanoseconds of ended jobs, by lineage and epoch; what is disowned is taken out. */
  private readonly busyNs = new Map<number, Map<number, number>>();
  /** What has been disowned whether it was done by then or not. */
  private disowned: readonly Disowned[] = [];
  /** Of the job under way, or the last one. */
  private lineage = NO_LINEAGE;
  private epoch = NO_EPOCH;

  begin(lineage: number = NO_LINEAGE, epoch: number = NO_EPOCH): void {
    this.lineage = lineage;
    this.epoch = epoch;
  }

  /** The job under way has ended, and kept the node busy for that long. */
  end(ns: number): void {
    const { busyNs, lineage, epoch } = this;
    if (ns === 0 || lineage === NO_LINEAGE) return;
    let byEpoch = busyNs.get(lineage);
    if (byEpoch === undefined) busyNs.set(lineage, (byEpoch = new Map<number, number>()));
    byEpoch.set(epoch, (byEpoch.get(epoch) ?? 0) + ns);
  }

  /** Whether the job under way was disowned before it began. */
  get isVain(): boolean {
    return this.disowned.some(({ lineage, before, after }) => this.isOf(lineage, before, after));
  }

  /** Whether the job under way is of that lineage or later and, if it says so, of an epoch between those two. */
  isOf(lineage: number, before?: number, after?: number): boolean {
    return this.lineage >= lineage && isBetween(this.epoch, before, after);
  }

  /** See `World.disown`. Returns the busy nanoseconds of ended jobs that are disowned by this. */
  disown(lineage: number, before?: number, after?: number): number {
    if (before !== undefined) this.remember({ lineage, before, after: after ?? OLDEST });
    let ns = 0;
    for (const [of, byEpoch] of this.busyNs) {
      if (of < lineage) continue;
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
  return one.lineage <= other.lineage && one.before >= other.before && one.after <= other.after;
}

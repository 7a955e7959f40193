/** The alarms of one real node: which are set, for when, and which are due. Knows no timer and no clock. */
export class Alarms {
  private readonly dueNs = new Map<string, number>();

  get size(): number {
    return this.dueNs.size;
  }

  /** Sets an alarm, or moves it. */
  set(alarm: string, dueNs: number): void {
    this.dueNs.delete(alarm);
    this.dueNs.set(alarm, dueNs);
  }

  cancel(alarm: string): void {
    this.dueNs.delete(alarm);
  }

  /** Delays all alarms: the node was held for that long. */
  shift(byNs: number): void {
    for (const [alarm, dueNs] of this.dueNs) this.dueNs.set(alarm, dueNs + byNs);
  }

  /** When the earliest is due; Infinity when none is set. */
  nextNs(): number {
    let next = Infinity;
    for (const dueNs of this.dueNs.values()) next = Math.min(next, dueNs);
    return next;
  }

  /** Removes the earliest due alarm, ties in order of setting; null if none is due. */
  takeDue(nowNs: number): string | null {
    const next = this.nextNs();
    if (next > nowNs) return null;
    for (const [alarm, dueNs] of this.dueNs)
      if (dueNs === next) {
        this.dueNs.delete(alarm);
        return alarm;
      }
    return null;
  }
}

/**
 * The faults that are not repaired yet, and which of them a cost is charged to. Costs of a repair go to the newest
 * fault that was noticed and is not repaired; else to the newest unnoticed crash whose node is back; else to the one
 * repaired last. Lost state goes to the newest crash that is not repaired: it took the last copy.
 */
import type { RecoveredNote } from '../spec/notes.ts';
import type { TrackedFault, FaultAttribution } from './fault-attribution.ts';

export class UnrepairedFaults {
  /** In order of notice. */
  private noticed: TrackedFault[] = [];
  /** Crashes, noticed or not, in order of time. */
  private crashes: TrackedFault[] = [];
  private lastRepaired: TrackedFault | null = null;
  /** A node was suspected without a fault, and no repair has ended since: no fault is charged for that. */
  private isFalseAlarm = false;

  constructor(private readonly attribution: FaultAttribution) {}

  add(fault: TrackedFault): void {
    this.attribution.add(fault);
    if (fault.unrepaired.size > 0) this.crashes.push(fault);
  }

  notice(fault: TrackedFault): void {
    this.noticed.push(fault);
  }

  falseAlarm(): void {
    this.isFalseAlarm = true;
  }

  /** The fault that costs of a repair are charged to; null where no fault can have caused it. */
  get toCharge(): TrackedFault | null {
    const back = this.crashes.findLast(({ record }) => record.endNs !== null);
    return this.noticed.at(-1) ?? back ?? (this.isFalseAlarm ? null : this.lastRepaired);
  }

  /** The fault that lost state is charged to. */
  get stateTaker(): TrackedFault | null {
    return this.crashes.at(-1) ?? this.toCharge;
  }

  /**
   * A repair is over. It ends all other noticed faults, and the crashes whose nodes it has left out or taken back, if
   * they were noticed or it has taken some back. Returns the repaired faults.
   */
  recovered(note: Pick<RecoveredNote, 'members' | 'joined'>): TrackedFault[] {
    const members = new Set(note.members);
    const joined = new Set(note.joined);
    const unnoticed = this.crashes.filter(
      (crash) =>
        !this.noticed.includes(crash) && note.joined.some((node) => crash.unrepaired.has(node)),
    );
    const repaired: TrackedFault[] = [];
    for (const fault of [...this.noticed, ...unnoticed]) {
      for (const node of fault.unrepaired) {
        if (members.has(node) && !joined.has(node)) continue;
        fault.unrepaired.delete(node);
        this.attribution.close(fault, [node]);
      }
      if (fault.unrepaired.size === 0) repaired.push(fault);
    }
    this.noticed = this.noticed.filter((fault) => !repaired.includes(fault));
    this.crashes = this.crashes.filter((fault) => !repaired.includes(fault));
    this.lastRepaired = repaired.at(-1) ?? (this.isFalseAlarm ? null : this.lastRepaired);
    this.isFalseAlarm = false;
    return repaired;
  }
}

/**
 * Which blows are not repaired yet, and to which of them a cost is owed. What a repair costs is owed to the newest blow
 * that was noticed and is not repaired, or else to the newest crash that nobody has noticed but whose node is back, or
 * else to the one repaired last. State is lost by the newest crash that is not repaired: it took the last copy.
 */
import type { RecoveredNote } from '../spec/notes.ts';
import type { TrackedFault, FaultAttribution } from './fault-attribution.ts';

export class UnrepairedFaults {
  /** In the order they were noticed. */
  private noticed: TrackedFault[] = [];
  /** Noticed or not, in the order they struck. */
  private crashes: TrackedFault[] = [];
  private lastRepaired: TrackedFault | null = null;
  /** A node was suspected that no blow had silenced, and no repair has ended since: no blow pays for that. */
  private isFalseAlarm = false;

  constructor(private readonly book: FaultAttribution) {}

  add(fault: TrackedFault): void {
    this.book.add(fault);
    if (fault.unrepaired.size > 0) this.crashes.push(fault);
  }

  notice(fault: TrackedFault): void {
    this.noticed.push(fault);
  }

  falseAlarm(): void {
    this.isFalseAlarm = true;
  }

  /** To what the costs of a repair are owed; null where nothing has struck that could have made it necessary. */
  get owing(): TrackedFault | null {
    const back = this.crashes.findLast(({ record }) => record.endNs !== null);
    return this.noticed.at(-1) ?? back ?? (this.isFalseAlarm ? null : this.lastRepaired);
  }

  /** To what the loss of state is owed. */
  get taking(): TrackedFault | null {
    return this.crashes.at(-1) ?? this.owing;
  }

  /**
   * A repair is over. It ends the crashes whose nodes it has left behind or taken back, if they were noticed or it has
   * taken some back, and all other blows that were noticed. Returns those.
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
        this.book.close(fault, [node]);
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

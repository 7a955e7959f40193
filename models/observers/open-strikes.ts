/**
 * Which blows are not repaired yet, and to which of them a cost is owed. What a repair costs is owed to the newest blow
 * that was noticed and is not repaired, or else to the newest crash that nobody has noticed but whose node is back, or
 * else to the one repaired last. State is lost by the newest crash that is not repaired: it took the last copy.
 */
import type { RecoveredNote } from '../spec/notes.ts';
import type { LiveStrike, StrikeBook } from './strike-book.ts';

export class OpenStrikes {
  /** In the order they were noticed. */
  private noticed: LiveStrike[] = [];
  /** Noticed or not, in the order they struck. */
  private crashes: LiveStrike[] = [];
  private lastRepaired: LiveStrike | null = null;
  /** A node was suspected that no blow had silenced, and no repair has ended since: no blow pays for that. */
  private isFalseAlarm = false;

  constructor(private readonly book: StrikeBook) {}

  add(strike: LiveStrike): void {
    this.book.add(strike);
    if (strike.unrepaired.size > 0) this.crashes.push(strike);
  }

  notice(strike: LiveStrike): void {
    this.noticed.push(strike);
  }

  falseAlarm(): void {
    this.isFalseAlarm = true;
  }

  /** To what the costs of a repair are owed; null where nothing has struck that could have made it necessary. */
  get owing(): LiveStrike | null {
    const back = this.crashes.findLast(({ record }) => record.endNs !== null);
    return this.noticed.at(-1) ?? back ?? (this.isFalseAlarm ? null : this.lastRepaired);
  }

  /** To what the loss of state is owed. */
  get taking(): LiveStrike | null {
    return this.crashes.at(-1) ?? this.owing;
  }

  /**
   * A repair is over. It ends the crashes whose nodes it has left behind or taken back, if they were noticed or it has
   * taken some back, and all other blows that were noticed. Returns those.
   */
  recovered(note: Pick<RecoveredNote, 'members' | 'joined'>): LiveStrike[] {
    const members = new Set(note.members);
    const joined = new Set(note.joined);
    const unnoticed = this.crashes.filter(
      (crash) =>
        !this.noticed.includes(crash) && note.joined.some((node) => crash.unrepaired.has(node)),
    );
    const repaired: LiveStrike[] = [];
    for (const strike of [...this.noticed, ...unnoticed]) {
      for (const node of strike.unrepaired) {
        if (members.has(node) && !joined.has(node)) continue;
        strike.unrepaired.delete(node);
        this.book.close(strike, [node]);
      }
      if (strike.unrepaired.size === 0) repaired.push(strike);
    }
    this.noticed = this.noticed.filter((strike) => !repaired.includes(strike));
    this.crashes = this.crashes.filter((strike) => !repaired.includes(strike));
    this.lastRepaired = repaired.at(-1) ?? (this.isFalseAlarm ? null : this.lastRepaired);
    this.isFalseAlarm = false;
    return repaired;
  }
}

/**
 * Moves work that was for nothing from busy to redo, in the accounts of whatever world they run in: what nodes say of that,
 * and what follows from the views that they go on in. Each goes on from some step of some older view: what was done there
 * from that step on is done again, and what was done in views in between is in vain, whatever step it is of.
 */
import type { Observer } from '../../engine/observer.ts';
import type { NodeId, NoteValue } from '../../engine/world.ts';
import { type BeganNote, NOTES, type RecoveredNote, type WastedNote } from '../spec/notes.ts';

export class WastedWork implements Observer {
  /** Every node says so. */
  private endedIn: number | null = null;

  constructor(
    private readonly nodeCount: number,
    private readonly writeOff: (wasted: WastedNote) => void,
  ) {}

  noted(node: NodeId, _timeNs: number, name: string, value: NoteValue): void {
    if (name === NOTES.wasted) this.writeOff(value as WastedNote);
    else if (name === NOTES.began) this.began(node, value as BeganNote);
    else if (name === NOTES.recovered) this.recovered(value as RecoveredNote);
    else if (name === NOTES.ended) this.ended(value as number);
  }

  private began(node: NodeId, { epoch, version, base }: BeganNote): void {
    this.writeOff({ node, step: version, before: epoch });
    if (base !== null) this.writeOff({ node, step: 0, before: epoch, after: base });
  }

  /** Those who are not in the view cannot know that they work in vain. */
  private recovered({ epoch, version, base }: RecoveredNote): void {
    if (base === undefined) return;
    for (let node = 0; node < this.nodeCount; node++) this.began(node, { epoch, version, base });
  }

  private ended(epoch: number): void {
    if (epoch === this.endedIn) return;
    this.endedIn = epoch;
    for (let node = 0; node < this.nodeCount; node++)
      this.writeOff({ node, step: 0, before: Infinity, after: epoch });
  }
}

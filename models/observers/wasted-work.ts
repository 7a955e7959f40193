/** Moves work that nodes have said was for nothing from busy to redo, in the accounts of whatever world they run in. */
import type { Observer } from '../../engine/observer.ts';
import type { NodeId, NoteValue } from '../../engine/world.ts';
import { NOTES, type WastedNote } from '../spec/notes.ts';

export class WastedWork implements Observer {
  constructor(private readonly writeOff: (wasted: WastedNote) => void) {}

  noted(_node: NodeId, _timeNs: number, name: string, value: NoteValue): void {
    if (name === NOTES.wasted) this.writeOff(value as WastedNote);
  }
}

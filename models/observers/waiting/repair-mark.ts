/**
 * Whether something has failed and its repair is not complete: what wakes nodes meanwhile is taken for part of it. A repair
 * is complete when an iteration is told of in a view that it has led to; of a fault that nobody has noticed there is none,
 * and the first iteration after its end tells that all go on.
 */
import type { FaultKind, InjectedFault } from '../../../engine/faults/fault-rule.ts';
import type { NoteValue } from '../../../engine/world.ts';
import { type IterationNote, NOTES, type RecoveredNote } from '../../spec/notes.ts';

/** What nothing is heard in. All else is noticed, or needs no repair. */
const SILENCING: readonly FaultKind[] = ['crash', 'pause', 'cut', 'partition'];

export class RepairMark {
  /** 'struck': nobody has noticed; 'settled': a view has been agreed on. */
  private state: 'none' | 'struck' | 'noticed' | 'settled' = 'none';
  /** Of the newest view. */
  private epoch = 0;
  /** Faults that are not over. */
  private readonly open = new Set<number>();

  get isSet(): boolean {
    return this.state !== 'none';
  }

  faultBegan({ number, kind }: InjectedFault): void {
    if (!SILENCING.includes(kind)) return;
    this.open.add(number);
    if (this.state !== 'noticed') this.state = 'struck';
  }

  /** It may have been a crash, whose host is back without its memory. */
  faultEnded({ number }: InjectedFault): void {
    if (!this.open.delete(number)) return;
    if (this.state !== 'noticed') this.state = 'struck';
  }

  noticed(): void {
    this.state = 'noticed';
  }

  noted(name: string, value: NoteValue): void {
    if (name === NOTES.repair || name === NOTES.halted) this.noticed();
    else if (name === NOTES.recovered) this.recovered(value as RecoveredNote);
    else if (name === NOTES.iteration) this.iteration(value as IterationNote);
  }

  private recovered({ epoch }: RecoveredNote): void {
    this.epoch = Math.max(this.epoch, epoch);
    if (this.isSet) this.state = 'settled';
  }

  private iteration({ epoch = 0 }: IterationNote): void {
    // One of an older view is told late, by a node that was thought dead.
    if (epoch < this.epoch) return;
    const isOver = this.state === 'struck' && this.open.size === 0;
    if (this.state === 'settled' || isOver) this.state = 'none';
  }
}

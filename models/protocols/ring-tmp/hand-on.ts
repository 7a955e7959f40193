/**
 * States of other positions that this one hands on to its successor (PROTOCOLS C). They wait until the position's own has
 * come there: whoever gets its state last would else send it behind, or beside, all that it hands on, and all wait for it.
 */
import { copyState } from '../../learning/segment-state.ts';
import type { ReplicaStateMessage } from './messages.ts';

export class HandOn {
  private readonly send: (message: ReplicaStateMessage) => void;
  private readonly waiting: ReplicaStateMessage[] = [];
  private isOpen = false;

  /** Shut at first. Messages are given away to `send`, in order. */
  constructor(send: (message: ReplicaStateMessage) => void) {
    this.send = send;
  }

  /** A copy is to be handed on; the message stays the caller's. */
  add(message: ReplicaStateMessage): void {
    const { state } = message;
    const copy = { ...message, state: state === null ? null : copyState(state) };
    if (this.isOpen) this.send(copy);
    else this.waiting.push(copy);
  }

  /** The successor has the own state: what waits goes, and what comes later at once. */
  open(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    for (const message of this.waiting.splice(0)) this.send(message);
  }
}

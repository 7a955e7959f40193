/**
 * States of other positions that this one hands on to its successor (PROTOCOLS C). They wait until the position's own has
 * come there: whoever gets its state last would else send it behind, or beside, all that it hands on, and all wait for it.
 */
import type { ReplicaStateMessage } from '../messages.ts';

export class ReplicaForwarding {
  private readonly send: (message: ReplicaStateMessage) => void;
  private readonly waiting: ReplicaStateMessage[] = [];
  private isOpen = false;

  /** Shut at first. Messages go to `send` in order; their states stay where they are. */
  constructor(send: (message: ReplicaStateMessage) => void) {
    this.send = send;
  }

  /** To be handed on: now or, unchanged until then, later. */
  add(message: ReplicaStateMessage): void {
    if (this.isOpen) this.send(message);
    else this.waiting.push(message);
  }

  /** The successor has the own state: what waits goes, and what comes later at once. */
  open(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    for (const message of this.waiting.splice(0)) this.send(message);
  }
}

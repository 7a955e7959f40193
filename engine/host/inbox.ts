/**
 * Messages that reached a node while its engine was busy or its host paused, in order of arrival. Its memory is
 * reused.
 */
import type { Message, NodeId } from '../world.ts';

export class Inbox {
  // Room for one from the start: an array that grows from empty takes room for seventeen, and most inboxes need one.
  private readonly messages: (Message | null)[] = [null];
  private readonly senders: NodeId[] = [0];
  private read = 0;
  private written = 0;

  get length(): number {
    return this.written - this.read;
  }

  put(message: Message, from: NodeId): void {
    this.messages[this.written] = message;
    this.senders[this.written++] = from;
  }

  /** Sender of the oldest message. */
  get sender(): NodeId {
    return this.senders[this.read];
  }

  /** Takes the oldest message out; there must be one. */
  take(): Message {
    const message = this.messages[this.read]!;
    this.messages[this.read++] = null;
    if (this.read === this.written) this.read = this.written = 0;
    return message;
  }

  clear(): void {
    this.messages.fill(null);
    this.read = this.written = 0;
  }

  /** Kinds and senders, oldest first. */
  list(): { kind: string; from: NodeId }[] {
    const listed = [];
    for (let at = this.read; at < this.written; at++)
      listed.push({ kind: this.messages[at]!.kind, from: this.senders[at] });
    return listed;
  }
}

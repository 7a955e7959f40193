/**
 * An observer that checks invariant CH of PROTOCOLS section 0: of what one incarnation sends to another on one
 * channel, the receiver gets a prefix, in order, nothing twice and nothing else. A channel ends with its sender's
 * incarnation, when its sender hangs up, and when the sender hears that the other has lost its memory. It keeps the
 * number of every message: it is for tests, not for long runs.
 */
import type { InjectedFault } from '../faults/fault-rule.ts';
import type { Observer } from '../observer.ts';
import type { Message, NodeId } from '../world.ts';

/** Which channel of its pair of nodes a message belongs to, and its index there. */
interface Place {
  readonly channel: number;
  readonly index: number;
  readonly message: Message;
  /** The target's incarnation when it was sent; -1 where the sender is a later incarnation and may not know it. */
  readonly targetIncarnation: number;
}

/** One direction between two nodes. */
interface Pair {
  /** How many channels have ended. */
  channel: number;
  sent: number;
  readonly places: Map<number, Place>;
  /** The channel that the receiver's present incarnation reads, and the index of the next message. */
  takenChannel: number;
  taken: number;
}

export class PrefixCheck implements Observer {
  /** What broke the invariant, a sentence each, in order of time; empty if nothing did. */
  readonly violations: string[] = [];
  /** Messages handed over. */
  delivered = 0;
  private readonly pairs = new Map<string, Pair>();
  /** How often each node has crashed. */
  private readonly incarnations = new Map<NodeId, number>();

  messageSent(transfer: number, from: NodeId, to: NodeId, message: Message): void {
    const pair = this.pair(from, to);
    const targetIncarnation = this.incarnationOf(from) === 0 ? this.incarnationOf(to) : -1;
    pair.places.set(transfer, {
      channel: pair.channel,
      index: pair.sent++,
      message,
      targetIncarnation,
    });
  }

  messageDelivered(
    transfer: number,
    from: NodeId,
    to: NodeId,
    message: Message,
    timeNs: number,
  ): void {
    this.delivered++;
    const pair = this.pair(from, to);
    const place = pair.places.get(transfer);
    const what = `at ${timeNs} ns node ${to} was handed '${message.kind}' (${transfer}) from node ${from}`;
    if (!place) {
      this.violations.push(`${what}, which was never sent to it`);
      return;
    }
    if (place.message !== message)
      this.violations.push(`${what}, which was sent as '${place.message.kind}'`);
    const { channel, index, targetIncarnation } = place;
    if (targetIncarnation >= 0 && targetIncarnation !== this.incarnationOf(to))
      this.violations.push(`${what}, which was sent to an earlier incarnation of it`);
    const next = channel === pair.takenChannel ? pair.taken : 0;
    if (channel < pair.takenChannel || index !== next)
      this.violations.push(
        `${what}, number ${index} of channel ${channel}; ` +
          `number ${pair.taken} of channel ${pair.takenChannel}, or the first of a later one, ` +
          'would be right',
      );
    pair.takenChannel = channel;
    pair.taken = index + 1;
  }

  channelBegun(from: NodeId, to: NodeId): void {
    this.begin(this.pair(from, to));
  }

  faultBegan({ kind, nodes }: InjectedFault): void {
    if (kind === 'crash') for (const node of nodes) this.crashed(node);
  }

  /** A node has lost its memory. For tests that crash nodes without fault rules. */
  crashed(node: NodeId): void {
    this.incarnations.set(node, this.incarnationOf(node) + 1);
    for (const [key, pair] of this.pairs) {
      const [from, to] = key.split(' ').map(Number);
      if (from === node) this.begin(pair);
      // A later incarnation may be sent what the one before had not acknowledged, from the start of that channel.
      if (to === node) pair.taken = 0;
    }
  }

  private incarnationOf(node: NodeId): number {
    return this.incarnations.get(node) ?? 0;
  }

  private begin(pair: Pair): void {
    pair.channel++;
    pair.sent = 0;
  }

  private pair(from: NodeId, to: NodeId): Pair {
    const key = `${from} ${to}`;
    let pair = this.pairs.get(key);
    if (!pair) {
      pair = { channel: 0, sent: 0, places: new Map(), takenChannel: 0, taken: 0 };
      this.pairs.set(key, pair);
    }
    return pair;
  }
}

/**
 * Chain replication (van Renesse and Schneider, OSDI 2004): the head sends each update down the chain and keeps it until
 * the tail has it, so that it can be sent again through a mended chain; standbys pass updates down and the tail's word up.
 */
import type { World } from '../../../engine/world.ts';
import { copyEntry, type ReplicaEntry } from './replica.ts';
import { type Append, type AppendAck, SMALL_BYTES } from './resilient-messages.ts';
import { type ServerView, successorOf } from './view.ts';

/** Payload of an update on its way down the chain: a gradient, its loss, and what it is. */
function entryBytes(entry: ReplicaEntry, vectorBytes: number): number {
  return SMALL_BYTES + (entry.lost ? 0 : vectorBytes + SMALL_BYTES);
}

export class Chain {
  /** Updates that the tail has. */
  acked = 0;
  /** Updates from `acked` on, oldest first. */
  private log: ReplicaEntry[] = [];

  constructor(
    private readonly world: World,
    private readonly vectorBytes: number,
    private view: ServerView | null,
  ) {}

  /** Updates that are still on their way to the tail. */
  get length(): number {
    return this.log.length;
  }

  /** Sends one more update down the chain; or keeps it for the next one, if this one is about to end. */
  append(entry: ReplicaEntry, committed: number, isEnding: boolean): void {
    this.log.push(entry);
    if (isEnding) return;
    if (this.alone) this.acknowledge(entry.number);
    else this.send(entry, committed);
  }

  /** The tail has all updates up to that number. */
  acknowledge(number: number): void {
    const count = number + 1 - this.acked;
    if (count <= 0) return;
    this.log.splice(0, count);
    this.acked = number + 1;
  }

  /** As a standby: passes an update on down the chain; the tail says instead that it has it. */
  pass(view: ServerView, append: Append): void {
    const { entry } = append;
    const next = successorOf(view, this.world.self);
    if (next === null) this.passBack(view, entry.number);
    else
      this.world.send(
        next,
        { ...append, entry: copyEntry(entry) } as Append,
        entryBytes(entry, this.vectorBytes),
      );
  }

  /** As a standby: says up the chain that the tail has all updates up to that number. */
  passBack({ epoch, chain }: ServerView, number: number): void {
    const before = chain[chain.indexOf(this.world.self) - 1];
    const ack: AppendAck = { kind: 'append-ack', epoch, number };
    this.world.send(before, ack, SMALL_BYTES);
  }

  /** Goes on with a mended chain, whose servers may lack what the tail did not have. */
  mend(view: ServerView, committed: number): void {
    this.view = view;
    if (this.alone) this.acknowledge(this.acked + this.log.length - 1);
    else for (const entry of this.log) this.send(entry, committed);
  }

  /** Begins as a new head, whose standbys all have the same `received` updates. */
  lead(view: ServerView, received: number): void {
    this.view = view;
    this.log = [];
    this.acked = received;
  }

  private get alone(): boolean {
    return this.view!.chain.length === 1;
  }

  private send(entry: ReplicaEntry, committed: number): void {
    const { epoch, chain } = this.view!;
    const append: Append = { kind: 'append', epoch, entry: copyEntry(entry), committed };
    this.world.send(chain[1], append, entryBytes(entry, this.vectorBytes));
  }
}

/** The world as one real node sees it in one incarnation. It must not know when handlers run, nor why nodes fail. */
import { Ledger } from '../../engine/ledger.ts';
import type { Notifications } from '../../engine/notifications.ts';
import { RecordQueue } from '../../engine/storage/record-queue.ts';
import { type RunFacts, Verbs } from '../../engine/verbs.ts';
import { MESSAGE_HEADER_BYTES } from '../../engine/world.ts';
import type { Job, Message, NodeId, NoteValue, Stamp } from '../../engine/world.ts';
import type { Alarms } from './alarms.ts';
import type { Board } from './board.ts';
import type { NodeDisk } from './board-disk.ts';
import type { NodeStorage } from './board-storage.ts';
import { lend } from './give-away.ts';
import type { Envelope } from './mail.ts';
import type { LinkShape } from './shaped-mail.ts';

/** What a real node knows of itself and its run. */
export interface RealSetup extends RunFacts {
  readonly node: NodeId;
  /** How often it has lost its memory. */
  readonly incarnation: number;
  /** Infinity where there is no limit. */
  readonly memoryBytes: number;
  /** Whether watching has an effect. */
  readonly canFail: boolean;
  /** Outlives every node; null where there is none. */
  readonly storage: NodeStorage | null;
  /** The network that the run plays; null where it has what the machine gives. */
  readonly shape: LinkShape | null;
  /** How many jobs and messages are traced; null where there is no trace. */
  readonly traceLimit: number | null;
  /** The host's own disk. */
  readonly disk: NodeDisk;
}

/** What the verbs act on; shared with the node's `pump`. */
interface RealServices extends RealSetup {
  readonly board: Board;
  readonly alarms: Alarms;
  readonly notifications: Notifications;
  now(): number;
  post(to: NodeId, envelope: Envelope): void;
}

export class RealVerbs extends Verbs<RealServices> {
  readonly ledger: Ledger;
  job: Job | null = null;
  /** The serial of the watch of each watched peer. */
  private readonly watches = new Map<NodeId, number>();
  private watchCount = 0;
  private readonly records: RecordQueue;

  constructor(services: RealServices) {
    super(services.node, services.incarnation, services.disk.read(), services);
    this.ledger = new Ledger(services.memoryBytes);
    this.records = new RecordQueue(({ record }) => {
      if (services.disk.write(record)) this.persisted();
    });
  }

  /** What was written last is on the disk. */
  persisted(): void {
    this.services.notifications.put({ kind: 'persisted', queue: this.records });
  }

  now(): number {
    return this.services.now();
  }

  cancel(alarm: string): void {
    this.services.alarms.cancel(alarm);
  }

  hold(item: string, bytes: number): void {
    const { board } = this.services;
    this.ledger.hold(item, bytes);
    if (this.ledger.peakBytes > board.get('peakMemoryBytes'))
      board.set('peakMemoryBytes', this.ledger.peakBytes);
  }

  release(item: string, bytes: number): void {
    this.ledger.release(item, bytes);
  }

  note(name: string, value: NoteValue): void {
    this.services.board.tell({ kind: 'note', timeNs: this.now(), name, value: lend(value) });
  }

  /** A peer is suspected; the node may have ended that watch meanwhile. */
  suspect(peer: NodeId, serial: number): void {
    if (this.watches.get(peer) === serial) this.suspectReturned(peer);
  }

  /** The peer is in another incarnation: any watch of it was of the one before. */
  suspectReturned(peer: NodeId): void {
    if (this.watches.delete(peer)) this.services.notifications.put({ kind: 'suspected', peer });
  }

  protected get jobAsked(): Job | null {
    return this.job;
  }

  protected post(to: NodeId, message: Message, bytes: number): void {
    const { board } = this.services;
    board.add('sent', 1);
    if (to !== this.self) {
      board.add('messagesSent', 1);
      board.add('bytesSent', bytes + MESSAGE_HEADER_BYTES);
    }
    const sentNs = this.now();
    this.services.post(to, { from: this.self, sentNs, leftNs: sentNs, bytes, message });
  }

  protected begin(job: Job): void {
    this.job = job;
  }

  protected setAlarm(alarm: string, afterNs: number): void {
    this.services.alarms.set(alarm, this.now() + afterNs);
  }

  protected beginWatch(peer: NodeId): void {
    const { canFail, notifications, board } = this.services;
    if (!canFail) return;
    notifications.unsuspect(peer);
    const serial = ++this.watchCount;
    this.watches.set(peer, serial);
    board.tell({ kind: 'watch', peer, serial });
  }

  protected endWatch(peer: NodeId): void {
    this.services.notifications.unsuspect(peer);
    if (this.watches.delete(peer)) this.services.board.tell({ kind: 'unwatch', peer });
  }

  /** Nothing to drop: the mail has sent everything at once. */
  protected dropSent(): void {}

  protected write(name: string, value: object, _bytes: number, stamp: Stamp): void {
    const isNewest = this.services.storage!.save(name, value, stamp);
    if (isNewest !== null) this.services.notifications.put({ kind: 'saved', name, isNewest });
  }

  protected read(name: string): void {
    const value = this.services.storage!.load(name);
    if (value !== undefined) this.services.notifications.put({ kind: 'loaded', name, value });
  }

  protected writeRecord(record: object, bytes: number): void {
    this.records.put(record, bytes);
  }
}

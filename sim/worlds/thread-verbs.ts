/**
 * The world as one node on a thread sees it in one life: checks what the node asks for and passes it on. It must not
 * know when handlers run, nor why nodes fail.
 */
import { GivenUp } from '../../engine/node-world.ts';
import { Ledger } from '../../engine/ledger.ts';
import type { News } from '../../engine/news.ts';
import { randomStream } from '../../engine/random.ts';
import { checkStamp } from '../../engine/stamp.ts';
import { MESSAGE_HEADER_BYTES } from '../../engine/world.ts';
import type {
  Job,
  Message,
  NodeId,
  NoteValue,
  RandomStream,
  Stamp,
  World,
} from '../../engine/world.ts';
import type { Alarms } from './alarms.ts';
import { lend } from './give-away.ts';
import type { ThreadBoard } from './thread-board.ts';
import type { ThreadSetup } from './thread-messages.ts';
import type { ThreadPost } from './thread-post.ts';
import { ThreadStorage } from './thread-storage.ts';

/** What the verbs work on; shared with whoever runs the handlers. */
export interface ThreadParts {
  readonly board: ThreadBoard;
  readonly post: ThreadPost;
  readonly alarms: Alarms;
  readonly news: News;
  now(): number;
}

export class ThreadVerbs implements World {
  readonly self: NodeId;
  readonly incarnation: number;
  readonly ledger: Ledger;
  /** Asked for, or running and not over: no other may be asked for. */
  job: Job | null = null;
  private readonly seed: number;
  private readonly parts: ThreadParts;
  private readonly canFail: boolean;
  private readonly storage: ThreadStorage | null;
  private readonly streams = new Map<string, RandomStream>();
  /** Number of the watch of each peer that is watched. */
  private readonly watches = new Map<NodeId, number>();
  private watchCount = 0;

  constructor(setup: ThreadSetup, parts: ThreadParts) {
    this.self = setup.node;
    this.incarnation = setup.lives[setup.node];
    this.seed = setup.seed;
    this.parts = parts;
    this.canFail = setup.canFail;
    this.ledger = new Ledger(setup.memoryBytes);
    const writer = `${this.self}-${this.incarnation}`;
    this.storage = setup.storage === null ? null : new ThreadStorage(setup.storage, writer);
  }

  now(): number {
    return this.parts.now();
  }

  random(name: string): RandomStream {
    if (name === 'jitter')
      throw new Error(
        "random: the stream 'jitter' is the simulator's own, another name would be right",
      );
    let stream = this.streams.get(name);
    if (stream === undefined) {
      const life = this.incarnation === 0 ? '' : `#${this.incarnation}`;
      stream = randomStream(this.seed, `node/${this.self}${life}/${name}`);
      this.streams.set(name, stream);
    }
    return stream;
  }

  send(to: NodeId, message: Message, bytes: number): void {
    const { board, post } = this.parts;
    this.checkNode('send', `'${message.kind}' is for`, to);
    if (!(Number.isSafeInteger(bytes) && bytes >= 0))
      throw new RangeError(
        `send: '${message.kind}' has ${bytes} bytes, a whole number from 0 would be right`,
      );
    board.addCount(this.self, 'sent', 1);
    if (to !== this.self) {
      board.addFigure(this.self, 'messagesSent', 1);
      board.addFigure(this.self, 'bytesSent', bytes + MESSAGE_HEADER_BYTES);
    }
    post.send(to, { from: this.self, sentNs: this.now(), bytes, message });
  }

  compute(job: Job): void {
    if (this.job !== null)
      throw new Error(
        `compute: '${job.name}' was asked for, but '${this.job.name}' is not over; ` +
          'a node does one job at a time',
      );
    if (!(job.flops >= 0 && job.flops < Infinity))
      throw new RangeError(`compute: '${job.name}' has ${job.flops} FLOPs, 0 or more is right`);
    this.job = job;
  }

  wake(alarm: string, afterNs: number): void {
    if (!(afterNs >= 0 && afterNs < Infinity))
      throw new RangeError(`wake: '${alarm}' is due after ${afterNs} ns, 0 or more would be right`);
    this.parts.alarms.set(alarm, this.now() + afterNs);
  }

  cancel(alarm: string): void {
    this.parts.alarms.cancel(alarm);
  }

  hold(item: string, bytes: number): void {
    const { board } = this.parts;
    this.ledger.hold(item, bytes);
    const more = this.ledger.peakBytes - board.figure(this.self, 'peakMemoryBytes');
    if (more > 0) board.addFigure(this.self, 'peakMemoryBytes', more);
  }

  release(item: string, bytes: number): void {
    this.ledger.release(item, bytes);
  }

  watch(peer: NodeId): void {
    this.checkPeer('watch', peer);
    if (!this.canFail) return;
    this.parts.news.unsuspect(peer);
    const serial = ++this.watchCount;
    this.watches.set(peer, serial);
    this.parts.post.tellMain({ kind: 'watch', peer, serial });
  }

  unwatch(peer: NodeId): void {
    this.checkPeer('unwatch', peer);
    this.parts.news.unsuspect(peer);
    if (this.watches.delete(peer)) this.parts.post.tellMain({ kind: 'unwatch', peer });
  }

  /** The main thread suspects a peer; it may be that the node has ended that watch meanwhile. */
  suspect(peer: NodeId, serial: number): void {
    if (this.watches.get(peer) === serial) this.suspectReturned(peer);
  }

  /** The peer is in another life: whatever watch of it is on was of the one before. */
  suspectReturned(peer: NodeId): void {
    if (this.watches.delete(peer)) this.parts.news.put({ kind: 'suspected', peer });
  }

  /** What was sent is with the peer already: between threads nothing is ever on its way. */
  hangUp(peer: NodeId): void {
    this.checkPeer('hangUp', peer);
  }

  save(name: string, value: object, bytes: number, stamp: Stamp = []): void {
    if (!(Number.isSafeInteger(bytes) && bytes >= 0))
      throw new RangeError(
        `save: '${name}' has ${bytes} bytes, a whole number from 0 would be right`,
      );
    checkStamp(name, stamp);
    const isNewest = this.storageFor('save', name).save(name, value, stamp);
    this.parts.news.put({ kind: 'saved', name, isNewest });
  }

  load(name: string): void {
    const value = this.storageFor('load', name).load(name);
    this.parts.news.put({ kind: 'loaded', name, value });
  }

  disown(lineage: number, node: NodeId, before?: number, after?: number): void {
    this.checkNode('disown', 'the jobs are those of', node);
    this.parts.board.disown(node, lineage, before, after);
  }

  giveUp(reason: string): void {
    throw new GivenUp(reason);
  }

  note(name: string, value: NoteValue): void {
    this.parts.post.tellMain({ kind: 'note', timeNs: this.now(), name, value: lend(value) });
  }

  private storageFor(verb: string, name: string): ThreadStorage {
    if (this.storage === null) throw new Error(`${verb}: there is no storage for '${name}'`);
    return this.storage;
  }

  private checkPeer(verb: string, peer: NodeId): void {
    this.checkNode(verb, 'the peer is', peer);
    if (peer === this.self)
      throw new RangeError(`${verb}: node ${peer} is this node itself, a peer would be right`);
  }

  private checkNode(verb: string, what: string, node: NodeId): void {
    const { nodeCount } = this.parts.board;
    if (!(Number.isInteger(node) && node >= 0 && node < nodeCount))
      throw new RangeError(
        `${verb}: ${what} node ${node}, a node from 0 to ${nodeCount - 1} would be right`,
      );
  }
}

/**
 * What connects an incarnation of a node with one of a peer for as long as both last, over one connection or, where
 * one breaks, over the next. Each side keeps what the other's node has not drained; on a new connection both say how
 * much has come, and what is missing is sent again. So a message comes once and in order, whatever connections do.
 */
import type { MessagePort } from 'node:worker_threads';
import type { NodeId } from '../../../engine/world.ts';
import { giveAway } from '../give-away.ts';
import { type Envelope, sizeOf } from '../mail.ts';
import type { Carried } from '../threads/port-mail.ts';
import { WireError } from '../wire/codec.ts';
import { type LinkMessage, linkFrame, type Progress, readLinkFrame } from '../wire/link-frames.ts';
import type { FramedSocket } from './framed-socket.ts';

/** How long there may be no connection. */
const PATIENCE_MS = 20_000;
/** How long a caller waits before it calls again, at first and at most: twice as long each time. */
const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 1000;
/** How long what was written last may take to leave. */
const FAREWELL_MS = 1000;

interface LinkOptions {
  readonly peer: NodeId;
  /** To the node's thread. It closes when this is over, and this is over when it closes. */
  readonly port: MessagePort;
  /** Calls the peer; null on the side that is called. */
  readonly call: (() => FramedSocket) | null;
  /** It has ended, and nobody here has ended it. */
  readonly lost: (why: string) => void;
  readonly patienceMs?: number;
}

interface Kept {
  readonly frame: readonly Uint8Array[];
  /** How much was sent up to its end. */
  readonly endBytes: number;
}

export class Link {
  private readonly options: LinkOptions;
  private readonly patienceMs: number;
  /** The present connection; null where there is none. */
  private socket: FramedSocket | null = null;
  /** Whether the present connection takes messages: the other side has said what it is missing, if anything. */
  private isOpen = false;
  private isOver = false;
  private hasCalled = false;
  /** Whether the other side has been there. */
  private isMet = false;
  /** Sent, and not known to be drained, oldest first. */
  private kept: Kept[] = [];
  private sentBytes = 0;
  /** How much of it the peer's node has drained. */
  private drainedThere = 0;
  private receivedBytes = 0;
  private drainedBytes = 0;
  /** Ends the wait for a connection, and for the next call. */
  private deadline: NodeJS.Timeout | null = null;
  private nextCall: NodeJS.Timeout | null = null;
  private waitMs = FIRST_WAIT_MS;

  constructor(options: LinkOptions) {
    this.options = options;
    this.patienceMs = options.patienceMs ?? PATIENCE_MS;
    const { port } = options;
    port.on('message', (carried: Carried) =>
      typeof carried === 'number' ? this.drained(carried) : this.send(carried),
    );
    port.on('close', () => this.end('its node has hung up'));
    if (options.call) this.call();
  }

  /** The peer has called; it is missing what was sent after that. */
  called(socket: FramedSocket, theirs: Progress): void {
    this.carryBy(socket);
    this.say({ kind: 'here', isFirst: false, ...this.progress });
    try {
      this.goOn(theirs);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.finish(error.message);
    }
  }

  /** Ends it for both sides. */
  end(why: string): void {
    if (this.isOver) return;
    this.close();
    const { socket } = this;
    if (socket === null) return;
    socket.write(linkFrame({ kind: 'over', why }));
    socket.end();
    setTimeout(() => socket.drop(why), FAREWELL_MS).unref();
  }

  private get progress(): Progress {
    return { receivedBytes: this.receivedBytes, drainedBytes: this.drainedBytes };
  }

  private call(): void {
    const socket = this.options.call!();
    const isFirst = !this.hasCalled;
    this.hasCalled = true;
    this.carryBy(socket);
    this.say({ kind: 'here', isFirst, ...this.progress });
    // Nothing is missing there yet: it need not be waited for.
    if (isFirst) this.isOpen = true;
  }

  private carryBy(socket: FramedSocket): void {
    const before = this.socket;
    this.socket = socket;
    this.isOpen = false;
    before?.drop('another connection has taken its place');
    socket.onFrame((content) => {
      if (socket === this.socket) this.heard(readLinkFrame(content, this.options.peer));
    });
    socket.onClose((why) => this.broken(socket, why));
  }

  private heard(message: LinkMessage): void {
    switch (message.kind) {
      case 'here':
        return this.goOn(message);
      case 'envelope':
        return this.deliver(message.envelope);
      case 'drained':
        return this.forget(message.drainedBytes);
      case 'over':
        this.finish(message.why);
    }
  }

  /** The other side is there. What it is missing is sent again. */
  private goOn({ receivedBytes, drainedBytes }: Progress): void {
    this.isMet = true;
    this.waitMs = FIRST_WAIT_MS;
    if (this.deadline !== null) clearTimeout(this.deadline);
    this.deadline = null;
    if (receivedBytes > this.sentBytes || receivedBytes < drainedBytes)
      throw new WireError('more has come than was sent');
    this.forget(drainedBytes);
    const { socket } = this;
    if (this.isOpen || socket === null) return;
    this.isOpen = true;
    for (const { frame, endBytes } of this.kept) if (endBytes > receivedBytes) socket.write(frame);
  }

  private send(envelope: Envelope): void {
    this.sentBytes += sizeOf(envelope);
    const frame = linkFrame({ kind: 'envelope', envelope });
    this.kept.push({ frame, endBytes: this.sentBytes });
    if (this.isOpen) this.socket!.write(frame);
  }

  private deliver(envelope: Envelope): void {
    this.receivedBytes += sizeOf(envelope);
    const parcel = giveAway(envelope);
    this.options.port.postMessage(parcel.content, parcel.buffers);
  }

  /** This node has drained so many bytes more. */
  private drained(bytes: number): void {
    this.drainedBytes += bytes;
    if (this.isOpen) this.say({ kind: 'drained', drainedBytes: this.drainedBytes });
  }

  /** The peer's node has drained that much: it is kept no longer, and there is room for as much again. */
  private forget(drainedBytes: number): void {
    if (drainedBytes > this.sentBytes) throw new WireError('more has been drained than was sent');
    const more = drainedBytes - this.drainedThere;
    if (more <= 0) return;
    this.drainedThere = drainedBytes;
    const first = this.kept.findIndex(({ endBytes }) => endBytes > drainedBytes);
    this.kept.splice(0, first < 0 ? this.kept.length : first);
    this.options.port.postMessage(more satisfies Carried);
  }

  private say(message: LinkMessage): void {
    this.socket?.write(linkFrame(message));
  }

  private broken(socket: FramedSocket, why: string): void {
    if (socket !== this.socket || this.isOver) return;
    this.socket = null;
    this.isOpen = false;
    // What is no frame of ours comes again; and where nobody has ever been, nobody will be.
    if (socket.hasMisspoken || (socket.foundNobody && !this.isMet)) return this.finish(why);
    const { call } = this.options;
    const seconds = this.patienceMs / 1000;
    this.deadline ??= setTimeout(
      () => this.finish(`${why}, and none could be made again for ${seconds} s`),
      this.patienceMs,
    ).unref();
    if (call === null) return;
    this.nextCall = setTimeout(() => this.call(), this.waitMs).unref();
    this.waitMs = Math.min(2 * this.waitMs, LONGEST_WAIT_MS);
  }

  /** It is over, and nobody here has ended it. */
  private finish(why: string): void {
    if (this.isOver) return;
    this.close();
    this.socket?.drop(why);
    this.options.lost(why);
  }

  private close(): void {
    this.isOver = true;
    this.isOpen = false;
    this.kept = [];
    for (const timer of [this.deadline, this.nextCall]) if (timer !== null) clearTimeout(timer);
    this.options.port.close();
  }
}

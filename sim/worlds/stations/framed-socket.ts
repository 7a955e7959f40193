/**
 * A stream of frames in both directions over any socket. Whoever sends what is no frame of ours, or stops in the middle
 * of one, is cut off. It knows nothing of what is in the frames.
 */
import type { Socket } from 'node:net';
import { WireError, type WireReader } from '../wire/codec.ts';
import { FrameReader } from '../wire/frames.ts';

/** How long the rest of a frame may keep others waiting, and a side that is never silent may be so. */
const STALL_MS = 20_000;
const NOBODY = ['ECONNREFUSED', 'ENOENT'];

export class FramedSocket {
  private readonly socket: Socket;
  private readonly reader: FrameReader;
  private readonly stallMs: number;
  /** Set again by what comes, and not by what is written, as the socket's own timer would be. */
  private readonly patience: NodeJS.Timeout;
  private heard: (content: WireReader) => void = () => {};
  private readonly closers: ((why: string) => void)[] = [];
  /** Why it closes; null while it is open. */
  private why: string | null = null;
  private isOver = false;
  /** It has sent what is no frame of ours. */
  hasMisspoken = false;
  /** Nobody was there to connect to. */
  foundNobody = false;
  /** Frames that came while it was paused; null while it is not. */
  private held: WireReader[] | null = null;
  private isTalkative = false;
  /** Written before it was opened; null from then on. */
  private early: (readonly Uint8Array[])[] | null;

  /**
   * @param limitBytes the longest content that is accepted
   * @param isOpen false if what is written waits for `open`
   */
  constructor(socket: Socket, limitBytes: number, isOpen = true, stallMs = STALL_MS) {
    this.socket = socket;
    this.stallMs = stallMs;
    this.early = isOpen ? null : [];
    this.reader = new FrameReader(limitBytes, (content) => this.framed(content));
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.patience.refresh();
      this.guarded(() => this.reader.read(chunk));
    });
    this.patience = setTimeout(() => this.silent(), stallMs).unref();
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.foundNobody = NOBODY.includes(error.code ?? '');
      this.drop(error.message);
    });
    socket.on('close', () => this.over());
  }

  /**
   * From now on that is called with each content, which is its own. What `heard` throws as a `WireError` ends the
   * connection.
   */
  onFrame(heard: (content: WireReader) => void): void {
    this.heard = heard;
  }

  /** That too is called when the connection ends, once. */
  onClose(closed: (why: string) => void): void {
    if (this.isOver) closed(this.why!);
    else this.closers.push(closed);
  }

  /** From now on the other side is never silent for long, or gone. */
  expectTalk(): void {
    this.isTalkative = true;
  }

  limit(bytes: number): void {
    this.reader.limitBytes = bytes;
  }

  /** Writes the pieces of a frame. Large arrays are lent until they are written. */
  write(frame: readonly Uint8Array[]): void {
    if (this.early !== null) return void this.early.push(frame);
    this.socket.cork();
    for (const piece of frame) this.socket.write(piece);
    this.socket.uncork();
  }

  /** Writes that frame, and then what waits. */
  open(frame: readonly Uint8Array[]): void {
    const early = this.early ?? [];
    this.early = null;
    for (const each of [frame, ...early]) this.write(each);
  }

  pause(): void {
    this.held ??= [];
    this.socket.pause();
  }

  resume(): void {
    const { held } = this;
    this.held = null;
    for (const content of held ?? []) this.guarded(() => this.framed(content));
    if (this.held === null) this.socket.resume();
  }

  /** Closes it when all that was written has left. */
  end(): void {
    this.why ??= 'it was ended here';
    this.socket.destroySoon();
  }

  /** Closes it at once. */
  drop(why: string): void {
    this.why ??= why;
    this.socket.destroy();
  }

  private framed(content: WireReader): void {
    if (this.held !== null) this.held.push(content);
    else if (this.why === null) this.heard(content);
  }

  /** Bytes that are no frame of ours end the connection: what is lost with it is lost as with a crash. */
  private guarded(read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.hasMisspoken = true;
      this.drop(error.message);
    }
  }

  private silent(): void {
    const lasting = `for ${this.stallMs / 1000} s`;
    this.patience.refresh();
    if (this.held !== null) return;
    if (this.reader.isAmidFrame) this.drop(`it has stopped in the middle of a frame ${lasting}`);
    else if (this.isTalkative) this.drop(`it has been silent ${lasting}`);
  }

  private over(): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.patience);
    this.why ??= 'the other side closed it';
    for (const closed of this.closers) closed(this.why);
  }
}

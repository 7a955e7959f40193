/**
 * A stream of frames in both directions over any socket. Whoever sends what is no frame of ours, or stops in the middle
 * of one, is cut off. It knows nothing of what is in the frames.
 */
import type { Socket } from 'node:net';
import { WireError } from '../wire/codec.ts';
import { FrameReader } from '../wire/frames.ts';

/** How long the rest of a frame may keep others waiting. */
const STALL_MS = 20_000;

export class FramedSocket {
  private readonly socket: Socket;
  private readonly reader: FrameReader;
  private heard: (content: Uint8Array) => void = () => {};
  private closed: (why: string) => void = () => {};
  /** Why it closes; null while it is open. */
  private why: string | null = null;
  private isOver = false;
  /** Frames that came while it was paused; null while it is not. */
  private held: Uint8Array[] | null = null;

  /** @param limitBytes the longest content that is accepted */
  constructor(socket: Socket, limitBytes: number) {
    this.socket = socket;
    this.reader = new FrameReader(limitBytes, (content) => this.framed(content));
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.guarded(() => this.reader.read(chunk)));
    socket.setTimeout(STALL_MS, () => this.silent());
    socket.on('error', (error) => this.drop(error.message));
    socket.on('close', () => this.over());
  }

  /**
   * From now on that is called with each content, which is its own. What `heard` throws as a `WireError` ends the
   * connection.
   */
  onFrame(heard: (content: Uint8Array) => void): void {
    this.heard = heard;
  }

  /** From now on that is called when the connection ends, once. */
  onClose(closed: (why: string) => void): void {
    if (this.isOver) closed(this.why!);
    else this.closed = closed;
  }

  limit(bytes: number): void {
    this.reader.limitBytes = bytes;
  }

  /** Writes the pieces of a frame. Large arrays are lent until they are written. */
  write(frame: readonly Uint8Array[]): void {
    this.socket.cork();
    for (const piece of frame) this.socket.write(piece);
    this.socket.uncork();
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

  private framed(content: Uint8Array): void {
    if (this.held !== null) this.held.push(content);
    else if (this.why === null) this.heard(content);
  }

  /** Bytes that are no frame of ours end the connection: what is lost with it is lost as with a crash. */
  private guarded(read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.drop(error.message);
    }
  }

  private silent(): void {
    if (this.reader.isAmidFrame && this.held === null)
      this.drop(`it stopped in the middle of a frame for ${STALL_MS / 1000} s`);
  }

  private over(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.why ??= 'the other side closed it';
    this.closed(this.why);
  }
}

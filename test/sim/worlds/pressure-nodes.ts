/** Nodes that write more than others read. */
import type { Message } from '../../../engine/world.ts';
import { Quiet } from './case-nodes.ts';
import { signal, signals, stand } from './flags.ts';

export const LETTER_BYTES = 2 ** 20;
export const LETTERS = 64;
/** A writer that has written nothing for so long is held up. */
const STILL_MS = 400;

/** What a node gets; the flags are signalled with every letter that is written. */
export interface PressureWork {
  readonly kind: 'slow-reader' | 'all-write';
  readonly flags: string;
  readonly nodes: number;
}

/** Writes a letter after every job, to the next node; then waits for as many. */
export class Writer extends Quiet {
  protected written = 0;
  private read = 0;
  private readonly work: PressureWork;
  constructor(world: Quiet['world'], work: PressureWork) {
    super(world);
    this.work = work;
  }
  override start(): void {
    this.write();
  }
  override computed(): void {
    this.write();
  }
  override receive(): void {
    this.read++;
    this.finishIfDone();
  }
  private write(): void {
    const { world } = this;
    const content = new Uint8Array(LETTER_BYTES).fill(this.written);
    const letter = { kind: 'letter', content } as Message;
    world.send((world.self + 1) % this.work.nodes, letter, LETTER_BYTES);
    signal(this.work.flags);
    if (++this.written < LETTERS) world.compute({ name: 'write', flops: 1, run: () => {} });
    this.finishIfDone();
  }
  private finishIfDone(): void {
    if (this.written === LETTERS && (this.work.kind === 'slow-reader' || this.read === LETTERS))
      this.finish();
  }
}

/** Is busy from its first letter on, until the writer is held up, and says how far that has come. */
export class SlowReader extends Quiet {
  private read = 0;
  private readonly flags: string;
  constructor(world: Quiet['world'], { flags }: PressureWork) {
    super(world);
    this.flags = flags;
  }
  override receive(): void {
    if (++this.read === 1) this.world.compute({ name: 'read', flops: 1, run: () => this.dawdle() });
    if (this.read === LETTERS) this.finish();
  }
  private dawdle(): void {
    let seen = -1;
    while (seen !== signals(this.flags)) {
      seen = signals(this.flags);
      stand(STILL_MS);
    }
    this.log(String(seen));
  }
}

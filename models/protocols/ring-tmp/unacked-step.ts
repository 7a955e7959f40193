/**
 * The newest step of a position, for as long as not all of its replicas are known to have it, so that it can be sent
 * again after a change of view (PROTOCOLS C, repair by `log`). The replica gate allows one at most.
 */
import type { FloatArray } from '../../learning/float-array.ts';
import type { MemoryBook } from './memory-book.ts';

/** From the version after `iteration` steps to the next; no gradient under `numerics: 'cost'`. */
interface Step {
  readonly iteration: number;
  readonly gradient: FloatArray | null;
}

export class UnackedStep {
  private readonly memory: MemoryBook;
  private readonly bytes: number;
  private step: Step | null = null;

  /** A gradient has that many bytes. */
  constructor(memory: MemoryBook, bytes: number) {
    this.memory = memory;
    this.bytes = bytes;
  }

  /** Keeps a copy; what was kept before, all have by now. */
  keep(iteration: number, gradient: FloatArray | null): void {
    this.forget();
    this.step = { iteration, gradient: gradient?.slice() ?? null };
    this.memory.logged(this.bytes);
  }

  /** A copy of what is kept. Throws if all have it. */
  get again(): Step {
    if (this.step === null) throw new Error('all replicas have the newest step');
    const { iteration, gradient } = this.step;
    return { iteration, gradient: gradient?.slice() ?? null };
  }

  /** All have it. */
  forget(): void {
    if (this.step === null) return;
    this.step = null;
    this.memory.forgotten(this.bytes);
  }
}

/**
 * The engine of a host under one attempt at training after the other: the job of an attempt that is over must end before
 * the next begins one, and no job begins while it is held. It knows no attempt.
 */
import type { Job, World } from '../../engine/world.ts';

export class Engine {
  private readonly world: World;
  /** The job that runs, of this attempt or of one before. */
  private running: Job | null = null;
  /** The job of this attempt that is not over, running or not. */
  private asked: Job | null = null;
  private isHeld = false;

  constructor(world: World) {
    this.world = world;
  }

  /** True while this attempt has a job that is not over. */
  get isAsked(): boolean {
    return this.asked !== null;
  }

  compute(job: Job): void {
    if (this.asked !== null)
      throw new Error(`'${job.name}' was asked for, but '${this.asked.name}' is not over`);
    this.asked = job;
    this.begin();
  }

  /** A job is over. True if it was one of this attempt. */
  ended(job: Job): boolean {
    this.running = null;
    const isOwn = job === this.asked;
    if (isOwn) this.asked = null;
    else this.begin();
    return isOwn;
  }

  /** The attempt is over: its job is of no more use. */
  drop(): void {
    this.asked = null;
    this.isHeld = false;
  }

  /** No job begins until `release`. */
  hold(): void {
    this.isHeld = true;
  }

  release(): void {
    this.isHeld = false;
    this.begin();
  }

  private begin(): void {
    const { asked } = this;
    if (asked === null || this.running !== null || this.isHeld) return;
    this.running = asked;
    this.world.compute(asked);
  }
}

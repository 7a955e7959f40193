/** Keeps the engine of a node busy where nothing can fail: one job at a time, the next chosen when one has ended. */
import type { Job, World } from '../../engine/world.ts';

/** Gives jobs, and is told of their ends. */
export interface JobSource {
  /** Begins and returns the next job; null if there is none now. */
  next(): Job | null;
  computed(job: Job): void;
}

export class JobRunner {
  private readonly world: World;
  private readonly source: JobSource;
  /** The job that runs. */
  running: Job | null = null;

  constructor(world: World, source: JobSource) {
    this.world = world;
    this.source = source;
  }

  /** Starts the next job, if the engine is free and there is one. */
  work(): void {
    if (this.running !== null) return;
    this.running = this.source.next();
    if (this.running !== null) this.world.compute(this.running);
  }

  /** The running job is over. `work` finds the next. */
  computed(job: Job): void {
    this.running = null;
    this.source.computed(job);
  }
}

/** Keeps the engine of a node at work where nothing can fail: one job at a time, the next chosen when one has ended. */
import type { Job, World } from '../../engine/world.ts';

/** Who has jobs, and is told of their ends. */
export interface JobSource {
  /** The next job, begun; null if there is nothing to do now. */
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

  /** Gives the engine something to do, if it is free and there is something. */
  work(): void {
    if (this.running !== null) return;
    this.running = this.source.next();
    if (this.running !== null) this.world.compute(this.running);
  }

  /** The running job is over; `work` finds the next. */
  computed(job: Job): void {
    this.running = null;
    this.source.computed(job);
  }
}

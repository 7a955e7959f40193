/**
 * The micro-batches of one stage in its present iteration: which can go forward or backward, how many are in flight,
 * and how many gradients are in the sum. It knows no message and no job.
 */
import type { Task } from './stage-job.ts';

export class MicroBatches {
  /** Updates made so far: the number of the present iteration. */
  version: number;
  /** Micro-batches that the first stage has begun in this iteration. */
  injected = 0;
  /** Micro-batches whose gradient is in the sum. */
  backwardsDone = 0;
  /** Micro-batches between the start of their forward and the end of their backward. */
  inFlight = 0;
  private readonly count: number;
  private readonly forwards: Task[] = [];
  private readonly backwards: Task[] = [];
  /** Of each micro-batch, 1 once its backward of this iteration has begun. */
  private readonly begun: Uint8Array;

  /** @param count micro-batches of an iteration */
  constructor(count: number, version: number) {
    this.count = count;
    this.begun = new Uint8Array(count);
    this.version = version;
  }

  forwardArrived(task: Task): void {
    this.forwards.push(task);
  }

  backwardArrived(task: Task): void {
    this.backwards.push(task);
  }

  /** The forward that can begin: of that micro-batch, or the first that came. Null if it is of a later iteration. */
  forward(microBatch?: number): Task | null {
    const task = find(this.forwards, microBatch);
    return task !== undefined && task.iteration === this.version ? task : null;
  }

  /** The backward that can begin: of that micro-batch, or the first that came. */
  backward(microBatch?: number): Task | null {
    // A stage restored after a fault may get a backward before it has repeated the forward.
    return this.inFlight > 0 ? (find(this.backwards, microBatch) ?? null) : null;
  }

  /** Whether the first stage has more micro-batches to begin in this iteration. */
  get injects(): boolean {
    return this.injected < this.count;
  }

  forwardBegins(task: Task): void {
    remove(this.forwards, task);
    this.inFlight++;
  }

  /** Throws for a gradient that came twice: it would be in the sum twice. */
  backwardBegins(task: Task): void {
    const { iteration, microBatch } = task;
    if (iteration < this.version || this.begun[microBatch] === 1)
      throw new Error(`cannot run backward ${iteration}/${microBatch}: it has run already`);
    this.begun[microBatch] = 1;
    remove(this.backwards, task);
  }

  /** True if it was the last of the iteration. */
  backwardEnded(): boolean {
    this.inFlight--;
    this.backwardsDone++;
    return this.backwardsDone === this.count;
  }

  updated(): void {
    this.version++;
    this.backwardsDone = 0;
    this.injected = 0;
    this.begun.fill(0);
  }

  /** Whether it is the last of its iteration, which waits until all replicas are up to date. */
  isLast({ microBatch }: Pick<Task, 'microBatch'>): boolean {
    return microBatch === this.count - 1;
  }

  get backwardsWait(): boolean {
    return this.backwards.length > 0;
  }
}

function find(tasks: readonly Task[], microBatch?: number): Task | undefined {
  if (microBatch === undefined || tasks[0]?.microBatch === microBatch) return tasks[0];
  return tasks.find((task) => task.microBatch === microBatch);
}

function remove(tasks: Task[], task: Task): void {
  if (tasks[0] === task) tasks.shift();
  else if (tasks.includes(task)) tasks.splice(tasks.indexOf(task), 1);
}

/**
 * The micro-batches of one stage: which can go forward or backward, how many are in flight, and how many gradients are in
 * the sum. They are numbered from the beginning of the run. It knows no message and no job.
 */
import type { VersionRule } from '../modes/mode.ts';
import { type Task, taskOf } from './stage-job.ts';
import type { PipelineWork } from './work.ts';

export class MicroBatches {
  /** Updates made so far. */
  updates: number;
  /** Micro-batches whose gradient is in the sum. */
  backwardsDone = 0;
  /** Micro-batches between the start of their forward and the end of their backward. */
  inFlight = 0;
  /** Micro-batches of an iteration, and of an update. */
  private readonly count: number;
  private readonly updateEvery: number;
  private readonly end: number;
  private readonly rule: VersionRule;
  /** The number of the next that the first stage begins. */
  private next: number;
  private readonly forwards: Task[] = [];
  private readonly backwards: Task[] = [];
  /** Those whose input gradient is done, and whose weight gradient is not. */
  private readonly halfDone: Task[] = [];
  /** Of each micro-batch, the iteration in which its backward has begun last, as far as a byte tells. */
  private readonly begun: Uint8Array;

  /** Begins with that iteration. */
  constructor(
    { microBatches, mode, training }: Pick<PipelineWork, 'microBatches' | 'mode' | 'training'>,
    rule: VersionRule,
    iteration: number,
  ) {
    this.count = microBatches;
    this.updateEvery = mode.updateEvery(microBatches);
    this.end = training.iterations * microBatches;
    this.rule = rule;
    this.begun = new Uint8Array(microBatches);
    this.next = iteration * microBatches;
    this.updates = this.next / this.updateEvery;
  }

  /** Iterations whose gradients are all in the weights. */
  get iterations(): number {
    return Math.floor(this.added / this.count);
  }

  /** Whether an iteration has ended with the newest update. */
  get iterationEnded(): boolean {
    return this.added % this.count === 0;
  }

  /** Whether the weights are those after so many iterations, without an update of the next. */
  isAt(iterations: number): boolean {
    return this.added === iterations * this.count;
  }

  get isOver(): boolean {
    return this.added === this.end;
  }

  /** Counted from the beginning of the run. */
  numberOf({ iteration, microBatch }: Pick<Task, 'iteration' | 'microBatch'>): number {
    return iteration * this.count + microBatch;
  }

  forwardArrived(task: Task): void {
    this.forwards.push(task);
  }

  backwardArrived(task: Task): void {
    this.backwards.push(task);
  }

  /** The forward that can begin: of that micro-batch, or the first that came. Null if weights for it are missing. */
  forward(microBatch?: number): Task | null {
    const task = find(this.forwards, microBatch);
    return task !== undefined && this.admits(this.numberOf(task)) ? task : null;
  }

  /** The backward that can begin: of that micro-batch, or the first that came. */
  backward(microBatch?: number): Task | null {
    // A stage restored after a fault may get a backward before it has repeated the forward.
    return this.inFlight > 0 ? (find(this.backwards, microBatch) ?? null) : null;
  }

  /** Whether the first stage can begin another micro-batch. */
  get injects(): boolean {
    return this.next < this.end && this.admits(this.next);
  }

  /** The iteration of the next that the first stage begins, and whether it is the first of it. */
  get injected(): { readonly iteration: number; readonly isFirst: boolean } {
    const { iteration, microBatch } = this.at(this.next);
    return { iteration, isFirst: microBatch === 0 };
  }

  /** The first stage begins that micro-batch of the iteration, or the next. */
  inject(microBatch?: number): Task {
    const next = this.at(this.next++);
    return microBatch === undefined ? next : taskOf(next.iteration, microBatch);
  }

  /** That micro-batch of the present iteration, or the next whose backward is to begin. */
  due(microBatch?: number): Task {
    if (microBatch !== undefined) return taskOf(this.iterations, microBatch);
    return this.at(this.added + this.backwardsDone);
  }

  forwardBegins(task: Task): void {
    remove(this.forwards, task);
    this.inFlight++;
  }

  /** Throws for a gradient that came twice: it would be in the sum twice. */
  backwardBegins(task: Task): void {
    const { iteration, microBatch } = task;
    const mark = (iteration % 255) + 1;
    const isOld = this.numberOf(task) < this.added;
    if (isOld || this.begun[microBatch] === mark)
      throw new Error(`cannot run backward ${iteration}/${microBatch}: it has run already`);
    this.begun[microBatch] = mark;
    remove(this.backwards, task);
  }

  /** The input gradient is made, and its weight gradient is not. */
  backwardHalfDone({ iteration, microBatch }: Task): void {
    this.halfDone.push(taskOf(iteration, microBatch));
  }

  isHalfDone(microBatch: number): boolean {
    return this.halfDone.some((task) => task.microBatch === microBatch);
  }

  takeHalfDone(microBatch: number): Task {
    const at = this.halfDone.findIndex((task) => task.microBatch === microBatch);
    return this.halfDone.splice(at, 1)[0];
  }

  /** True if an update is due. */
  backwardEnded(): boolean {
    this.inFlight--;
    this.backwardsDone++;
    return this.backwardsDone === this.updateEvery;
  }

  updated(): void {
    this.updates++;
    this.backwardsDone = 0;
  }

  /** Whether it is the last of its iteration, which waits until all replicas are up to date. */
  isLast({ microBatch }: Pick<Task, 'microBatch'>): boolean {
    return microBatch === this.count - 1;
  }

  get backwardsWait(): boolean {
    return this.backwards.length > 0;
  }

  private admits(number: number): boolean {
    return this.rule.admits(number, this.updates);
  }

  /** Micro-batches whose gradients are in the weights. */
  private get added(): number {
    return this.updates * this.updateEvery;
  }

  private at(number: number): Task {
    return taskOf(Math.floor(number / this.count), number % this.count);
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

/** All jobs and messages of some iterations in the middle of a run, for a picture of them. */
import type { PathRecord } from './critical-path.ts';
import type { Step } from './steps.ts';

/** Iterations that are shown, and the most steps of each kind. */
const SHOWN = 2;
const MOST = 12_000;

interface Kept extends Step {
  critical: number | null;
}

export class Timeline {
  /** Whether the run has one iteration alone. */
  readonly isOnly: boolean;
  private readonly first: number;
  private isOpen: boolean;
  /** By their numbers. */
  private readonly kept = { job: new Map<number, Kept>(), message: new Map<number, Kept>() };
  private leftOut = 0;
  private next: { readonly head: Step; readonly iteration: number } | null = null;

  constructor(iterations: number) {
    this.isOnly = iterations <= 1;
    this.first = Math.max(0, (iterations - SHOWN) >> 1);
    this.isOpen = this.first === 0;
  }

  shows(iteration: number): boolean {
    return iteration >= this.first && iteration < this.first + SHOWN;
  }

  /** An iteration has ended. */
  noted(iteration: number): void {
    this.isOpen = this.shows(iteration + 1);
  }

  /** Whether it wants to know what ends now. */
  get isWaiting(): boolean {
    return this.isOpen || this.next !== null;
  }

  add(number: number, step: Step): void {
    const critical = this.next === null ? null : this.markOf(this.next, step);
    // Its iteration was noted within it, and the window may be closed already.
    if ((!this.isOpen && critical === null) || step.kind === 'other') return;
    const kept = this.kept[step.kind];
    if (kept.size < MOST) kept.set(number, { ...step, critical });
    else if (this.isOpen) this.leftOut++;
  }

  /** That step is on the critical path of the iteration. */
  mark(number: number, iteration: number): void {
    for (const kept of Object.values(this.kept)) {
      const step = kept.get(number);
      if (step !== undefined) step.critical = iteration;
    }
  }

  /** So is the job that runs now; its own step comes when it ends. */
  markNext(head: Step, iteration: number): void {
    this.next = { head, iteration };
  }

  record(): Pick<PathRecord, 'tasks' | 'messages' | 'leftOut'> {
    const { job, message } = this.kept;
    return {
      tasks: [...job.values()].map(({ node, name, startNs, endNs, critical }) => ({
        ...{ node, name, startNs, endNs, critical },
      })),
      messages: [...message.values()].map(({ node, to, name, bytes, sentNs, endNs, critical }) => ({
        ...{ from: node, to, kind: name, bytes, sentNs, arrivedNs: endNs, critical },
      })),
      leftOut: this.leftOut,
    };
  }

  private markOf({ head, iteration }: { head: Step; iteration: number }, step: Step) {
    if (step.endNs > head.endNs) this.next = null;
    if (step.kind !== 'job' || step.node !== head.node || step.startNs !== head.startNs)
      return null;
    this.next = null;
    return iteration;
  }
}

/** All jobs and messages of some iterations in the middle of a run, for a picture of them. */
import type { PathRecord } from './critical-path.ts';
import type { Step } from './steps.ts';

/** Iterations that are shown, and the most steps of each kind. */
const SHOWN = 2;
const MOST = 12_000;

export class Timeline {
  /** Whether the run has one iteration alone. */
  readonly isOnly: boolean;
  private readonly first: number;
  private isOpen: boolean;
  private readonly steps: { job: Step[]; message: Step[] } = { job: [], message: [] };
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

  add(step: Step): void {
    if (this.next !== null) this.takeMark(this.next, step);
    if (!this.isOpen || step.kind === 'other') return;
    const steps = this.steps[step.kind];
    if (steps.length < MOST) steps.push(step);
    else this.leftOut++;
  }

  /** That step stands for one that comes when its job ends, at the same instant. */
  markNext(head: Step, iteration: number): void {
    this.next = head.kind === 'job' ? { head, iteration } : null;
  }

  record(): Pick<PathRecord, 'tasks' | 'messages' | 'leftOut'> {
    const { job, message } = this.steps;
    return {
      tasks: job.map(({ node, name, startNs, endNs, critical }) => ({
        ...{ node, name, startNs, endNs, critical },
      })),
      messages: message.map(({ node, to, name, bytes, sentNs, endNs, critical }) => ({
        ...{ from: node, to, kind: name, bytes, sentNs, arrivedNs: endNs, critical },
      })),
      leftOut: this.leftOut,
    };
  }

  private takeMark(next: { head: Step; iteration: number }, step: Step): void {
    const { head, iteration } = next;
    if (step.endNs > head.endNs) this.next = null;
    if (step.kind !== 'job' || step.node !== head.node || step.startNs !== head.startNs) return;
    step.critical = iteration;
    this.next = null;
    // Its iteration was noted within it, and the window may be closed already.
    if (!this.isOpen && this.steps.job.length < MOST) this.steps.job.push(step);
  }
}

/**
 * How long each node of a run on threads was busy for each step, and how much of that was wasted, on shared memory. Each
 * node's thread adds its own work; whoever observes the run marks work as wasted. It knows no states and no clock.
 */

import type { WastedJobs } from '../../engine/work-log.ts';

/** One number a node and step; the last step stands for all later ones. */
export interface WorkMemory {
  readonly steps: number;
  /** Busy nanoseconds of jobs, and those of them that are wasted. */
  readonly busyNs: Float64Array;
  readonly wastedNs: Float64Array;
  /** The newest epoch of those jobs, and the bound: all work of epochs before it is wasted. */
  readonly epochs: Float64Array;
  readonly bounds: Float64Array;
}

/** Memory for that many nodes and steps, all zero. */
export function workMemory(nodeCount: number, steps: number): WorkMemory {
  const numbers = () => new Float64Array(new SharedArrayBuffer(nodeCount * steps * 8));
  const [busyNs, wastedNs, epochs, bounds] = [numbers(), numbers(), numbers(), numbers()];
  return { steps, busyNs, wastedNs, epochs, bounds };
}

/** What a node has added to some steps: by place, the step, its busy nanoseconds so far and its newest epoch. */
export interface WorkNews {
  readonly steps: readonly number[];
  readonly busyNs: readonly number[];
  readonly epochs: readonly number[];
}

export class SharedWork {
  readonly memory: WorkMemory;

  constructor(memory: WorkMemory) {
    this.memory = memory;
  }

  /** Adds the time of a job of that step, which was no redo. Without an epoch it is older than none. */
  add(node: number, step: number, ns: number, epoch: number = Infinity): void {
    const { busyNs, wastedNs, epochs } = this.memory;
    const slot = this.slotOf(node, step);
    if (epoch > epochs[slot]) {
      wastedNs[slot] = this.wastedIn(slot);
      epochs[slot] = epoch;
    }
    busyNs[slot] += ns;
  }

  /** What the node has added since `told` was told, which is told of it now. */
  newsFor(told: SharedWork, node: number): WorkNews {
    const { busyNs, epochs, steps } = this.memory;
    const first = this.slotOf(node, 0);
    const isNew = (step: number): boolean =>
      told.memory.busyNs[first + step] !== busyNs[first + step];
    const changed = Array.from({ length: steps }, (_, step) => step).filter(isNew);
    const news = {
      steps: changed,
      busyNs: changed.map((step) => busyNs[first + step]),
      epochs: changed.map((step) => epochs[first + step]),
    };
    told.hear(node, news);
    return news;
  }

  /** Takes over what the node has added elsewhere. */
  hear(node: number, { steps, busyNs, epochs }: WorkNews): void {
    const { memory } = this;
    for (const [at, step] of steps.entries()) {
      const slot = this.slotOf(node, step);
      if (epochs[at] > memory.epochs[slot]) memory.wastedNs[slot] = this.wastedIn(slot);
      memory.epochs[slot] = epochs[at];
      memory.busyNs[slot] = busyNs[at];
    }
  }

  /**
   * Marks work of the node as wasted, of that step and later. With `before`, also later work, if its epoch is before that
   * one. With `after`, only work whose newest epoch is between the two. Repeating it changes nothing.
   */
  writeOff({ node, step, before = Infinity, after }: WastedJobs): void {
    const { busyNs, wastedNs, epochs, bounds } = this.memory;
    const last = this.slotOf(node, Infinity);
    for (let slot = this.slotOf(node, step); slot <= last; slot++) {
      const epoch = epochs[slot];
      if (after === undefined && before < Infinity) bounds[slot] = Math.max(bounds[slot], before);
      else if (after === undefined || (epoch > after && epoch < before))
        wastedNs[slot] = busyNs[slot];
    }
  }

  /** Wasted nanoseconds of a node. */
  wastedOf(node: number): number {
    const first = this.slotOf(node, 0);
    let sum = 0;
    for (let slot = first; slot < first + this.memory.steps; slot++) sum += this.wastedIn(slot);
    return sum;
  }

  /** A node that works in a newer epoch has said by then what of its older work is wasted. */
  private wastedIn(slot: number): number {
    const { busyNs, wastedNs, epochs, bounds } = this.memory;
    return epochs[slot] < bounds[slot] ? busyNs[slot] : wastedNs[slot];
  }

  private slotOf(node: number, step: number): number {
    const { steps } = this.memory;
    return node * steps + Math.min(Math.max(0, step), steps - 1);
  }
}

/** The dumb fluid: every rate from scratch by progressive filling at every event. The oracle of the solver. */
import { progressiveFilling } from '../../../../engine/network/fair/progressive-filling.ts';

export interface ReferenceFlow {
  readonly links: number[];
  readonly cap?: number;
  readonly bytes: number;
  left: number;
}

export class ReferenceFluid {
  now = 0;
  readonly flows = new Map<number, ReferenceFlow>();
  /** Bytes that have passed each link. */
  readonly passed: number[];

  constructor(readonly capacities: number[]) {
    this.passed = capacities.map(() => 0);
  }

  start(flow: number, links: number[], bytes: number, cap?: number): void {
    this.flows.set(flow, { links, cap, bytes, left: bytes });
  }

  /** Rates by flow. */
  rates(): Map<number, number> {
    const rates = progressiveFilling(this.capacities, [...this.flows.values()]);
    return new Map([...this.flows.keys()].map((flow, index) => [flow, rates[index]]));
  }

  /** Moves on to `until`; returns flows that finished with their times. Finishes within 1e-9 are one instant. */
  advance(until: number): Map<number, number> {
    const finished = new Map<number, number>();
    for (;;) {
      const rates = this.rates();
      let step = until - this.now;
      for (const [flow, { left }] of this.flows)
        if (rates.get(flow)! > 0) step = Math.min(step, left / rates.get(flow)!);
      this.now += step;
      let some = false;
      for (const [flow, state] of this.flows) {
        const bytes = rates.get(flow)! * step;
        state.left -= bytes;
        for (const link of state.links) this.passed[link] += bytes;
        const nearly = rates.get(flow)! > 0 && state.left / rates.get(flow)! < 1e-9;
        if (!nearly) continue;
        some = true;
        finished.set(flow, this.now);
        this.flows.delete(flow);
      }
      if (!some) return finished;
    }
  }
}

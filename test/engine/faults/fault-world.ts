/** Short ways to say what goes wrong in a world of scripted nodes. */
import type { FaultEffect, FaultRule, FaultTarget } from '../../../engine/faults/fault-rule.ts';
import type { SimulationOptions } from '../../../engine/simulation.ts';

/** A heartbeat of 10 us and three misses: far more than the 100 ns of the ring that scripted nodes live on. */
export const DETECTOR = { heartbeatNs: 10_000, misses: 3 };

/** Those very nodes. */
export function only(...among: number[]): FaultTarget {
  return { among, choose: 'all', count: among.length };
}

export function crash(target: FaultTarget, forNs: number | null = null): FaultEffect {
  return { kind: 'crash', target, forNs };
}

export function pause(target: FaultTarget, forNs: number): FaultEffect {
  return { kind: 'pause', target, forNs };
}

export function slow(
  target: FaultTarget,
  factor: number,
  forNs: number | null = null,
): FaultEffect {
  return { kind: 'slow', target, factor, forNs };
}

/** Each effect at its time; a rule's place is its place in this list. */
export function faults(
  ...strikes: readonly (readonly [atNs: number, effect: FaultEffect])[]
): NonNullable<SimulationOptions['faults']> {
  const rules: FaultRule[] = strikes.map(([atNs, effect], rule) => ({
    rule,
    timing: { atNs },
    effect,
  }));
  return { rules, detector: DETECTOR };
}

/** When each node was down, computed from the injected faults alone: the engine's accounts are checked against it. */
import type { Evidence } from './evidence.ts';

export interface Downtime {
  readonly fromNs: number;
  /** Infinity: for good. */
  readonly toNs: number;
}

/**
 * By node, in order of time, overlapping ones merged. A crash ends the pauses before it: a host that returns is not
 * held by what held its earlier incarnation.
 */
export function downtimes({ faults, roles }: Pick<Evidence, 'faults' | 'roles'>): Downtime[][] {
  return roles.map((_, node) => {
    const merged: { fromNs: number; toNs: number }[] = [];
    for (const { kind, nodes, timeNs, endNs } of faults) {
      if ((kind !== 'crash' && kind !== 'pause') || !nodes.includes(node)) continue;
      const last = merged[merged.length - 1];
      const toNs = endNs ?? Infinity;
      if (last === undefined || timeNs > last.toNs) merged.push({ fromNs: timeNs, toNs });
      else last.toNs = kind === 'crash' ? toNs : Math.max(last.toNs, toNs);
    }
    return merged;
  });
}

/** How long a job really ran: a host that stands still does nothing for it. */
export function workedNs(startNs: number, endNs: number, down: readonly Downtime[]): number {
  const still = down.reduce(
    (sum, { fromNs, toNs }) => sum + Math.max(0, Math.min(endNs, toNs) - Math.max(startNs, fromNs)),
    0,
  );
  return endNs - startNs - still;
}

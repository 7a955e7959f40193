/** When each node was down, from the faults that struck alone: the engine's own books are judged by it. */
import type { Evidence } from './evidence.ts';

export interface Downtime {
  readonly fromNs: number;
  /** Infinity: for good. */
  readonly toNs: number;
}

/**
 * By node, in order of time, overlapping ones made one. A crash ends the pauses before it: a host that comes back is not
 * held by what its former life was held by.
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

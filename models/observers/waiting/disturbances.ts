/** Which nodes faults keep from sending and receiving, now or lately: what takes longer meanwhile does so for that. */
import type { FaultKind, InjectedFault } from '../../../engine/faults/fault-rule.ts';
import type { NodeId } from '../../../engine/world.ts';

/** Those that slow hosts and links down make stragglers and slow links, and are counted as such. */
const DISTURBING: readonly FaultKind[] = [
  ...(['crash', 'pause', 'cut', 'partition', 'loss', 'duplicate', 'reorder'] as const),
];

export class Disturbances {
  private readonly open = new Map<number, readonly NodeId[]>();
  /** When the last one of each node ended; Infinity while one lasts. */
  private readonly endNs = new Map<NodeId, number>();

  begin({ number, kind, nodes }: InjectedFault): void {
    if (!DISTURBING.includes(kind)) return;
    this.open.set(number, nodes);
    for (const node of nodes) this.endNs.set(node, Infinity);
  }

  end({ number }: InjectedFault, timeNs: number): void {
    const nodes = this.open.get(number);
    if (nodes === undefined) return;
    this.open.delete(number);
    for (const node of nodes) this.endNs.set(node, timeNs);
    // Others may still last.
    for (const others of this.open.values())
      for (const node of others) this.endNs.set(node, Infinity);
  }

  /** Whether one concerned either node at or after that time. */
  touched(from: NodeId, to: NodeId, sinceNs: number): boolean {
    return this.endOf(from) >= sinceNs || this.endOf(to) >= sinceNs;
  }

  private endOf(node: NodeId): number {
    return this.endNs.get(node) ?? -Infinity;
  }
}

/** Who brings state to whom when a view begins: the two watch each other, as far apart as they may be (PROTOCOLS C). */
import type { NodeId } from '../../../../engine/world.ts';
import type { RecoveryPlan } from '../ring-view.ts';

/** Those that the node sends a part of the old state to by that plan, and those that it gets one from. */
export function transferPartners({ view, source }: RecoveryPlan, node: NodeId): NodeId[] {
  const position = view.nodes.indexOf(node);
  const partners = new Set<NodeId>();
  const meets = (old: number, to: number): boolean =>
    source.bounds[old] < view.bounds[to + 1] && view.bounds[to] < source.bounds[old + 1];
  source.holders.forEach((holder, old) => {
    if (meets(old, position)) partners.add(holder);
    if (holder !== node) return;
    view.nodes.forEach((owner, to) => {
      if (meets(old, to)) partners.add(owner);
    });
  });
  partners.delete(node);
  return [...partners];
}

/** Who brings state to whom when a view begins: the two watch each other, as far apart as they may be (PROTOCOLS C). */
import type { NodeId } from '../../../../engine/world.ts';
import type { RecoveryPlan } from '../layout/ring-view.ts';
import { overlapOf } from './overlap.ts';

/** Those that the node sends a part of the old state to by that plan, and those that it gets one from. */
export function transferPartners(plan: RecoveryPlan, node: NodeId): NodeId[] {
  const { nodes } = plan.view;
  const own = nodes.flatMap((owner, position) => (owner === node ? [position] : []));
  const partners = new Set<NodeId>();
  plan.source.holders.forEach((holder, old) => {
    if (own.some((position) => overlapOf(plan, old, position) !== null)) partners.add(holder);
    if (holder !== node) return;
    nodes.forEach((owner, to) => {
      if (overlapOf(plan, old, to) !== null) partners.add(owner);
    });
  });
  partners.delete(node);
  return [...partners];
}

/** The views that were decided, as the INSTALL messages of membership tell of them. */
import type { InstallMessage } from '../membership/messages.ts';
import type { View } from '../membership/view.ts';
import type { Evidence } from './evidence.ts';

/**
 * A view that at least one node was told of, whether training went on in it or not. `Plan` is its protocol's own
 * type.
 */
export interface Decided<Plan extends object = object> {
  readonly epoch: number;
  /** When the first node was told. */
  readonly sentNs: number;
  readonly plan: Plan;
  readonly members: readonly number[];
  /** Those of them that were without state. */
  readonly joined: readonly number[];
  /** The views before it that may be complete. */
  readonly known: readonly View[];
}

/** Views by epoch. A view of one node is sent to nobody. */
export function decidedViews<Plan extends object = object>(
  evidence: Evidence,
): Map<number, Decided<Plan>> {
  const views = new Map<number, Decided<Plan>>();
  for (const { kind, sentNs, fields } of evidence.messages) {
    if (kind !== 'INSTALL') continue;
    const { view, known, plan } = fields as unknown as InstallMessage<Plan>;
    const { epoch, members, joined } = view;
    if (!views.has(epoch)) views.set(epoch, { epoch, sentNs, plan, members, joined, known });
  }
  return views;
}

/** When each view was decided, if another node was told of it. */
export function decidedNs(evidence: Evidence): Map<number, number> {
  const views = [...decidedViews(evidence).values()];
  return new Map(views.map(({ epoch, sentNs }) => [epoch, sentNs]));
}

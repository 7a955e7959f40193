/** The views that were decided, as the RESUME messages of `membership/` show them. */
import type { ResumeMessage } from '../membership/view-messages.ts';
import { sendingsOf } from './envelopes.ts';
import { numberOf, type Evidence } from './evidence.ts';

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
}

/** Views by epoch. A view of one node is sent to nobody. */
export function decidedViews<Plan extends object = object>(
  evidence: Evidence,
): Map<number, Decided<Plan>> {
  const views = new Map<number, Decided<Plan>>();
  for (const { kind, sentNs, fields } of sendingsOf(evidence)) {
    const epoch = numberOf(fields, 'epoch');
    if (kind !== 'RESUME' || views.has(epoch)) continue;
    const { plan, members, joined } = fields as Partial<ResumeMessage<Plan>>;
    views.set(epoch, { epoch, sentNs, plan: plan!, members: members!, joined: joined! });
  }
  return views;
}

/** When each view was decided, if another node was told of it. */
export function decidedNs(evidence: Evidence): Map<number, number> {
  const views = [...decidedViews(evidence).values()];
  return new Map(views.map(({ epoch, sentNs }) => [epoch, sentNs]));
}

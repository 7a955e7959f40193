/**
 * Which gradient each update of a parameter server was made of, as its jobs and messages tell it: a server's own updates
 * since it last began anew, on top of those of whoever gave it its state. Not of bulk synchronous parallel, where an
 * update is of a whole iteration.
 */
import { numberOf, type Evidence, type Fields } from '../../../claims/evidence.ts';
import type { WorkItem } from '../work-item.ts';
import { freshStartsNs } from './history.ts';

/** By the number of the update, the gradient that it applied, as `clock/share`. */
export type Lineage = ReadonlyMap<number, string>;

/** A state that a server took over from another. */
export interface Handover {
  readonly from: number;
  readonly sentNs: number;
  readonly takenNs: number;
  /** Updates in the state. */
  readonly steps: number;
}

/** The gradients of an update, as `clock/share`. */
export function gradientsOf(fields: Fields): string[] {
  const { iteration, worker, items = [{ iteration, share: worker }] } = fields;
  return (items as WorkItem[]).map((item) => `${item.iteration}/${item.share}`);
}

/** The states that a server took over, in order of time. */
export function handoversOf({ messages }: Pick<Evidence, 'messages'>, server: number): Handover[] {
  return messages.flatMap(({ kind, from, to, sentNs, deliveredNs, fields }) => {
    if (kind !== 'state' || to !== server || deliveredNs === null) return [];
    const { state } = fields.copy as { readonly state: Fields };
    return [{ from, sentNs, takenNs: deliveredNs, steps: numberOf(state, 'steps') }];
  });
}

/** The lineage of a server at that time, up to the first `steps` updates. */
export function lineageOf(
  evidence: Evidence,
  server: number,
  timeNs: number,
  steps = Infinity,
): Lineage {
  const handover = handoversOf(evidence, server).findLast(({ takenNs }) => takenNs <= timeNs);
  const lineage =
    handover === undefined
      ? new Map<number, string>()
      : new Map(lineageOf(evidence, handover.from, handover.sentNs, handover.steps));
  const startsNs = freshStartsNs(evidence, server).filter((atNs) => atNs <= timeNs);
  const freshNs = Math.max(handover?.takenNs ?? 0, ...startsNs);
  if (freshNs > (handover?.takenNs ?? 0)) lineage.clear();
  for (const { node, startNs, endNs, fields } of evidence.jobs) {
    const number = numberOf(fields, 'version');
    const isOwn = node === server && fields.pass === 'update' && number < steps;
    if (isOwn && startNs >= freshNs && endNs <= timeNs)
      for (const [k, gradient] of gradientsOf(fields).entries()) lineage.set(number + k, gradient);
  }
  return lineage;
}

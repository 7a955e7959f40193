/** An explanation of a small run: half of what each node waited is due to a link, the other half to the pipeline. */
import type { NodeAccounts } from '../../engine/result.ts';
import type { Explanation } from '../../models/observers/explainer.ts';
import { type Blame, CAUSES, type NodeCauses } from '../../models/observers/waiting/causes.ts';

export function explanationOf({ commNs, idleNs, count }: NodeAccounts): Explanation {
  const causes = Object.fromEntries(
    CAUSES.map((cause) => [cause, new Float64Array(count)]),
  ) as NodeCauses;
  const blames: Blame[] = [];
  for (let node = 0; node < count; node++) {
    const half = (commNs[node] + idleNs[node]) / 2;
    causes.link[node] = causes.bubble[node] = half;
    const waits = { node, waitedFor: 0, waits: 2, ns: half };
    blames.push({ ...waits, cause: 'link', place: { link: 1 } });
    blames.push({ ...waits, cause: 'bubble', place: { node: 0 } });
  }
  return { waits: { causes, blames } };
}

/** An explanation of a small run: half of what each node waited is due to a link, the other half to the pipeline. */
import type { NodeAccounts } from '../../engine/result.ts';
import type { Explanation } from '../../models/observers/explainer.ts';
import type { PathRecord } from '../../models/observers/path/critical-path.ts';
import { type Blame, CAUSES, type NodeCauses } from '../../models/observers/waiting/causes.ts';

const PATH: PathRecord = {
  ...{ iterations: 2, iterationNs: 400_000, otherNs: 0, leftOut: 0 },
  resources: [
    { resource: { kind: 'all compute' }, ns: 300_000 },
    { resource: { kind: 'compute', node: 1 }, ns: 200_000 },
    { resource: { kind: 'link', link: 1 }, ns: 100_000 },
  ],
  tasks: [{ node: 1, name: 'forward 1/0', startNs: 0, endNs: 200_000, critical: 1 }],
  messages: [
    {
      ...{ from: 0, to: 1, kind: 'activation', bytes: 1000 },
      ...{ sentNs: 200_000, arrivedNs: 300_000, critical: 1 },
    },
  ],
};

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
  return { waits: { causes, blames }, path: PATH };
}

/** PROTOCOLS C, F: what a plan says of the views on the way to it. */
import t from 'tap';
import type { World } from '../../../../engine/world.ts';
import { lineOf } from '../../../../models/costs/cost-line.ts';
import { measure, recordValues } from '../../../../models/costs/node-records.ts';
import { ringOptions } from '../../../../models/protocols/ring-tmp/options.ts';
import { RecoveryPlanner } from '../../../../models/protocols/ring-tmp/recovery/recovery-planner.ts';
import type { LayoutReport, NodeReport } from '../../../../models/protocols/ring-tmp/ring-view.ts';
import { RingWork } from '../../../../models/protocols/ring-tmp/ring-work.ts';
import type { Beginning } from '../../../../models/protocols/ring-tmp/recovery/lineage.ts';
import { assemblyOf } from './assembly.ts';
import { assignmentOf, host } from './harness.ts';

const MICRO_BATCHES = 2;
const EPOCH = 11;
const NODES = [0, 1, 2];

const assignment = {
  ...assignmentOf({
    hosts: NODES.map(() => host()),
    model: { kind: 'mlp', layers: [4, 6, 6, 3], activation: 'relu' },
    training: { iterations: 6, microBatches: MICRO_BATCHES },
  }),
  detector: { heartbeatNs: 10, misses: 2 },
};
const line = lineOf(assignment.model, NODES.length);
const bounds = [0, 1, 2, line.blocks.length];

/** All have layout 5, after three steps. Those in `strayed` have also begun view 9, of which nothing can be served. */
function reportOf(node: number, strayed: readonly number[]): NodeReport {
  const replicas = [{ position: (node + 2) % 3, low: 3, high: 3 }];
  const own = [{ position: node, low: 3, high: 3 }];
  const shared = { epoch: 5, nodes: NODES, bounds, own, replicas };
  const stray: LayoutReport = { ...shared, epoch: 9, own: [], replicas: [] };
  const path: Beginning[] = [
    { epoch: 1, version: 0 },
    { epoch: 5, version: 2, from: 1 },
  ];
  const isAstray = strayed.includes(node);
  return {
    node,
    layouts: isAstray ? [stray, shared] : [shared],
    record: recordValues(measure(assignment, node)),
    beginnings: isAstray ? [path[0], { epoch: 9, version: 0, from: 1 }] : path,
    begun: 0,
  };
}

function plan() {
  const options = ringOptions.parse({ kind: 'ring-tmp', replicas: 1 } as { kind: string });
  const world = { self: 0, now: () => 0, note: () => undefined } as unknown as World;
  const planner = new RecoveryPlanner(world, new RingWork(assignment, options, line));
  const reports = NODES.map((node) => reportOf(node, [0, 1]));
  const known = [5, 9].map((epoch) => ({ epoch, members: NODES }));
  const decision = planner.decide({ ...assemblyOf(reports, known), epoch: EPOCH });
  if (decision.kind !== 'go') throw new Error(`the ring ${decision.kind}s`);
  return decision.plan;
}

t.test('F: a view that is given up again is not on the way to the next', async (t) => {
  const { source, beginnings } = plan();
  t.match(source, { epoch: 5, version: 3 });
  t.same(beginnings, [
    { epoch: 1, version: 0 },
    { epoch: 5, version: 2, from: 1 },
    { epoch: EPOCH, version: 3, from: 5 },
  ]);
});

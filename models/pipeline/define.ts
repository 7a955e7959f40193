/** Defines a protocol that is nothing but a schedule: stages, messages and costs are those of all pipelines. */
import { z } from 'zod';
import type { World } from '../../engine/world.ts';
import { lineOf } from '../costs/cost-line.ts';
import { emptyRecords, measure, writeRecord } from '../costs/node-records.ts';
import type { SegmentState } from '../learning/segment-state.ts';
import type { Plan, ProtocolDefinition } from '../protocol.ts';
import type { Assignment } from '../spec/assignment.ts';
import { sequential } from '../protocols/seq-sgd/options.ts';
import { UNPROTECTED } from '../replication/safety.ts';
import { restarting, watchesNext } from '../restart/restarting.ts';
import { RESTARTS } from '../survival.ts';
import type { Action } from './actions.ts';
import { refuseTooLittleMemory, refuseTooManyStages } from './checks.ts';
import { fuzzedPipeline } from './fuzz.ts';
import { cutLine, sharesOf } from './layout.ts';
import type { PipelineMessage } from './messages.ts';
import { OrderedSchedule } from './ordered.ts';
import { stagesByNode } from './placement.ts';
import { PipelineNode, type PipelineLayout } from './pipeline-node.ts';
import { UNBOUNDED } from './window.ts';
import { PipelineWork } from './stage/work.ts';

/** The actions of one rank in an iteration, in order. Its stage has the rank's number. */
type RankActions = (rank: number, ranks: number, microBatches: number) => readonly Action[];

/** @param description one line for help and docs */
export function definePipeline<Kind extends string>(
  kind: Kind,
  description: string,
  actions: RankActions,
): ProtocolDefinition<{ kind: Kind; recompute: boolean }, 'stage'> {
  const options = z
    .strictObject({
      kind: z.literal(kind),
      recompute: z
        .boolean()
        .default(false)
        .describe('keep only what came in, and run forward again before backward'),
    })
    .describe(description);
  return {
    kind,
    summary: description,
    options: options as unknown as z.ZodType<{ kind: Kind; recompute: boolean }>,
    watches: watchesNext,
    uses: {
      'model.layers.carryElements': 'always',
      'training.microBatches': 'always',
      checkpoint: 'with faults',
      detector: 'always',
      'cluster.network': 'always',
    },
    timing: () => 'independent',
    survives: () => RESTARTS,
    reference: () => sequential(),
    fuzz: fuzzedPipeline,
    plan: (assignment, { recompute }) => planOf(assignment, recompute, actions),
  };
}

function planOf(assignment: Assignment, recompute: boolean, actions: RankActions): Plan<'stage'> {
  const { hosts, model, training } = assignment;
  const line = lineOf(model, hosts.length);
  refuseTooManyStages(line, hosts.length);
  const work = new PipelineWork(assignment, line, UNPROTECTED, recompute);
  refuseTooLittleMemory(work);
  const layout = layoutOf(work);
  const { bounds } = layout.placement;
  return {
    roles: hosts.map(() => 'stage'),
    createNode: (world) => {
      const members = hosts.length;
      const list = actions(world.self, members, training.microBatches);
      const low = work.parameterBound(bounds[world.self]);
      const high = work.parameterBound(bounds[world.self + 1]);
      return restarting<SegmentState | null>(world, {
        ...{ assignment, members, part: { low, high } },
        create: (own, beginning, keep) => {
          const schedule = new OrderedSchedule(list);
          const restart = { beginning, keep };
          return new PipelineNode(own as World<PipelineMessage>, work, layout, schedule, restart);
        },
      });
    },
  };
}

/** All hosts are known: no node measures, and all compute the same cut. */
function layoutOf(work: PipelineWork): PipelineLayout {
  const { assignment, line, safety, recompute, training } = work;
  const records = emptyRecords(work.nodeCount);
  const nodes = assignment.hosts.map((_, node) => node);
  for (const node of nodes) writeRecord(records, node, measure(assignment, node));
  const terms = { line, training, safety, window: { win: 'memory', recompute } } as const;
  const bounds = cutLine(terms, records);
  const shares = sharesOf(terms, records, bounds).map(({ costs }) => ({
    costs,
    window: UNBOUNDED,
  }));
  const placement = { epoch: 0, nodes, bounds };
  return { placement, shares, stagesByNode: stagesByNode(placement) };
}

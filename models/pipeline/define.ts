/** Defines a protocol that is nothing but a schedule: stages, messages and costs are those of all pipelines. */
import { z } from 'zod';
import type { World } from '../../engine/world.ts';
import type { Plan, ProtocolDefinition } from '../protocol.ts';
import type { Assignment } from '../spec/assignment.ts';
import { sequential } from '../protocols/seq-sgd/options.ts';
import { restarting, watchesNext } from '../restart/restarting.ts';
import { restartsAsOne } from '../survival.ts';
import type { Design, DesignTerms } from './design.ts';
import { refuseUnevenCopies } from './checks.ts';
import { fuzzedPipeline, type ScheduleFuzz } from './fuzz.ts';
import type { PipelineMessage } from './messages.ts';
import { OrderedSchedule } from './ordered.ts';
import { type NodeState, PipelineNode } from './pipeline-node.ts';
import { RECOMPUTE, type Recompute } from './recompute.ts';
import { placeOf } from './placement.ts';
import { pipelineSite } from './site.ts';
import type { Row } from './table/table.ts';

/** What all pipelines let an author choose. */
export interface PipelineOptions {
  readonly kind: string;
  readonly recompute: Recompute;
  readonly dataParallel: number;
  /** Of pipelines that have pairs. */
  readonly overlap?: number;
}

interface PipelineTerms<Kind extends string, Shape extends z.ZodRawShape> {
  readonly kind: Kind;
  /** One line for help and docs. */
  readonly summary: string;
  /** Options beside those of all pipelines. */
  readonly shape: Shape;
  /** Throws a ScenarioError where there is none. */
  design(options: z.output<z.ZodObject<Shape>>, terms: DesignTerms): Design;
  readonly fuzz: ScheduleFuzz;
}

/** The option of schedules that have pairs. */
export const OVERLAP = z
  .number()
  .min(0)
  .max(1)
  .default(0)
  .describe('share of the shorter pass that a forward and a backward run together save');

export function definePipeline<Kind extends string, Shape extends z.ZodRawShape>(
  terms: PipelineTerms<Kind, Shape>,
): ProtocolDefinition<PipelineOptions, 'stage'> {
  const { kind, summary, shape, fuzz } = terms;
  const options = z
    .strictObject({
      kind: z.literal(kind),
      ...shape,
      recompute: RECOMPUTE,
      dataParallel: z
        .int()
        .min(1)
        .default(1)
        .describe('equal pipelines that share nodes and micro-batches, and sum their gradients'),
    })
    .describe(summary);
  return {
    kind,
    summary,
    options: options as unknown as z.ZodType<PipelineOptions>,
    watches: watchesNext,
    uses: {
      'model.layers.carryElements': 'always',
      'model.layers.splits': 'always',
      'model.bounds': 'always',
      'training.microBatches': 'always',
      checkpoint: 'with faults',
      disk: 'with faults',
      detector: 'always',
      'cluster.network': 'always',
    },
    timing: () => 'independent',
    survives: (_, crash) => restartsAsOne(crash),
    reference: ({ dataParallel }) => sequential(dataParallel, 'round'),
    copies: ({ dataParallel }) => dataParallel,
    fuzz: fuzzedPipeline(fuzz),
    plan(assignment, chosen) {
      const { dataParallel } = chosen;
      const nodes = assignment.hosts.length;
      const { microBatches } = assignment.training;
      refuseUnevenCopies(dataParallel, nodes, microBatches);
      const each = { ranks: nodes / dataParallel, microBatches: microBatches / dataParallel };
      const given = chosen as unknown as z.output<z.ZodObject<Shape>>;
      return planOf(assignment, chosen, terms.design(given, each));
    },
  };
}

function planOf(
  assignment: Assignment,
  { recompute, overlap, dataParallel }: PipelineOptions,
  design: Design,
): Plan<'stage'> {
  const members = assignment.hosts.length;
  const ranks = members / dataParallel;
  const { work, layout } = pipelineSite(assignment, design, recompute, dataParallel);
  const { placement } = layout;
  return {
    roles: assignment.hosts.map(() => 'stage'),
    places: assignment.hosts.map((_, node) => node % ranks),
    createNode: (world) => {
      const row = design.row(world.self % ranks);
      const stages = layout.stagesByNode.get(world.self)!;
      const parts = stages.map((stage) => {
        const { place } = placeOf(placement, stage);
        const [low, high] = placement.bounds.slice(place, place + 2);
        return { low: work.parameterBound(low), high: work.parameterBound(high) };
      });
      return restarting<NodeState>(world, {
        ...{ assignment, members, parts },
        create: (own, beginning, keep) => {
          const schedule = new OrderedSchedule(recompute === 'none' ? row : unpaired(row), overlap);
          const restart = { beginning, keep };
          return new PipelineNode(own as World<PipelineMessage>, work, layout, schedule, restart);
        },
      });
    },
  };
}

/** What is computed again is no progress, and has no part in a pair. */
function unpaired(row: Row): Row {
  return row.flatMap((cell) => cell.map((action) => [action]));
}

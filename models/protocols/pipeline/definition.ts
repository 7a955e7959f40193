/** A pipeline with any schedule: a table that the author gives, checked before it runs (PROTOCOLS H). */
import { z } from 'zod';
import { alternation } from '../../pipeline/alternation.ts';
import { definePipeline, OVERLAP } from '../../pipeline/define.ts';
import type { Design, DesignTerms } from '../../pipeline/design.ts';
import { microBatchesOf, ranksOfStages, wrongTable } from '../../pipeline/table/check.ts';
import { parseTable, type Table } from '../../pipeline/table/table.ts';
import { ScenarioError } from '../../protocol.ts';
import { fuzzedTable } from './fuzz.ts';

const SCHEDULE = z
  .union(
    [
      z.strictObject({ file: z.string() }),
      z.strictObject({ rows: z.array(z.string()).min(1).readonly() }),
    ],
    { error: "an object such as { file: 'schedule.csv' }, or { rows: [...] } with a line a rank," },
  )
  .optional()
  .describe(
    'that of `1f1b` where left out; else a table of a line a rank: `{ file }`, or `{ rows }` with the lines themselves, in the text form of PyTorch',
  );

function design(
  { schedule }: { readonly schedule?: z.output<typeof SCHEDULE> },
  { ranks, microBatches }: DesignTerms,
): Design {
  if (schedule === undefined)
    return alternation({ ranks, microBatches, chunks: 1, lead: 1, splits: false });
  if ('file' in schedule)
    throw new ScenarioError('protocol.schedule.file', 'nobody has read it; rows would be right');
  const table = tableOf(schedule.rows);
  const wrong = wrongTable(table);
  if (wrong !== null) throw new ScenarioError('protocol.schedule', wrong);
  const given = microBatchesOf(table);
  if (table.length !== ranks)
    throw new ScenarioError(
      'protocol.schedule',
      `a table of ${table.length} ranks does not fit a pipeline of ${ranks} nodes (cluster.nodes); ${table.length} would be right`,
    );
  if (given !== microBatches)
    throw new ScenarioError(
      'training.microBatches',
      `a pipeline has ${microBatches} micro-batches, and the table of protocol.schedule ${given}; ${given} would be right`,
    );
  return { ranks: ranksOfStages(table), row: (rank) => table[rank] };
}

function tableOf(rows: readonly string[]): Table {
  try {
    return parseTable(rows);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ScenarioError('protocol.schedule', error.message);
  }
}

export const pipeline = definePipeline({
  kind: 'pipeline',
  summary: 'the model cut over nodes that do what a given table says, such as one of PyTorch',
  shape: { schedule: SCHEDULE, overlap: OVERLAP },
  design,
  fuzz: fuzzedTable,
});

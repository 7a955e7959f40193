/** DualPipeV: two chunks a rank on a V, with forwards and backwards run together (DeepSeek-AI, arXiv 2412.19437). */
import { withoutBeyond } from '../../pipeline/alternation.ts';
import { definePipeline, OVERLAP } from '../../pipeline/define.ts';
import { inV } from '../../pipeline/design.ts';
import { vRow } from './v-row.ts';

export const dualPipeV = definePipeline({
  kind: 'dualpipe-v',
  summary:
    'two chunks of the model a node, down the line and back, forwards beside backwards (DualPipeV)',
  shape: { overlap: OVERLAP },
  design: (_, { ranks, microBatches }) => ({
    ranks: inV(ranks),
    row: (rank) =>
      withoutBeyond(vRow(rank, ranks, Math.max(microBatches, 2 * ranks)), microBatches),
  }),
  fuzz: { chunks: 2, drawOptions: (chance) => ({ overlap: chance.one([0, 0.5, 1]) }) },
});

/**
 * GPipe (Huang et al., NeurIPS 2019): all forwards of a batch, then all backwards.
 */
import type { Action } from '../../pipeline/actions.ts';
import { definePipeline } from '../../pipeline/define.ts';
import { inLoops } from '../../pipeline/design.ts';

export const gpipe = definePipeline({
  kind: 'gpipe',
  summary:
    'the model cut over a line of nodes: all forwards of a batch, then all backwards (GPipe)',
  shape: {},
  design: (_, { ranks, microBatches }) => ({
    ranks: inLoops(ranks, 1),
    row: (stage) =>
      (['forward', 'backward'] as const).flatMap((pass) =>
        Array.from({ length: microBatches }, (_, microBatch): [Action] => [
          { stage, pass, microBatch },
        ]),
      ),
  }),
  fuzz: {},
});

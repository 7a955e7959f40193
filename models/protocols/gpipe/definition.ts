/**
 * GPipe (Huang et al., NeurIPS 2019): all forwards of a batch, then all backwards. Gradients are added in the order of
 * micro-batches, as sequential SGD adds them.
 */
import type { Action } from '../../pipeline/actions.ts';
import { definePipeline } from '../../pipeline/define.ts';

export const gpipe = definePipeline(
  'gpipe',
  'the model cut over a line of nodes: all forwards of a batch, then all backwards (GPipe)',
  (stage, _ranks, microBatches) => {
    const all = (pass: 'forward' | 'backward') =>
      Array.from({ length: microBatches }, (_, microBatch): Action => ({
        stage,
        pass,
        microBatch,
      }));
    return [...all('forward'), ...all('backward')];
  },
);

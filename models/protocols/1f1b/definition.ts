/**
 * 1F1B with a flush (Narayanan et al., SC 2021, section 2.2): rank r of p begins with p - 1 - r forwards, then takes one
 * forward and one backward in turn, so that it holds p - r micro-batches at the most.
 */
import type { Action } from '../../pipeline/actions.ts';
import { definePipeline } from '../../pipeline/define.ts';

export const oneForwardOneBackward = definePipeline(
  '1f1b',
  'the model cut over a line of nodes: one forward and one backward in turn (1F1B)',
  (stage, ranks, microBatches) => {
    const ahead = Math.min(microBatches, ranks - 1 - stage);
    const actions: Action[] = [];
    for (let backOff = 0; backOff < microBatches + ahead; backOff++) {
      if (backOff < microBatches) actions.push({ stage, pass: 'forward', microBatch: backOff });
      if (backOff >= ahead) actions.push({ stage, pass: 'backward', microBatch: backOff - ahead });
    }
    return actions;
  },
);

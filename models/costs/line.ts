/**
 * The model as a line of blocks (PROTOCOLS A.1), which a partition cuts and costs are computed from. A block is a run
 * of neurons of one layer in an MLP, and in a cost table a layer or an equal part of one. Counts are per sample.
 */

import type { BatchFlops } from '../spec/model.ts';

export interface Block {
  /** Layer number, from 0. */
  readonly layer: number;
  /** Output neurons [low, high) of that layer, or output elements of a cost table's. */
  readonly low: number;
  readonly high: number;
  readonly forwardFlops: number;
  /** Both gradients: of the parameters, and of the inputs (not needed in layer 0). */
  readonly backwardFlops: number;
  /** The part of it for the gradient of the parameters. */
  readonly weightGradientFlops: number;
  /** Instead of the three: of whole batches, by their samples; `blockFlops` knows which holds. */
  readonly measured?: readonly BatchFlops[];
  readonly parameters: number;
  /** Elements a node keeps for backward when it runs this block: 2 a neuron (z and y); what a table says. */
  readonly keptElements: number;
  /** Fixed time of each of its passes, beside what a task takes anyway; 0 where left out. */
  readonly overheadNs?: number;
}

export interface ModelLine {
  readonly kind: 'mlp' | 'costs';
  readonly blocks: readonly Block[];
  /** Elements of the input of each layer; layerInputs[0] is the model's input. */
  readonly layerInputs: readonly number[];
  readonly outputElements: number;
  readonly parameters: number;
  /** First parameter of block k in the canonical vector (layer, then neuron, then its weights and its bias). */
  readonly parameterOffsets: readonly number[];
  /** The cut made by hand, if there is one: stage s owns blocks [bounds[s], bounds[s + 1]). */
  readonly bounds?: readonly number[];
  /**
   * Elements a sample at the cut after block k: y of the layer's neurons so far, plus the layer's input if the
   * layer goes on (forward); dy and the partial dX likewise (backward; no dX for layer 0, nobody needs it).
   */
  carryElements(k: number): { forward: number; backward: number };
}

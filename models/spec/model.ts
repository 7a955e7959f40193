/** The model of a scenario, in numbers. */

/**
 * A cut made by hand: stage s owns layers [bounds[s], bounds[s + 1]). Inside a layer that may be split, the fraction
 * says how much of it is before the bound.
 */
type LayerBounds = readonly number[];

export interface MlpSpec {
  readonly kind: 'mlp';
  /** Widths n_0 .. n_L: inputs, hidden layers, outputs. Hidden layers are ReLU, the loss is softmax cross-entropy. */
  readonly layers: readonly number[];
  readonly activation: 'relu';
  /** Of each layer, instead of the operations a sample: in order of samples, at least one. */
  readonly measured?: readonly (readonly BatchFlops[])[];
  readonly bounds?: LayerBounds;
}

/** Operations of the passes of a layer for a whole batch of so many samples. */
export interface BatchFlops {
  readonly samples: number;
  readonly forward: number;
  readonly inputGradient: number;
  readonly weightGradient: number;
}

/** A layer known by its costs alone, per sample. */
export interface CostLayer {
  readonly name: string;
  readonly forwardFlops: number;
  readonly backwardFlops: number;
  /** The part of it for the gradient of the parameters; half where left out. */
  readonly weightGradientFlops?: number;
  /** Instead of the operations a sample: in order of samples, at least one. */
  readonly measured?: readonly BatchFlops[];
  readonly parameters: number;
  readonly outputElements: number;
  /** What a cut behind it sends, either way; `outputElements` where left out. */
  readonly carryElements?: number;
  /** What its backward pass needs beside its input; 2 * outputElements where left out. */
  readonly keptElements?: number;
  /** Fixed time of each of its passes, on any host; 0 where left out. */
  readonly overheadNs?: number;
  /** Equal parts that it may be cut into; 1 where left out. */
  readonly splits?: number;
}

export interface CostTableSpec {
  readonly kind: 'costs';
  readonly layers: readonly CostLayer[];
  readonly inputElements: number;
  readonly bounds?: LayerBounds;
}

export type ModelSpec = MlpSpec | CostTableSpec;

/** Parameters [low, high) of the canonical vector. */
export interface ParameterRange {
  readonly low: number;
  readonly high: number;
}

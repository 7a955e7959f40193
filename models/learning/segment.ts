/**
 * A contiguous run of neurons with its parameters, gradients and optimizer: the numerics of whatever node owns
 * it. Any cut of the line into segments, and any number of micro-batches, gives the bits of one segment over
 * the whole line (PROTOCOLS A.1). Knows no node, message or time.
 */
import type { LayerKernel } from './kernels/layer-kernel.ts';
import { simdKernel } from './kernels/simd.ts';
import type { MlpSpec } from '../spec/model.ts';
import { inputGradientPass, weightGradientPass } from './backward-pass.ts';
import type { Carry } from './carry.ts';
import type { NeuronRun } from './cooling.ts';
import { allocate, type FloatArray } from './float-array.ts';
import { forwardPass, type Activations } from './forward-pass.ts';
import { initialState } from './initial-weights.ts';
import { Optimizer, type OptimizerSettings } from './optimizer.ts';
import { piecesOf, type Piece } from './pieces.ts';
import type { SegmentState } from './segment-state.ts';

interface SegmentOptions extends OptimizerSettings {
  readonly model: MlpSpec;
  readonly seed: number;
  /** Neurons [low, high) in canonical order over all layers: 0 .. the sum of the layers' widths. */
  readonly low: number;
  readonly high: number;
  /** Keep only the incoming carry of a micro-batch in flight; `forwardAgain` must then come before `backward`. */
  readonly recompute?: boolean;
  readonly kernel?: LayerKernel;
  /** The state to start from; its arrays become the segment's. The seed's initial weights if left out. */
  readonly state?: SegmentState;
  /** Where gradients are summed, all 0 at first; an array of its own if left out. */
  readonly gradients?: FloatArray;
}

/** Kept under a key until its backward: activations, or the carry to recompute them from. */
type Kept =
  | { readonly activations: Activations; readonly outputGradients?: readonly FloatArray[] }
  | { readonly carry: Carry };

export class Segment {
  /** The run's slice of the canonical vector: per neuron its n_in weights, then its bias. */
  readonly parameters: FloatArray;
  /** Index of the first of them in the canonical vector. */
  readonly offset: number;
  /** Sum over the samples run backward since the last update; laid out as the parameters. */
  readonly gradients: FloatArray;
  private readonly pieces: readonly Piece[];
  private readonly optimizer: Optimizer;
  private readonly kernel: LayerKernel;
  private readonly recompute: boolean;
  private readonly kept = new Map<number, Kept>();

  /** Throws a RangeError if [low, high) is no run of the line, or if the state given is of another one. */
  constructor(options: SegmentOptions) {
    const { pieces, offset, parameters } = piecesOf(options.model, options.low, options.high);
    const state = options.state ?? initialState(options);
    if (state.offset !== offset || state.parameters.length !== parameters)
      throw new RangeError(
        `the state of neurons [${options.low}, ${options.high}) has ${state.parameters.length} ` +
          `parameters from ${state.offset}, ${parameters} from ${offset} would be right`,
      );
    this.pieces = pieces;
    this.offset = offset;
    this.parameters = state.parameters;
    this.gradients = options.gradients ?? allocate(options.precision, parameters);
    this.optimizer = new Optimizer(options, parameters, state);
    this.kernel = options.kernel ?? simdKernel;
    this.recompute = options.recompute ?? false;
  }

  /** The state for the next step; borrowed, and changed by `update`. */
  get state(): SegmentState {
    return this.optimizer.stateOf(this.offset, this.parameters);
  }

  /** The weights before the last update, if the state has them; borrowed. */
  get earlier(): FloatArray | undefined {
    return this.optimizer.earlier;
  }

  /** Forward passes whose backward has not been done. */
  get inFlight(): number {
    return this.kept.size;
  }

  /**
   * Forward. Returns the carry after the run's last neuron, in new arrays; takes ownership of the given one. Before
   * the first neuron of the model: `{ samples, outputs: empty, inputs: features [n_0][samples] }`; after the last:
   * outputs are the logits, inputs null. Throws if the key is in flight or the carry does not fit. All passes take the
   * newest weights unless others of that layout are given.
   */
  forward(
    key: number,
    carry: Carry,
    recompute = this.recompute,
    weights: FloatArray = this.parameters,
  ): Carry {
    if (this.kept.has(key))
      throw new Error(`forward of key ${key} a second time: its backward would have to come first`);
    const result = forwardPass(this.kernel, this.pieces, weights, carry, !recompute);
    this.kept.set(key, recompute ? { carry } : { activations: result.activations });
    return result.carry;
  }

  /** Repeats the forward of that key for its backward. Throws unless only its carry is kept. */
  forwardAgain(key: number, weights: FloatArray = this.parameters): void {
    const kept = this.kept.get(key);
    if (kept === undefined || !('carry' in kept))
      throw new Error(`second forward of key ${key}: its carry alone would have to be kept`);
    const { activations } = forwardPass(this.kernel, this.pieces, weights, kept.carry, true);
    this.kept.set(key, { activations });
  }

  /**
   * Backward. Adds to the gradients and returns the carry before the run's first neuron: dy of the layer's neurons
   * before it, or of the whole previous layer. After the last neuron of the model the given outputs are the gradient
   * of the loss by the logits, summed, not averaged. Throws if the activations of the key are missing.
   */
  backward(key: number, carry: Carry, weights: FloatArray = this.parameters): Carry {
    const result = this.inputGradient(key, carry, weights);
    this.weightGradient(key);
    return result;
  }

  /** The first half of `backward`: returns the carry, and leaves the gradients to `weightGradient`. */
  inputGradient(key: number, carry: Carry, weights: FloatArray = this.parameters): Carry {
    const kept = this.kept.get(key);
    if (kept === undefined || 'carry' in kept) {
      const missing = kept === undefined ? 'forward' : 'second forward';
      throw new Error(`backward of key ${key}: its ${missing} would have to come first`);
    }
    const { activations } = kept;
    const result = inputGradientPass(this.kernel, this.pieces, weights, activations, carry);
    this.kept.set(key, { activations, outputGradients: result.outputGradients });
    return result.carry;
  }

  /**
   * The second half of `backward`: adds to the gradients, of all neurons or of those in `active`. Throws unless the first
   * half has been done.
   */
  weightGradient(key: number, active?: readonly NeuronRun[]): void {
    const kept = this.kept.get(key);
    if (kept === undefined || !('outputGradients' in kept))
      throw new Error(`weight gradient of key ${key}: its input gradient would have to come first`);
    const { kernel, pieces, gradients } = this;
    const { activations, outputGradients } = kept;
    weightGradientPass(kernel, pieces, gradients, activations, outputGradients!, active);
    this.kept.delete(key);
  }

  /**
   * In place of the second half: of each piece the x and dz that its gradient would be the product of. Throws unless the
   * first half has been done.
   */
  takeTerms(key: number): {
    inputs: readonly FloatArray[];
    outputGradients: readonly FloatArray[];
  } {
    const kept = this.kept.get(key);
    if (kept === undefined || !('outputGradients' in kept))
      throw new Error(`terms of key ${key}: its input gradient would have to come first`);
    this.kept.delete(key);
    return { inputs: kept.activations.inputs, outputGradients: kept.outputGradients! };
  }

  /** One optimizer step by the mean gradient over the batch; clears the gradients. */
  update(): void {
    this.optimizer.step(this.parameters, this.gradients);
    this.gradients.fill(0);
  }
}

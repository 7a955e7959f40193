/**
 * The state of a run of parameters between two steps, as plain data: what a checkpoint, a replica or a new owner
 * needs to go on with the same bits. It is addressed by the canonical vector, so that any cut can be made from any
 * other.
 */
import type { FloatArray } from './float-array.ts';

/** Parameters [offset, offset + parameters.length) of the canonical vector, and their optimizer slots. */
export interface SegmentState {
  readonly offset: number;
  readonly parameters: FloatArray;
  /** Velocity (momentum) or first moment (Adam); empty for SGD. */
  readonly first: FloatArray;
  /** Second moment (Adam); empty otherwise. */
  readonly second: FloatArray;
  /** beta1^t and beta2^t after t steps; 1 but for Adam. */
  readonly beta1Power: number;
  readonly beta2Power: number;
  /**
   * The weights before the last step, where gradients are computed with them for one step longer; those that training
   * begins with before the first. Left out elsewhere.
   */
  readonly earlier?: FloatArray;
}

/** A copy of the state. */
export function copyState(state: SegmentState): SegmentState {
  return sliceState(state, state.offset, state.offset + state.parameters.length);
}

/** A copy of parameters [low, high) of the canonical vector. Throws a RangeError if the state does not have them. */
export function sliceState(state: SegmentState, low: number, high: number): SegmentState {
  const { offset, parameters, first, second, earlier } = state;
  if (!(offset <= low && low <= high && high <= offset + parameters.length))
    throw new RangeError(
      `parameters [${low}, ${high}) were asked of a state that has ` +
        `[${offset}, ${offset + parameters.length})`,
    );
  const cut = (values: FloatArray) =>
    values.length === 0 ? values.slice() : values.slice(low - offset, high - offset);
  return {
    ...state,
    offset: low,
    parameters: cut(parameters),
    first: cut(first),
    second: cut(second),
    ...(earlier === undefined ? {} : { earlier: cut(earlier) }),
  };
}

/**
 * Joins states that follow each other without a gap, into new arrays. Throws a RangeError if there is a gap, or if
 * they are not of the same step.
 */
export function joinStates(parts: readonly SegmentState[]): SegmentState {
  const [head] = parts;
  let end = head.offset;
  for (const { offset, parameters, beta1Power, beta2Power } of parts) {
    if (offset !== end)
      throw new RangeError(`a state from parameter ${offset} follows one that ends at ${end}`);
    if (beta1Power !== head.beta1Power || beta2Power !== head.beta2Power)
      throw new RangeError(`the state from parameter ${offset} is of another step than the first`);
    end += parameters.length;
  }
  const join = (arrays: readonly FloatArray[]): FloatArray => {
    const length = arrays.reduce((sum, array) => sum + array.length, 0);
    const joined =
      arrays[0] instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
    let at = 0;
    for (const array of arrays) {
      joined.set(array, at);
      at += array.length;
    }
    return joined;
  };
  return {
    ...head,
    parameters: join(parts.map(({ parameters }) => parameters)),
    first: join(parts.map(({ first }) => first)),
    second: join(parts.map(({ second }) => second)),
    ...(head.earlier === undefined ? {} : { earlier: join(parts.map(({ earlier }) => earlier!)) }),
  };
}

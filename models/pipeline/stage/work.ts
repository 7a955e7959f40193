/** What all stages of one pipeline share: the assignment, the line, and what is kept beside the training. */
import type { CoolingRule } from '../../learning/cooling.ts';
import { initialState } from '../../learning/initial-weights.ts';
import type { SegmentState } from '../../learning/segment-state.ts';
import type { ModelLine } from '../../costs/line.ts';
import type { Assignment } from '../../spec/assignment.ts';
import type { Safety } from '../../replication/safety.ts';
import type { TrainingSpec } from '../../spec/training.ts';
import type { Mode } from '../modes/mode.ts';
import { SYNC } from '../modes/sync.ts';
import type { Recompute } from '../recompute.ts';
import { neuronBound, StageNumerics } from './numerics.ts';

export class PipelineWork {
  readonly assignment: Assignment;
  readonly line: ModelLine;
  readonly safety: Safety;
  readonly recompute: Recompute;
  /** Equal pipelines that share every batch. */
  readonly copies: number;
  readonly mode: Mode;
  /** Which updates are left out; null where none are. */
  readonly cooling: CoolingRule | null;

  constructor(
    assignment: Assignment,
    line: ModelLine,
    safety: Safety,
    recompute: Recompute,
    copies = 1,
    mode: Mode = SYNC,
    cooling: CoolingRule | null = null,
  ) {
    this.assignment = assignment;
    this.line = line;
    this.safety = safety;
    this.recompute = recompute;
    this.copies = copies;
    this.mode = mode;
    this.cooling = cooling;
  }

  get nodeCount(): number {
    return this.assignment.hosts.length;
  }

  get training(): TrainingSpec {
    return this.assignment.training;
  }

  /** Those of a batch that each copy of the pipeline takes. */
  get microBatches(): number {
    return this.training.microBatches / this.copies;
  }

  /** The number in the batch of the first that a copy takes. */
  firstMicroBatch(copy: number): number {
    return copy * this.microBatches;
  }

  /** True where nodes really train: under `numerics: 'cost'` there are no tensors. */
  get exact(): boolean {
    const { model, training, data } = this.assignment;
    return training.numerics === 'exact' && model.kind === 'mlp' && data !== null;
  }

  /** The first parameter of a block bound in the canonical vector. */
  parameterBound(bound: number): number {
    const { blocks, parameters, parameterOffsets } = this.line;
    return bound === blocks.length ? parameters : parameterOffsets[bound];
  }

  /** The state of blocks [low, high) before the first step; null without numerics. */
  initialState(low: number, high: number): SegmentState | null {
    const { seed, model, training } = this.assignment;
    if (!this.exact || model.kind !== 'mlp') return null;
    const [from, to] = [neuronBound(this.line, model, low), neuronBound(this.line, model, high)];
    const state = initialState({ ...training, model, seed, low: from, high: to });
    return this.mode.delays ? { ...state, earlier: state.parameters.slice() } : state;
  }

  /**
   * The numerics of blocks [low, high) in a copy, starting from the state after so many iterations and taking it over; null
   * without numerics.
   */
  numerics(
    low: number,
    high: number,
    state: SegmentState | null,
    version: number,
    copy = 0,
  ): StageNumerics | null {
    const { seed, model, training, data } = this.assignment;
    if (!this.exact || model.kind !== 'mlp' || data === null || state === null) return null;
    const { line, safety, recompute, microBatches, mode, cooling } = this;
    const firstMicroBatch = this.firstMicroBatch(copy);
    return new StageNumerics({
      ...{ seed, model, line, training, recompute, data, firstMicroBatch, microBatches },
      ...{ low, high, state, version, safety, mode, cooling },
    });
  }
}

/** What all nodes of an all-reduce have in common: one object for all that share memory. */
import type { DetectorSpec } from '../../../engine/faults/fault-rule.ts';
import type { NodeId } from '../../../engine/world.ts';
import { placesIn, type RingPlace } from '../../collectives/ring-places.ts';
import { lineOf } from '../../costs/cost-line.ts';
import type { ModelLine } from '../../costs/line.ts';
import { wholeModelCosts, type WholeModelCosts } from '../../costs/whole-model-costs.ts';
import { firstView, type View } from '../../membership/view.ts';
import type { SegmentState } from '../../learning/segment-state.ts';
import type { Assignment } from '../../spec/assignment.ts';
import type { DataSplit } from '../../spec/data.ts';
import type { MlpSpec } from '../../spec/model.ts';
import { parameterCosts, type ParameterCosts } from '../../spec/parameter-costs.ts';
import type { TrainingSpec } from '../../spec/training.ts';
import { type Bucket, bucketsOf, type Pass, passesOf } from '../../costs/buckets.ts';
import { Learner } from './learner.ts';
import type { AllReduceOptions } from './options.ts';

export class AllReduceWork {
  readonly seed: number;
  readonly training: TrainingSpec;
  readonly line: ModelLine;
  readonly costs: WholeModelCosts;
  /** Of one parameter, and of the loss. */
  readonly each: ParameterCosts;
  readonly buckets: readonly Bucket[];
  readonly groups: number;
  /** Null: nothing can fail. */
  readonly detector: DetectorSpec | null;
  /** Of all nodes, in which they begin. */
  readonly firstView: View;
  /** By samples: members have the same few numbers of them. */
  private readonly known = new Map<number, readonly Pass[]>();
  /** Null under `numerics: 'cost'`. */
  private readonly exact: { readonly model: MlpSpec; readonly data: DataSplit } | null;

  constructor(assignment: Assignment, { groups, overlap }: AllReduceOptions) {
    const { seed, training, model, data, detector, hosts } = assignment;
    this.seed = seed;
    this.training = training;
    this.line = lineOf(model, 1);
    this.costs = wholeModelCosts(this.line, training);
    this.each = parameterCosts(training);
    const least = overlap === null ? Infinity : overlap.bucketBytes / this.each.gradientBytes;
    this.buckets = bucketsOf(this.line, least);
    this.groups = groups;
    this.detector = detector;
    this.firstView = firstView(hosts.length);
    const isExact = training.numerics === 'exact' && model.kind === 'mlp' && data !== null;
    this.exact = isExact ? { model, data } : null;
  }

  /** A learner with that state, or with that of the seed; null under `numerics: 'cost'`. */
  learner(state: SegmentState | null): Learner | null {
    return this.exact && new Learner(this, this.exact.model, this.exact.data, state);
  }

  /** Where the member stands on the rings of a view. */
  places(members: readonly NodeId[], index: number): RingPlace[] {
    return placesIn(members, this.groups, index);
  }

  /** The jobs that make the gradient of so many samples, a bucket each. */
  passes(samples: number): readonly Pass[] {
    let passes = this.known.get(samples);
    if (passes === undefined) {
      passes = passesOf(this.line, this.buckets, samples);
      this.known.set(samples, passes);
    }
    return passes;
  }

  /** What a node without state is sent. */
  get stateBytes(): number {
    return this.costs.weightBytes + this.costs.optimizerBytes;
  }
}

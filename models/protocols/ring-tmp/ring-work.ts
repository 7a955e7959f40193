/** What all nodes of one ring have in common: the assignment, the options, the line, the layouts that follow. */
import { FollowedState } from '../../learning/followed-state.ts';
import { initialState } from '../../learning/initial-weights.ts';
import type { SegmentState } from '../../learning/segment-state.ts';
import type { ModelLine } from '../../line.ts';
import type { Assignment } from '../../protocol.ts';
import { cutLine, sharesOf, TokenMemo, type Share } from './layout.ts';
import type { RingOptions } from './options.ts';
import type { RingView } from './ring-view.ts';
import { safetyOf, type Safety } from './safety.ts';
import { neuronBound, Stage } from './stage.ts';

export class RingWork {
  readonly assignment: Assignment;
  readonly options: RingOptions;
  readonly line: ModelLine;
  readonly safety: Safety;
  private readonly first: TokenMemo<RingView>;
  private readonly layout: TokenMemo<Share[]>;
  private shared: { readonly view: RingView; readonly shares: Share[] } | null = null;

  constructor(assignment: Assignment, options: RingOptions, line: ModelLine) {
    this.assignment = assignment;
    this.options = options;
    this.line = line;
    this.safety = safetyOf(assignment, options);
    const { training } = assignment;
    const terms = { line, training, options, safety: this.safety };
    this.layout = new TokenMemo((token, bounds) => sharesOf(terms, token, bounds));
    this.first = new TokenMemo((token): RingView => ({
      epoch: 0,
      nodes: assignment.hosts.map((_, node) => node),
      bounds: cutLine(terms, token),
    }));
  }

  get nodeCount(): number {
    return this.assignment.hosts.length;
  }

  /** Where the line is cut for the nodes of those records, in ring order; see measurement.ts. */
  bounds(records: Float64Array): readonly number[] {
    const { line, options, safety } = this;
    return cutLine({ line, training: this.assignment.training, options, safety }, records);
  }

  /** The view that training begins in: every node at its place, over the cut that follows from the full token. */
  firstView(records: Float64Array): RingView {
    return this.first.of(records);
  }

  /** The shares of all positions of a view, from the records of its nodes. */
  shares(records: Float64Array, view: RingView): readonly Share[] {
    // Nodes that share memory share the view, and with it all that it was made from.
    if (this.shared?.view !== view)
      this.shared = { view, shares: this.layout.of(records, view.bounds) };
    return this.shared.shares;
  }

  /** True where nodes train: under `numerics: 'cost'` there is not a single tensor. */
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
    return initialState({ ...training, model, seed, low: from, high: to });
  }

  /** The numerics of blocks [low, high), going on from that state, which is theirs from here on; null without. */
  stage(low: number, high: number, state: SegmentState | null): Stage | null {
    const { seed, model, training, data } = this.assignment;
    if (!this.exact || model.kind !== 'mlp' || data === null || state === null) return null;
    const { line, safety } = this;
    const { recompute } = this.options;
    return new Stage({ seed, model, line, training, recompute, data, low, high, state, safety });
  }

  /** A copy that takes the steps of its owner from that state on, which is its own from here on; null without numerics. */
  follow(state: SegmentState | null): FollowedState | null {
    return state === null ? null : new FollowedState(this.assignment.training, state);
  }
}

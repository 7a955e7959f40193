/** What all nodes of one ring have in common: the work of its pipeline, the options, and the layouts that follow. */
import type { NodeId } from '../../../engine/world.ts';
import { emptyRecords, measure, writeRecord } from '../../costs/node-records.ts';
import type { ParameterRange } from '../../spec/model.ts';
import { FollowedState } from '../../learning/followed-state.ts';
import type { SegmentState } from '../../learning/segment-state.ts';
import type { ModelLine } from '../../costs/line.ts';
import { cutLine, sharesOf, type LayoutTerms, type Share } from '../../pipeline/layout.ts';
import { stagesByNode } from '../../pipeline/placement.ts';
import { PipelineWork } from '../../pipeline/stage/work.ts';
import type { Assignment } from '../../spec/assignment.ts';
import { modeOf, type RingOptions, repairs } from './options.ts';
import type { RingView } from './ring-view.ts';

export interface ViewLayout {
  readonly view: RingView;
  /** Of all positions. */
  readonly shares: readonly Share[];
  readonly stagesByNode: ReadonlyMap<NodeId, readonly number[]>;
}

export class RingWork extends PipelineWork {
  readonly options: RingOptions;
  private first: { readonly records: Float64Array; readonly view: RingView } | null = null;
  private firstBounds: readonly number[] | null = null;
  private shared: ViewLayout | null = null;

  constructor(assignment: Assignment, options: RingOptions, line: ModelLine) {
    const { replicas, recompute } = options;
    const heldBack = repairs(options) && (replicas > 0 || assignment.detector !== null);
    super(assignment, line, { replicas, heldBack }, recompute, 1, modeOf(options));
    this.options = options;
  }

  /** Where the line is cut for the nodes of those records, in ring order; see node-records.ts. */
  bounds(records: Float64Array): readonly number[] {
    return cutLine(this.terms, records);
  }

  /** What a node holds in the first view. */
  firstPart(node: NodeId): ParameterRange {
    if (this.firstBounds === null) {
      const records = emptyRecords(this.nodeCount);
      for (let each = 0; each < this.nodeCount; each++)
        writeRecord(records, each, measure(this.assignment, each));
      this.firstBounds = this.bounds(records);
    }
    const [low, high] = this.firstBounds.slice(node, node + 2);
    return { low: this.parameterBound(low), high: this.parameterBound(high) };
  }

  /**
   * The view that training begins in: every node at its place, over the cut that follows from the full token. Nodes that
   * share memory pass on one token, and share the view.
   */
  firstView(records: Float64Array, epoch = 0): RingView {
    if (this.first?.records !== records || this.first.view.epoch !== epoch) {
      const nodes = this.assignment.hosts.map((_, node) => node);
      this.first = { records, view: { epoch, nodes, bounds: this.bounds(records) } };
    }
    return this.first.view;
  }

  /** What follows from a view and the records of its nodes: one object for all nodes that share memory, and the view. */
  layout(view: RingView, records: () => Float64Array): ViewLayout {
    if (this.shared?.view !== view) {
      const shares = sharesOf(this.terms, records(), view.bounds);
      this.shared = { view, shares, stagesByNode: stagesByNode(view) };
    }
    return this.shared;
  }

  /** A copy that takes the steps of its owner from that state on, which is its own from here on; null without numerics. */
  follow(state: SegmentState | null): FollowedState | null {
    return state === null ? null : new FollowedState(this.training, state);
  }

  private get terms(): LayoutTerms {
    const { line, training, options, safety, mode } = this;
    return { line, training, window: options, safety, mode };
  }
}

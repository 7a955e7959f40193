/** What all nodes of one ring have in common: the work of its pipeline, the options, and the layouts that follow. */
import type { NodeId } from '../../../engine/world.ts';
import { emptyRecords, measure, type NodeRecord, writeRecord } from '../../costs/node-records.ts';
import type { RingPlace } from '../../collectives/ring-places.ts';
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
import { ringCount } from './ring-count.ts';
import { columnPlace, recordsByPlace, ringPlace, type Torus } from './torus.ts';

export interface ViewLayout {
  readonly view: RingView;
  /** Of all places of the line. */
  readonly shares: readonly Share[];
  readonly stagesByNode: ReadonlyMap<NodeId, readonly number[]>;
}

export class RingWork extends PipelineWork {
  readonly options: RingOptions;
  readonly torus: Torus;
  private first: { readonly records: Float64Array; readonly view: RingView } | null = null;
  private firstBounds: readonly number[] | null = null;
  private shared: ViewLayout | null = null;

  constructor(assignment: Assignment, options: RingOptions, line: ModelLine) {
    const { replicas, recompute } = options;
    const heldBack = repairs(options) && (replicas > 0 || assignment.detector !== null);
    const rings = ringCount(options, assignment);
    super(assignment, line, { replicas, heldBack }, recompute, rings, modeOf(options));
    this.options = options;
    this.torus = { rings, length: assignment.hosts.length / rings };
  }

  /** The nodes before and behind that one on its ring, and on its column. */
  ringOf(node: NodeId): RingPlace {
    return ringPlace(this.torus, node);
  }

  columnOf(node: NodeId): RingPlace {
    return columnPlace(this.torus, node);
  }

  /** What that node measures of itself, and of the link to the next on its ring. */
  measured(node: NodeId): NodeRecord {
    return measure(this.assignment, node, this.ringOf(node).next);
  }

  /** The records of the places that those nodes have, by what each node measures. */
  recordsOf(nodes: readonly NodeId[], recordOf: (node: NodeId) => NodeRecord): NodeRecord[] {
    return recordsByPlace(this.torus, nodes, recordOf);
  }

  /** Where the line is cut for places of those records, in ring order; see node-records.ts. */
  bounds(records: Float64Array): readonly number[] {
    return cutLine(this.terms, records);
  }

  /** What a node holds in the first view. */
  firstPart(node: NodeId): ParameterRange {
    if (this.firstBounds === null) {
      const { length } = this.torus;
      const records = emptyRecords(length);
      const nodes = this.assignment.hosts.map((_, each) => each);
      for (const [place, record] of this.recordsOf(nodes, (each) => this.measured(each)).entries())
        writeRecord(records, place, record);
      this.firstBounds = this.bounds(records);
    }
    const place = node % this.torus.length;
    const [low, high] = this.firstBounds.slice(place, place + 2);
    return { low: this.parameterBound(low), high: this.parameterBound(high) };
  }

  /**
   * The view that training begins in: every node at its place, over the cut that follows from the full token. Nodes that
   * share memory share the view.
   */
  firstView(records: Float64Array, epoch = 0): RingView {
    if (this.first?.view.epoch !== epoch || !isSame(this.first.records, records)) {
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

/** Whether two tokens say the same; one that has been sent on to another process is empty. */
function isSame(one: Float64Array, other: Float64Array): boolean {
  return one === other || (one.length === other.length && one.every((it, k) => it === other[k]));
}

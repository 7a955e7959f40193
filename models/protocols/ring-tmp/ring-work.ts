/** What all nodes of one ring have in common: the work of its pipeline, the options, and the layouts that follow. */
import type { NodeId } from '../../../engine/world.ts';
import {
  joinRecords,
  measure,
  type NodeRecord,
  readRecords,
  recordValues,
  slowest,
} from '../../costs/node-records.ts';
import type { RingPlace } from '../../collectives/ring-places.ts';
import type { ParameterRange } from '../../spec/model.ts';
import { FollowedState } from '../../learning/followed-state.ts';
import type { SegmentState } from '../../learning/segment-state.ts';
import type { ModelLine } from '../../costs/line.ts';
import {
  cutLine,
  periodNs,
  sharesOf,
  type LayoutTerms,
  type Share,
} from '../../pipeline/layout.ts';
import { alternation } from '../../pipeline/alternation.ts';
import { greedy } from '../../pipeline/greedy.ts';
import { OrderedSchedule } from '../../pipeline/ordered.ts';
import type { Schedule } from '../../pipeline/schedule.ts';
import { UNBOUNDED } from '../../pipeline/window.ts';
import { stagesByNode } from '../../pipeline/placement.ts';
import { PipelineWork } from '../../pipeline/stage/work.ts';
import type { Assignment } from '../../spec/assignment.ts';
import { lapsOf, modeOf, type RingOptions, repairs } from './options.ts';
import type { RingView } from './layout/ring-view.ts';
import { ringCount } from './layout/ring-count.ts';
import { columnPlace, recordsByPlace, ringPlace, type Torus } from './layout/torus.ts';

export interface ViewLayout {
  readonly view: RingView;
  /** Of all places of the line. */
  readonly shares: readonly Share[];
  readonly stagesByNode: ReadonlyMap<NodeId, readonly number[]>;
}

export class RingWork extends PipelineWork {
  readonly options: RingOptions;
  readonly torus: Torus;
  /** Segments of a node: position s is on node s mod N. */
  readonly laps: number;
  private first: { readonly records: Float64Array; readonly view: RingView } | null = null;
  private firstBounds: readonly number[] | null = null;
  private shared: ViewLayout | null = null;
  private blocks: Pick<RingWork, 'rotated'>['rotated'] | null = null;

  constructor(assignment: Assignment, options: RingOptions, line: ModelLine) {
    const { replicas, recompute } = options;
    const heldBack = repairs(options) && (replicas > 0 || assignment.detector !== null);
    const rings = ringCount(options, assignment);
    const safety = { replicas, heldBack };
    super(assignment, line, safety, recompute, rings, modeOf(options), options.cooling ?? null);
    this.options = options;
    this.torus = { rings, length: assignment.hosts.length / rings };
    this.laps = lapsOf(options);
  }

  /** Whether weights go round, and data stays. */
  get rotates(): boolean {
    return this.options.variant === 'rotation';
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

  /** What the slowest node or link of that cut takes for a micro-batch. */
  periodNs(records: Float64Array, bounds: readonly number[]): number {
    return periodNs(this.terms, records, bounds);
  }

  /** What a node holds in the first view, in the order of the line. */
  firstParts(node: NodeId): ParameterRange[] {
    this.firstBounds ??= this.rotates
      ? this.rotated.bounds
      : this.bounds(this.atPlaces((each) => this.measured(each)));
    const bounds = this.firstBounds;
    return Array.from({ length: this.laps }, (_, lap) => {
      const place = lap * this.torus.length + (node % this.torus.length);
      const [low, high] = [bounds[place], bounds[place + 1]];
      return { low: this.parameterBound(low), high: this.parameterBound(high) };
    });
  }

  /** Where the line is cut into blocks that go round: every node runs them all, and all wait for the slowest. */
  get rotated(): { readonly bounds: readonly number[]; readonly shares: readonly Share[] } {
    if (this.blocks === null) {
      const least = slowest(this.firstNodes.map((node) => this.measured(node)));
      const records = joinRecords(this.firstNodes.map(() => recordValues(least)));
      const bounds = this.bounds(records);
      this.blocks = { bounds, shares: sharesOf(this.terms, records, bounds) };
    }
    return this.blocks;
  }

  /** What decides which pass a node of the first view runs next. */
  newSchedule(node: NodeId): Schedule {
    const { laps: chunks, microBatches } = this;
    if (chunks === 1) return greedy;
    const ranks = this.torus.length;
    const order = alternation({ ranks, microBatches, chunks, lead: 2, splits: false });
    return new OrderedSchedule(order.row(node));
  }

  /** The records of the first view's places, by what each node says. */
  private atPlaces(recordOf: (node: NodeId) => NodeRecord): Float64Array {
    const records = this.recordsOf(this.firstNodes, recordOf);
    return joinRecords(records.map(recordValues));
  }

  /** The nodes of the first view's positions. */
  private get firstNodes(): NodeId[] {
    const lap = this.assignment.hosts.map((_, node) => node);
    return Array.from({ length: this.laps }, () => lap).flat();
  }

  /**
   * The view that training begins in: every node at its place, over the cut that follows from the full token. Nodes that
   * share memory share the view.
   */
  firstView(records: Float64Array, epoch = 0): RingView {
    if (this.first?.view.epoch !== epoch || !isSame(this.first.records, records)) {
      const nodes = this.firstNodes;
      const view = { epoch, nodes, bounds: this.bounds(this.placed(records)) };
      this.first = { records, view };
    }
    return this.first.view;
  }

  /** What follows from a view and the records of its nodes: one object for all nodes that share memory, and the view. */
  layout(view: RingView, records: () => Float64Array): ViewLayout {
    if (this.shared?.view !== view) {
      const shares = sharesOf(this.terms, this.placed(records()), view.bounds).map((share) =>
        this.laps > 1 ? { ...share, window: UNBOUNDED } : share,
      );
      this.shared = { view, shares, stagesByNode: stagesByNode(view) };
    }
    return this.shared;
  }

  /** A copy that takes the steps of its owner from that state on, which is its own from here on; null without numerics. */
  follow(state: SegmentState | null): FollowedState | null {
    return state === null ? null : new FollowedState(this.training, state);
  }

  /** The records of places, from those of the nodes of a ring; where a node has one place they are the same. */
  private placed(records: Float64Array): Float64Array {
    if (this.laps === 1) return records;
    const ofNodes = readRecords(records);
    return this.atPlaces((node) => ofNodes[node]);
  }

  private get terms(): LayoutTerms {
    const { line, training, options, safety, mode } = this;
    const relays = options.variant === 'relay';
    return { line, training, window: options, safety, mode, relays };
  }
}

/** Whether two tokens say the same; one that has been sent on to another process is empty. */
function isSame(one: Float64Array, other: Float64Array): boolean {
  return one === other || (one.length === other.length && one.every((it, k) => it === other[k]));
}

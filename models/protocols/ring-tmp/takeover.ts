/**
 * How the state of an old layout comes to the owners of a new one (PROTOCOLS C): every holder cuts what it has along the
 * new bounds and sends each part straight to its owner; an owner that has all its parts joins them. Where the source is
 * a checkpoint the owners read the parts themselves.
 */
import type { Job, NodeId, World } from '../../../engine/world.ts';
import { joinStates, sliceState, type SegmentState } from '../../learning/segment-state.ts';
import { elementBytes, OPTIMIZER_SLOTS } from '../../training.ts';
import { checkpointPart } from '../../recovery/checkpoints.ts';
import type { Courier } from './courier.ts';
import type { TransferMessage } from './messages.ts';
import type { ReplicaJob } from './replica-job.ts';
import type { Served } from './replicas.ts';
import type { RecoveryPlan } from './ring-view.ts';
import type { RingWork } from './ring-work.ts';

/** A part of a checkpoint on storage. */
export interface CheckpointPart {
  /** Null under `numerics: 'cost'`. */
  readonly state: SegmentState | null;
}

export interface TakeoverHooks {
  /** The state of an old position of the plan's source, which the plan says this node holds. */
  serve(source: number): Served;
  /** A new position of this node has all its state, which is given away. */
  collected(position: number, state: SegmentState | null): void;
}

/** A new position of this node that gathers its parts. */
interface Collection {
  readonly position: number;
  /** By old position. */
  readonly parts: Map<number, SegmentState | null>;
  missing: number;
  isTold: boolean;
}

export class Takeover {
  private readonly world: World;
  private readonly work: RingWork;
  private readonly courier: Courier;
  private readonly plan: RecoveryPlan;
  private readonly hooks: TakeoverHooks;
  private readonly collections: Collection[] = [];
  /** States that take a job before they can be sent. */
  private readonly serving: { source: number; served: Served }[] = [];
  /** Old positions whose part of the checkpoint is being read, by name. */
  private readonly reading = new Map<string, number>();

  constructor(
    world: World,
    work: RingWork,
    terms: { courier: Courier; plan: RecoveryPlan },
    hooks: TakeoverHooks,
  ) {
    this.world = world;
    this.work = work;
    this.courier = terms.courier;
    this.plan = terms.plan;
    this.hooks = hooks;
  }

  /** True once every position of this node has its state, and this node has sent all it is to send. */
  get done(): boolean {
    return this.serving.length === 0 && this.collections.every(({ missing }) => missing === 0);
  }

  start(): void {
    const { view, source } = this.plan;
    const { self } = this.world;
    view.nodes.forEach((node, position) => {
      if (node !== self) return;
      const missing = this.sources.filter((old) => this.overlap(old, position) !== null).length;
      this.collections.push({ position, parts: new Map(), missing, isTold: false });
    });
    if (source.checkpoint && source.version === 0) return this.beginAnew();
    if (source.checkpoint) return this.read();
    for (const old of this.sources) {
      if (source.holders[old] !== self) continue;
      const served = this.hooks.serve(old);
      if (served.job === null) this.send(old, served.state());
      else this.serving.push({ source: old, served });
    }
    this.tellCollected();
  }

  /** A job that must be done before more can be sent. */
  next(): ReplicaJob | null {
    return this.serving.length === 0 ? null : this.serving[0].served.job;
  }

  /** The end of a job; true if it was one of `next`. */
  computed(job: Job): boolean {
    if (this.serving.length === 0 || this.serving[0].served.job !== job) return false;
    const { source, served } = this.serving.shift()!;
    this.send(source, served.state());
    this.tellCollected();
    return true;
  }

  receive({ to, source, state }: TransferMessage): void {
    const collection = this.collections.find(({ position }) => position === to);
    if (collection === undefined || this.overlap(source, to) === null)
      throw new Error(`position ${to} got state of old position ${source}, and needs none of it`);
    this.collect(collection, source, state);
    this.tellCollected();
  }

  /** Storage has answered; true if a part of a checkpoint was read. */
  loaded(name: string, value: object | null): boolean {
    const source = this.reading.get(name);
    if (source === undefined) return false;
    this.reading.delete(name);
    if (value === null) this.world.giveUp(`the part '${name}' of the checkpoint is not there`);
    else this.send(source, (value as CheckpointPart).state, this.world.self);
    this.tellCollected();
    return true;
  }

  waitsFor(): string {
    const { holders } = this.plan.source;
    const missing = this.collections.flatMap(({ position, parts }) =>
      this.sources.filter((old) => this.overlap(old, position) !== null && !parts.has(old)),
    );
    if (this.reading.size > 0) return `${this.reading.size} parts of the checkpoint`;
    return missing.map((old) => `XFER of old position ${old} from node ${holders[old]}`).join(', ');
  }

  private get sources(): number[] {
    return this.plan.source.bounds.slice(1).map((_, old) => old);
  }

  /** The blocks that an old and a new position have in common. */
  private overlap(old: number, position: number): { low: number; high: number } | null {
    const { view, source } = this.plan;
    const low = Math.max(source.bounds[old], view.bounds[position]);
    const high = Math.min(source.bounds[old + 1], view.bounds[position + 1]);
    return low < high ? { low, high } : null;
  }

  /** Brings the state of an old position to all new owners of a part of it, or to those on one node alone. */
  private send(old: number, state: SegmentState | null, only: NodeId | null = null): void {
    const { epoch, nodes } = this.plan.view;
    const element = elementBytes(this.work.assignment.training);
    const slots = OPTIMIZER_SLOTS[this.work.assignment.training.optimizer.kind];
    nodes.forEach((node, to) => {
      const blocks = this.overlap(old, to);
      if (blocks === null || (only !== null && node !== only)) return;
      const [low, high] = [
        this.work.parameterBound(blocks.low),
        this.work.parameterBound(blocks.high),
      ];
      const part = state === null ? null : sliceState(state, low, high);
      if (node === this.world.self)
        this.collect(
          this.collections.find(({ position }) => position === to)!,
          old,
          part,
        );
      else
        this.courier.send(
          to,
          { kind: 'XFER', epoch, to, source: old, state: part },
          element * (1 + slots) * (high - low),
        );
    });
  }

  private collect(collection: Collection, old: number, state: SegmentState | null): void {
    const { parts, position } = collection;
    if (parts.has(old))
      throw new Error(`position ${position} got the state of old position ${old} twice`);
    parts.set(old, state);
    collection.missing--;
  }

  /** Once this node owes nobody a part: the state of a position goes to its replicas, and others wait for the parts. */
  private tellCollected(): void {
    if (this.serving.length > 0) return;
    for (const collection of this.collections) {
      const { parts, position, missing, isTold } = collection;
      if (missing > 0 || isTold) continue;
      collection.isTold = true;
      const states = this.sources.flatMap((each) => parts.get(each) ?? []);
      this.hooks.collected(position, states.length === 0 ? null : joinStates(states));
    }
  }

  /** Version 0 is made from the seed, and read from nowhere. */
  private beginAnew(): void {
    const { bounds } = this.plan.view;
    for (const collection of this.collections) {
      const { position } = collection;
      collection.missing = 0;
      collection.isTold = true;
      this.hooks.collected(
        position,
        this.work.initialState(bounds[position], bounds[position + 1]),
      );
    }
  }

  private read(): void {
    const { bounds, version, savedIn: epoch } = this.plan.source;
    for (const old of this.sources) {
      if (this.collections.every(({ position }) => this.overlap(old, position) === null)) continue;
      const name = checkpointPart({ epoch, version }, bounds[old], bounds[old + 1]);
      this.reading.set(name, old);
      this.world.load(name);
    }
  }
}

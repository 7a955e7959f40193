/**
 * How the state of an old layout comes to the owners of a new one (PROTOCOLS C): every holder cuts what it has along the
 * new bounds and sends each part straight to its owner; an owner that has all its parts joins them. Where the source is
 * a checkpoint the owners read the parts themselves.
 */
import type { Job, World } from '../../../../engine/world.ts';
import { joinStates, sliceState, type SegmentState } from '../../../learning/segment-state.ts';
import { parameterCosts } from '../../../spec/parameter-costs.ts';
import { checkpointPart } from '../../../replication/checkpoints.ts';
import type { Courier } from '../../../pipeline/courier.ts';
import type { TrainingMessage, TransferMessage } from '../messages.ts';
import type { ReplicaJob } from '../replica-job.ts';
import type { Served } from '../replicas.ts';
import type { RecoveryPlan } from '../ring-view.ts';
import type { RingWork } from '../ring-work.ts';

/** A part of a checkpoint on storage. */
export interface CheckpointPart {
  /** Null under `numerics: 'cost'`. */
  readonly state: SegmentState | null;
}

export interface StateTransferHooks {
  /** The state of an old position of the plan's source, which the plan says this node holds. */
  serve(source: number): Served;
  /** The new position of this node has all its state, which is given away. */
  collected(state: SegmentState | null): void;
}

export class StateTransfer {
  private readonly world: World;
  private readonly work: RingWork;
  private readonly courier: Courier<TrainingMessage>;
  private readonly plan: RecoveryPlan;
  private readonly hooks: StateTransferHooks;
  /** The new position of this node, and the parts of its state that have come, by old position. */
  private readonly position: number;
  private readonly parts = new Map<number, SegmentState | null>();
  private missing = 0;
  private isTold = false;
  /** States that take a job before they can be sent. */
  private readonly serving: { source: number; served: Served }[] = [];
  /** Old positions whose part of the checkpoint is being read, by name. */
  private readonly reading = new Map<string, number>();

  constructor(
    world: World,
    work: RingWork,
    terms: { courier: Courier<TrainingMessage>; plan: RecoveryPlan },
    hooks: StateTransferHooks,
  ) {
    this.world = world;
    this.work = work;
    this.courier = terms.courier;
    this.plan = terms.plan;
    this.position = terms.plan.view.nodes.indexOf(world.self);
    this.hooks = hooks;
  }

  /** True once this node has its state, and has sent all it is to send. */
  get done(): boolean {
    return this.serving.length === 0 && this.missing === 0;
  }

  start(): void {
    const { source } = this.plan;
    const { self } = this.world;
    if (source.checkpoint && source.version === 0) return this.beginAnew();
    this.missing = this.needed.length;
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
    if (to !== this.position || this.overlap(source, to) === null)
      throw new Error(`position ${to} got state of old position ${source}, and needs none of it`);
    this.collect(source, state);
    this.tellCollected();
  }

  /** Storage has answered; true if a part of a checkpoint was read. */
  loaded(name: string, value: object | null): boolean {
    const source = this.reading.get(name);
    if (source === undefined) return false;
    this.reading.delete(name);
    if (value === null) this.world.giveUp(`the part '${name}' of the checkpoint is not there`);
    else this.collect(source, this.part(source, this.position, (value as CheckpointPart).state));
    this.tellCollected();
    return true;
  }

  waitsFor(): string {
    const { holders } = this.plan.source;
    const missing = this.needed.filter((old) => !this.parts.has(old));
    if (this.reading.size > 0) return `${this.reading.size} parts of the checkpoint`;
    return missing.map((old) => `XFER of old position ${old} from node ${holders[old]}`).join(', ');
  }

  private get sources(): number[] {
    return this.plan.source.bounds.slice(1).map((_, old) => old);
  }

  /** The old positions that this node needs a part of. */
  private get needed(): number[] {
    return this.sources.filter((old) => this.overlap(old, this.position) !== null);
  }

  /** The blocks that an old and a new position have in common. */
  private overlap(old: number, position: number): { low: number; high: number } | null {
    const { view, source } = this.plan;
    const low = Math.max(source.bounds[old], view.bounds[position]);
    const high = Math.min(source.bounds[old + 1], view.bounds[position + 1]);
    return low < high ? { low, high } : null;
  }

  /** The state of an old position as far as a new one needs it. */
  private part(old: number, position: number, state: SegmentState | null): SegmentState | null {
    return state === null ? null : sliceState(state, ...this.parameters(old, position)!);
  }

  /** The parameters [low, high) that an old and a new position have in common; null if there are none. */
  private parameters(old: number, position: number): [number, number] | null {
    const blocks = this.overlap(old, position);
    if (blocks === null) return null;
    return [this.work.parameterBound(blocks.low), this.work.parameterBound(blocks.high)];
  }

  /** Brings the state of an old position to all new owners of a part of it. */
  private send(old: number, state: SegmentState | null): void {
    const { epoch, nodes } = this.plan.view;
    const { stateBytes } = parameterCosts(this.work.assignment.training);
    nodes.forEach((_, to) => {
      const parameters = this.parameters(old, to);
      if (parameters === null) return;
      const [low, high] = parameters;
      const part = this.part(old, to, state);
      if (to === this.position) return this.collect(old, part);
      const message = { kind: 'XFER', epoch, to, source: old, state: part } as const;
      this.courier.send(to, message, stateBytes * (high - low));
    });
  }

  private collect(old: number, state: SegmentState | null): void {
    const { parts, position } = this;
    if (parts.has(old))
      throw new Error(`position ${position} got the state of old position ${old} twice`);
    parts.set(old, state);
    this.missing--;
  }

  /** Once this node owes nobody a part: the state goes to its replicas, and others wait for the parts. */
  private tellCollected(): void {
    if (this.serving.length > 0 || this.missing > 0 || this.isTold) return;
    this.isTold = true;
    const states = this.sources.flatMap((each) => this.parts.get(each) ?? []);
    this.hooks.collected(states.length === 0 ? null : joinStates(states));
  }

  /** Version 0 is made from the seed, and read from nowhere. */
  private beginAnew(): void {
    const { bounds } = this.plan.view;
    this.isTold = true;
    this.hooks.collected(this.work.initialState(bounds[this.position], bounds[this.position + 1]));
  }

  private read(): void {
    const { bounds, version, savedIn: epoch } = this.plan.source;
    for (const old of this.needed) {
      const name = checkpointPart({ epoch, version }, bounds[old], bounds[old + 1]);
      this.reading.set(name, old);
      this.world.load(name);
    }
  }
}

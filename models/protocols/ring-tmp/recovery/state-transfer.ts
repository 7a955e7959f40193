/**
 * How the state of an old layout comes to the owners of a new one (PROTOCOLS C): every holder cuts what it has along the
 * new bounds and sends each part straight to its owner on the same ring; who has all joins them. Where the source is
 * a checkpoint the owners read the parts themselves.
 */
import type { Job, World } from '../../../../engine/world.ts';
import { joinStates, sliceState, type SegmentState } from '../../../learning/segment-state.ts';
import { parameterCosts } from '../../../spec/parameter-costs.ts';
import { checkpointPart } from '../../../replication/checkpoints.ts';
import type { Courier } from '../../../pipeline/courier.ts';
import { copiesIn, placeOf } from '../../../pipeline/placement.ts';
import type { TrainingMessage, TransferMessage } from '../messages.ts';
import type { ReplicaJob } from '../replicas/replica-job.ts';
import type { Served } from '../replicas/replicas.ts';
import type { RecoveryPlan } from '../layout/ring-view.ts';
import type { RingWork } from '../ring-work.ts';
import { overlapOf } from './overlap.ts';

/** A part of a checkpoint on storage. */
export interface CheckpointPart {
  /** Null under `numerics: 'cost'`. */
  readonly state: SegmentState | null;
}

export interface StateTransferHooks {
  /** The state of an old position of the plan's source, which the plan says this node holds. */
  serve(source: number): Served;
  /** A new position of this node has all its state, which is given away. */
  collected(position: number, state: SegmentState | null): void;
}

/** What one new position of this node needs. */
interface Wanted {
  readonly position: number;
  /** The old positions that it needs a part of. */
  readonly needed: readonly number[];
  /** The parts that have come, by old position. */
  readonly parts: Map<number, SegmentState | null>;
  isTold: boolean;
}

export class StateTransfer {
  private readonly world: World;
  private readonly work: RingWork;
  private readonly courier: Courier<TrainingMessage>;
  private readonly plan: RecoveryPlan;
  private readonly hooks: StateTransferHooks;
  private readonly wanted: readonly Wanted[];
  /** States that take a job before they can be sent. */
  private readonly serving: { source: number; served: Served }[] = [];
  /** Parts of the checkpoint that are being read, and who wants which, by name. */
  private readonly reading = new Map<string, { old: number; wanted: Wanted }[]>();

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
    this.hooks = hooks;
    this.wanted = this.plan.view.nodes.flatMap((node, position) =>
      node === world.self ? [this.wantedAt(position)] : [],
    );
  }

  /** True once this node has its state, and has sent all it is to send. */
  get done(): boolean {
    return this.serving.length === 0 && this.wanted.every(isThere);
  }

  start(): void {
    const { source } = this.plan;
    const { self } = this.world;
    if (source.checkpoint && source.version === 0) return this.beginAnew();
    if (source.checkpoint) return this.read();
    for (const [old, holder] of source.holders.entries()) {
      if (holder !== self) continue;
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
    const wanted = this.wanted.find(({ position }) => position === to);
    if (wanted === undefined || !wanted.needed.includes(source))
      throw new Error(`position ${to} got state of old position ${source}, and needs none of it`);
    collect(wanted, source, state);
    this.tellCollected();
  }

  /** Storage has answered; true if a part of a checkpoint was read. */
  loaded(name: string, value: object | null): boolean {
    const readers = this.reading.get(name);
    if (readers === undefined) return false;
    this.reading.delete(name);
    if (value === null) this.world.giveUp(`the part '${name}' of the checkpoint is not there`);
    else
      for (const { old, wanted } of readers)
        collect(wanted, old, this.part(old, wanted.position, (value as CheckpointPart).state));
    this.tellCollected();
    return true;
  }

  waitsFor(): string {
    const { holders } = this.plan.source;
    if (this.reading.size > 0) return `${this.reading.size} parts of the checkpoint`;
    const missing = this.wanted.flatMap(({ needed, parts }) =>
      needed.filter((old) => !parts.has(old)),
    );
    return missing.map((old) => `XFER of old position ${old} from node ${holders[old]}`).join(', ');
  }

  private wantedAt(position: number): Wanted {
    const { view, source } = this.plan;
    const places = source.bounds.length - 1;
    const sources = Array.from({ length: copiesIn(view) * places }, (_, old) => old);
    const needed = sources.filter((old) => overlapOf(this.plan, old, position) !== null);
    return { position, needed, parts: new Map(), isTold: false };
  }

  /** The state of an old position as far as a new one needs it. */
  private part(old: number, position: number, state: SegmentState | null): SegmentState | null {
    return state === null ? null : sliceState(state, ...this.parameters(old, position)!);
  }

  /** The parameters [low, high) that an old and a new position have in common; null if there are none. */
  private parameters(old: number, position: number): [number, number] | null {
    const blocks = overlapOf(this.plan, old, position);
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
      const own = this.wanted.find(({ position }) => position === to);
      if (own !== undefined) return collect(own, old, part);
      const message = { kind: 'XFER', epoch, to, source: old, state: part } as const;
      this.courier.send(to, message, stateBytes * (high - low));
    });
  }

  /** Once this node owes nobody a part: the state goes to its replicas, and others wait for the parts. */
  private tellCollected(): void {
    if (this.serving.length > 0) return;
    for (const wanted of this.wanted) {
      if (wanted.isTold || !isThere(wanted)) continue;
      wanted.isTold = true;
      const states = wanted.needed.flatMap((old) => wanted.parts.get(old) ?? []);
      this.hooks.collected(wanted.position, states.length === 0 ? null : joinStates(states));
    }
  }

  /** Version 0 is made from the seed, and read from nowhere. */
  private beginAnew(): void {
    const { view } = this.plan;
    for (const wanted of this.wanted) {
      for (const old of wanted.needed) wanted.parts.set(old, null);
      wanted.isTold = true;
      const { place } = placeOf(view, wanted.position);
      const [low, high] = view.bounds.slice(place, place + 2);
      this.hooks.collected(wanted.position, this.work.initialState(low, high));
    }
  }

  private read(): void {
    const { source } = this.plan;
    const { bounds, version, savedIn: epoch } = source;
    for (const wanted of this.wanted)
      for (const old of wanted.needed) {
        const { place } = placeOf(source, old);
        const name = checkpointPart({ epoch, version }, bounds[place], bounds[place + 1]);
        const reader = { old, wanted };
        const readers = this.reading.get(name);
        if (readers !== undefined) readers.push(reader);
        else {
          this.reading.set(name, [reader]);
          this.world.load(name);
        }
      }
  }
}

function isThere({ needed, parts }: Wanted): boolean {
  return parts.size === needed.length;
}

function collect({ parts, position }: Wanted, old: number, state: SegmentState | null): void {
  if (parts.has(old))
    throw new Error(`position ${position} got the state of old position ${old} twice`);
  parts.set(old, state);
}

/**
 * The replicas that one position of a view keeps of its predecessors (PROTOCOLS A.4, C): it follows their updates,
 * hands them on to its successor for as many as are to have them, and tells their owners what it can serve.
 */
import { elementWise } from '../../../costs/job-profiles.ts';
import type { World } from '../../../../engine/world.ts';
import type { FloatArray } from '../../../learning/float-array.ts';
import { copyState, type SegmentState } from '../../../learning/segment-state.ts';
import { Replica } from '../../../replication/replica.ts';
import type { Courier } from '../../../pipeline/courier.ts';
import { KeptReplica } from './kept-replica.ts';
import { ReplicaForwarding } from './replica-forwarding.ts';
import type { Share } from '../../../pipeline/layout.ts';
import {
  ACK_BYTES,
  type ReplicaGradientMessage,
  type ReplicaStateMessage,
  type TrainingMessage,
} from '../messages.ts';
import { ReplicaJob } from './replica-job.ts';
import type { Serving } from '../../../pipeline/stage/versions.ts';
import type { RingView } from '../layout/ring-view.ts';
import type { RingWork } from '../ring-work.ts';
import { replicaCount } from '../../../replication/safety.ts';

export interface ReplicaPlace {
  readonly view: RingView;
  readonly position: number;
  /** Of all positions of the view. */
  readonly shares: readonly Share[];
  readonly courier: Courier<TrainingMessage>;
}

/** A state that is asked for: what must run before it is there, if anything, and the state, borrowed. */
export interface Served {
  readonly job: ReplicaJob | null;
  /** Null without numerics. */
  state(): SegmentState | null;
}

export class Replicas {
  private readonly position: number;
  private readonly world: World;
  private readonly work: RingWork;
  private readonly view: RingView;
  private readonly shares: readonly Share[];
  private readonly courier: Courier<TrainingMessage>;
  private readonly kept = new Map<number, KeptReplica>();
  /** Opens once the successor has the own state. */
  private readonly forwarding: ReplicaForwarding;

  constructor(world: World, work: RingWork, { view, position, shares, courier }: ReplicaPlace) {
    this.world = world;
    this.work = work;
    this.view = view;
    this.shares = shares;
    this.courier = courier;
    this.position = position;
    this.forwarding = new ReplicaForwarding((message) => {
      const state = message.state === null ? null : copyState(message.state);
      this.sendOn({ ...message, state }, this.stateBytes(message.origin));
    });
  }

  /** The replicas of a run's first view: of the initial weights, which everybody can make. */
  begin(): void {
    const positions = this.view.nodes.length;
    for (let back = 1; back <= this.count; back++) {
      const origin = (this.position - back + positions) % positions;
      const { low, high } = this.shares[origin].costs;
      this.keep(origin, 0, this.work.initialState(low, high));
    }
  }

  /** Sends the replicas of this position what they begin with; the state is given away. */
  sendState(version: number, state: SegmentState | null): void {
    const { position: origin, successor: to, view } = this;
    if (this.count === 0) return;
    const message = { kind: 'REPL_STATE', epoch: view.epoch, to, origin, version, state } as const;
    this.courier.send(to, message, this.stateBytes(origin));
  }

  /** Sends the replicas of this position the step from that iteration's version to the next; it is given away. */
  sendGradient(iteration: number, gradient: FloatArray | null): void {
    const { position: origin, successor: to, view } = this;
    if (this.count === 0) return;
    const { epoch } = view;
    const message = { kind: 'REPL_GRAD', epoch, to, origin, iteration, gradient } as const;
    this.courier.send(to, message, this.shares[origin].costs.wireBytes);
  }

  receiveState(message: ReplicaStateMessage): void {
    const { origin, version, state } = message;
    this.keep(origin, version, state);
    // No step is made of it before it is handed on: the gate of its owner is shut until all replicas have it.
    if (this.handsOn(origin)) this.forwarding.add(message);
    this.acknowledge(origin, version);
  }

  receiveGradient(message: ReplicaGradientMessage): void {
    const { origin, iteration, gradient } = message;
    if (this.handsOn(origin)) {
      const copy = gradient === null ? null : gradient.slice();
      this.sendOn({ ...message, gradient: copy }, this.shares[origin].costs.wireBytes);
    }
    const kept = this.of(origin);
    kept.add(iteration, gradient);
    this.acknowledge(origin, kept.replica.high);
  }

  /** The replica of this position at `holder` has what it was sent. */
  acknowledgedBy(holder: number): void {
    if (holder === this.successor) this.forwarding.open();
  }

  /** The next step of a replica, if one is to be made; with `overdue` only where the one after it has come too. */
  next(overdue: boolean): ReplicaJob | null {
    for (const [origin, { replica, followed }] of this.kept) {
      if (replica.due <= (overdue ? 1 : 0)) continue;
      const gradient = replica.oldest;
      return this.job(origin, replica.low, () => followed?.step(gradient!));
    }
    return null;
  }

  /** The end of a job that `next` gave. */
  computed({ origin }: ReplicaJob): void {
    this.of(origin).stepped();
  }

  /** What this position can serve of others. */
  get serving(): Serving[] {
    return [...this.kept].map(
      ([
        position,
        {
          replica: { low, high },
        },
      ]) => ({ position, low, high }),
    );
  }

  /**
   * The state of that position after `version` steps. Where it takes steps to get there they are a job, to be run before
   * the state is asked for; the replica itself stays as it is.
   */
  serve(origin: number, version: number): Served {
    const { replica, followed } = this.of(origin);
    const steps = replica.stepsTo(version);
    if (steps.length === 0) return { job: null, state: () => followed?.state ?? null };
    const ahead = followed === null ? null : this.work.follow(copyState(followed.state));
    const run = () => {
      for (const gradient of steps) ahead?.step(gradient!);
    };
    const job = this.job(origin, replica.low, run, steps.length);
    return { job, state: () => ahead?.state ?? null };
  }

  /** Once stopped, the replicas are those of an earlier view. */
  retire(): void {
    for (const kept of this.kept.values()) kept.retire();
  }

  /** Once stopped, the replicas are dropped. */
  drop(retired: boolean): void {
    for (const kept of this.kept.values()) kept.drop(retired);
    this.kept.clear();
  }

  private sendOn(message: ReplicaStateMessage | ReplicaGradientMessage, bytes: number): void {
    const to = this.successor;
    this.courier.send(to, { ...message, to }, bytes);
  }

  /** How many replicas each position of the view has. */
  private get count(): number {
    return replicaCount(this.work.safety, this.view.nodes.length);
  }

  /** The position that gets what is handed on. */
  private get successor(): number {
    return (this.position + 1) % this.view.nodes.length;
  }

  /** Whether the successor keeps a replica of that position too. */
  private handsOn(origin: number): boolean {
    const positions = this.view.nodes.length;
    return (this.position - origin + positions) % positions < this.count;
  }

  private keep(origin: number, version: number, state: SegmentState | null): void {
    if (this.kept.has(origin))
      throw new Error(`position ${this.position} has a replica of position ${origin} already`);
    const replica = new Replica<FloatArray | null>(version, this.work.safety.heldBack ? 1 : 0);
    const { costs } = this.shares[origin];
    this.kept.set(origin, new KeptReplica(this.world, replica, this.work.follow(state), costs));
  }

  private of(origin: number): KeptReplica {
    const kept = this.kept.get(origin);
    if (kept === undefined)
      throw new Error(`position ${this.position} has no replica of position ${origin}`);
    return kept;
  }

  private acknowledge(origin: number, version: number): void {
    const { position: holder, view } = this;
    const message = { kind: 'REPL_ACK', epoch: view.epoch, to: origin, holder, version } as const;
    this.courier.send(origin, message, ACK_BYTES);
  }

  private job(origin: number, version: number, run: () => void, steps = 1): ReplicaJob {
    const { low, high, updateProfile: each } = this.shares[origin].costs;
    const { epoch } = this.view;
    const flops = steps * each.elementWiseFlops;
    const profile = elementWise(flops, steps * each.elementWiseBytes);
    const site = { epoch, origin, holder: this.position, low, high, flops, profile, version };
    return new ReplicaJob(site, run);
  }

  private stateBytes(origin: number): number {
    const { weightBytes, optimizerBytes } = this.shares[origin].costs;
    return weightBytes + optimizerBytes;
  }
}

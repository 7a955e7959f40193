/**
 * A node's time in one view: the positions it trains, and the replicas it keeps at them. When the view is over, what it
 * held stays here for as long as a repair may come back for it (PROTOCOLS C).
 */
import type { World } from '../../../engine/world.ts';
import type { FloatArray } from '../../learning/float-array.ts';
import { copyState, type SegmentState } from '../../learning/segment-state.ts';
import type { Courier } from './courier.ts';
import type { Share } from './layout.ts';
import { MemoryBook } from './memory-book.ts';
import type { TrainingMessage } from './messages.ts';
import type { ReplicaJob } from './replica-job.ts';
import { Replicas, type Served } from './replicas.ts';
import type { LayoutReport, RingView } from './ring-view.ts';
import type { RingWork } from './ring-work.ts';
import { replicaCount } from './safety.ts';
import type { StageJob } from './stage-job.ts';
import { Trainer } from './trainer.ts';

/** What is asked and told of a tenure; see HoldingsHooks. */
export interface TenureHooks {
  mayBegin(iteration: number): boolean;
  updated(position: number, version: number): void;
  committed(position: number, version: number): void;
}

/** A position of this node, and the memory it takes. */
interface Place {
  readonly position: number;
  readonly memory: MemoryBook;
  readonly replicas: Replicas;
  /** Null until its state is there. */
  trainer: Trainer | null;
  /** Messages that came before the trainer. */
  readonly early: TrainingMessage[];
}

export class Tenure {
  readonly view: RingView;
  private readonly world: World;
  private readonly work: RingWork;
  private readonly courier: Courier;
  private readonly shares: readonly Share[];
  private readonly places: Place[];
  private readonly hooks: TenureHooks;
  /** Whether any position may have a replica. */
  private readonly replicates: boolean;
  private retired = false;

  /** `records` are those of the view's nodes, in ring order. Enters in the ledger what its positions take. */
  constructor(
    world: World,
    work: RingWork,
    terms: { view: RingView; records: Float64Array; courier: Courier },
    hooks: TenureHooks,
  ) {
    const { view, records, courier } = terms;
    const shares = work.shares(records, view);
    this.world = world;
    this.work = work;
    this.view = view;
    this.courier = courier;
    this.shares = shares;
    this.hooks = hooks;
    this.replicates = work.safety.replicas > 0;
    this.places = [];
    const { self } = world;
    for (let p = view.nodes.indexOf(self); p >= 0; p = view.nodes.indexOf(self, p + 1))
      this.places.push(this.placeAt(p));
  }

  /** Positions of this node, in order. */
  get positions(): number[] {
    return this.places.map(({ position }) => position);
  }

  /** True once every position trains. */
  get settled(): boolean {
    return this.places.every(({ trainer }) => trainer !== null);
  }

  /** True once every position of this node has nothing left to do. */
  get complete(): boolean {
    for (const { trainer } of this.places) if (trainer === null || !trainer.complete) return false;
    return true;
  }

  /** The run's first view: every position and every replica begins with the initial weights. */
  begin(): void {
    for (const place of this.places) {
      const { low, high } = this.shares[place.position].costs;
      place.replicas.begin();
      this.train(place, 0, this.work.initialState(low, high));
    }
  }

  /**
   * The state of a position is there: it trains on from it, and its replicas begin with it. The state is the tenure's
   * from here on.
   */
  settle(position: number, version: number, state: SegmentState | null): void {
    const place = this.at(position);
    const copy = state === null ? null : copyState(state);
    const trainer = this.train(place, version, state);
    if (this.replicaCount > 0) trainer.gate.shut(version);
    place.replicas.sendState(version, copy);
    for (const message of place.early.splice(0)) trainer.receive(message);
  }

  receive(message: TrainingMessage): void {
    const place = this.at(message.to);
    switch (message.kind) {
      case 'REPL_STATE':
        return place.replicas.receiveState(message);
      case 'REPL_GRAD':
        return place.replicas.receiveGradient(message);
      default:
        if (place.trainer !== null) place.trainer.receive(message);
        else place.early.push(message);
    }
  }

  /** The next job of any position, begun: it must run and come back to `computed`. Null if there is nothing to do. */
  next(): StageJob | ReplicaJob | null {
    const { places, replicates } = this;
    let job: StageJob | ReplicaJob | null = null;
    for (let k = 0; replicates && job === null && k < places.length; k++)
      job = places[k].replicas.next(true);
    for (let k = 0; job === null && k < places.length; k++) {
      const { trainer } = places[k];
      if (trainer !== null) job = trainer.next();
    }
    for (let k = 0; replicates && job === null && k < places.length; k++)
      job = places[k].replicas.next(false);
    return job;
  }

  computed(job: StageJob | ReplicaJob): void {
    if (job.pass !== 'replica') this.at(job.position).trainer!.computed(job);
    else this.at(job.holder).replicas.computed(job);
  }

  /** Ends all training; what is held stays. */
  stop(): void {
    for (const { trainer, memory } of this.places)
      if (trainer === null) memory.stop();
      else trainer.stop();
  }

  /** Once stopped, it is the earlier view, kept for a repair that goes back to it. */
  retire(): void {
    if (this.retired) return;
    this.retired = true;
    for (const { memory, replicas } of this.places) {
      memory.retire();
      replicas.retire();
    }
  }

  /** Once stopped, it is not needed any more. */
  drop(): void {
    for (const { memory, replicas } of this.places) {
      memory.drop(this.retired);
      replicas.drop(this.retired);
    }
  }

  /** What it can serve. */
  get report(): LayoutReport {
    const { epoch, nodes, bounds } = this.view;
    return {
      epoch,
      nodes,
      bounds,
      own: this.places.flatMap(({ trainer }) => (trainer === null ? [] : trainer.state.serving)),
      replicas: this.places.flatMap(({ replicas }) => replicas.serving),
    };
  }

  /** The state of any position of the view that it holds: its own if it has that version of it, else a replica. */
  serve(position: number, version: number): Served {
    for (const { trainer } of this.places) {
      if (trainer === null || trainer.position !== position) continue;
      const { state } = trainer;
      if (state.low <= version && version <= state.high)
        return { job: null, state: () => state.at(version) };
    }
    for (const { replicas } of this.places)
      if (replicas.serving.some(({ position: origin }) => origin === position))
        return replicas.serve(position, version);
    throw new Error(
      `node ${this.world.self} holds no state of position ${position} of epoch ${this.view.epoch}`,
    );
  }

  /** The state of an own position after its newest update; borrowed. Null without numerics. */
  stateOf(position: number, version: number): SegmentState | null {
    return this.at(position).trainer!.state.at(version);
  }

  waitsFor(): string {
    const waiting = this.places.filter(({ trainer }) => trainer !== null && !trainer.complete);
    return waiting.map(({ trainer }) => trainer!.waitsFor()).join(', ');
  }

  private get replicaCount(): number {
    return replicaCount(this.work.safety, this.view.nodes.length);
  }

  private placeAt(position: number): Place {
    const { world, work, view, shares, courier } = this;
    const { costs } = shares[position];
    return {
      position,
      memory: new MemoryBook(world, costs, work.options.recompute, work.safety.previous),
      replicas: new Replicas(world, work, { view, position, shares, courier }),
      trainer: null,
      early: [],
    };
  }

  private train(place: Place, version: number, state: SegmentState | null): Trainer {
    const { world, work, view, courier } = this;
    const { position, memory } = place;
    const share = this.shares[position];
    const stage = work.stage(share.costs.low, share.costs.high, state);
    const replicas = this.replicaCount;
    const seat = { world, work, view, position, share, courier, memory, stage, version, replicas };
    place.trainer = new Trainer(seat, {
      mayBegin: (iteration) => this.hooks.mayBegin(iteration),
      updated: (of, to) => this.hooks.updated(of, to),
      committed: (_, to, gradient) => this.committed(place, to, gradient),
    });
    return place.trainer;
  }

  /** An update is final: the replicas get the step, and the gate is shut until they have it. */
  private committed(place: Place, version: number, gradient: FloatArray | null): void {
    const { iterations } = this.work.assignment.training;
    if (this.replicaCount > 0 && version < iterations) {
      place.trainer!.gate.shut(version);
      place.replicas.sendGradient(version - 1, gradient);
    }
    this.hooks.committed(place.position, version);
  }

  private at(position: number): Place {
    const { places } = this;
    for (let k = 0; k < places.length; k++) if (places[k].position === position) return places[k];
    throw new Error(
      `node ${this.world.self} does not hold position ${position} of epoch ${this.view.epoch}`,
    );
  }
}

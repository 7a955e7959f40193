/**
 * A node's time in one view: the positions it trains, and the replicas it keeps at them. When the view is over, what it
 * held stays here for as long as a repair may come back for it (PROTOCOLS C).
 */
import type { World } from '../../../engine/world.ts';
import type { SegmentState } from '../../learning/segment-state.ts';
import type { Courier } from './courier.ts';
import type { Share } from './layout.ts';
import type { TrainingMessage } from './messages.ts';
import { Place, type PlaceHooks } from './place.ts';
import type { ReplicaJob } from './replica-job.ts';
import type { Served } from './replicas.ts';
import type { LayoutReport, Resumption, RingView } from './ring-view.ts';
import type { RingWork } from './ring-work.ts';
import type { StageJob } from './stage-job.ts';

export class Tenure {
  view: RingView;
  private readonly world: World;
  private places: Place[];
  /** Whether any position may have a replica. */
  private readonly replicates: boolean;
  private retired = false;
  /** Whether its training can be gone on with. */
  private readonly logs: boolean;
  private readonly shares: readonly Share[];
  private readonly work: RingWork;
  private readonly hooks: PlaceHooks;
  /** Positions that wait for a job before they can be made anew. */
  private making: Place[] = [];

  /** `records` are those of the view's nodes, in ring order. Enters in the ledger what its positions take. */
  constructor(
    world: World,
    work: RingWork,
    terms: { view: RingView; records: Float64Array; courier: Courier },
    hooks: PlaceHooks,
  ) {
    const { view, records, courier } = terms;
    const shares = work.shares(records, view);
    this.world = world;
    this.view = view;
    this.work = work;
    this.hooks = hooks;
    this.shares = shares;
    this.replicates = work.safety.replicas > 0;
    this.logs = work.safety.logs;
    this.places = [];
    const { self } = world;
    for (let p = view.nodes.indexOf(self); p >= 0; p = view.nodes.indexOf(self, p + 1))
      this.places.push(new Place(world, work, p, { view, shares, courier }, hooks));
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
    for (const place of this.places) place.begin();
  }

  /**
   * The state of a position is there: it trains on from it, and its replicas begin with it. The state is the tenure's
   * from here on.
   */
  settle(position: number, version: number, state: SegmentState | null): void {
    this.at(position).settle(version, state);
  }

  /**
   * Goes on in another view of the same layout, in which the positions stand so. Of those that are this node's from here
   * on, it makes anew what it has no trainer of; any others it drops.
   */
  resume(courier: Courier, view: RingView, positions: readonly Resumption[]): void {
    const { shares, world, work, hooks } = this;
    this.view = view;
    this.making = [];
    const isKept = ({ position, trainer }: Place) =>
      trainer !== null && view.nodes[position] === world.self;
    const kept = this.places.filter(isKept);
    for (const place of this.places) if (!kept.includes(place)) place.drop(false);
    for (const place of kept) {
      place.keep(view, positions);
      place.resume(courier, view, positions);
    }
    this.places = positions.flatMap(({ position }) => {
      if (view.nodes[position] !== world.self) return [];
      const known = kept.find((place) => place.position === position);
      return known ?? new Place(world, work, position, { view, shares, courier }, hooks);
    });
    for (const place of this.places) if (place.trainer === null) this.make(place, positions);
  }

  receive(message: TrainingMessage): void {
    this.at(message.to).receive(message);
  }

  /** The next job of any position, begun: it must run and come back to `computed`. Null if there is nothing to do. */
  next(): StageJob | ReplicaJob | null {
    const { places, replicates } = this;
    let job: StageJob | ReplicaJob | null = this.logs ? this.due() : null;
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
    else if (job === this.making[0]?.makingJob) this.made();
    else this.at(job.holder).replicas.computed(job);
  }

  /** Ends all training; what is held stays. */
  stop(): void {
    for (const place of this.places) place.stop();
  }

  /** It is the earlier view, kept for a repair that goes back to it. */
  retire(): void {
    if (this.retired) return;
    this.retired = true;
    for (const place of this.places) place.retire();
  }

  /** It is the view in use again. */
  recall(): void {
    if (!this.retired) return;
    this.retired = false;
    for (const place of this.places) place.recall();
  }

  /** It is not needed any more. */
  drop(): void {
    for (const place of this.places) place.drop(this.retired);
  }

  /** What it can serve. */
  get report(): LayoutReport {
    const { epoch: entered, layout: epoch, nodes, bounds } = this.view;
    const { places, logs } = this;
    const standings = () =>
      places.flatMap(({ trainer }) => (trainer === null ? [] : trainer.standing));
    const proven = () => places.some(({ trainer }) => trainer?.state.hasUpdated);
    const copies = () => places.flatMap(({ replicas }) => replicas.copies);
    return {
      epoch,
      nodes,
      bounds,
      own: places.flatMap(({ trainer }) => (trainer === null ? [] : trainer.state.serving)),
      replicas: places.flatMap(({ replicas }) => replicas.serving),
      suspended: logs
        ? { entered, proven: proven(), standings: standings(), copies: copies() }
        : null,
    };
  }

  /** The state of any position of the view that it holds: its own if it has that version of it, else a replica. */
  serve(position: number, version: number): Served {
    const own = this.places.find((place) => place.position === position)?.serve(position, version);
    if (own) return own;
    for (const place of this.places) {
      const served = place.serve(position, version);
      if (served !== null) return served;
    }
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

  /** What comes before all other jobs: states that others wait for, and updates, which end an iteration. */
  private due(): StageJob | ReplicaJob | null {
    const [making] = this.making;
    if (making !== undefined) return making.makingJob;
    for (const { trainer } of this.places) if (trainer?.follows) return trainer.next();
    return null;
  }

  private make(place: Place, positions: readonly Resumption[]): void {
    const { position } = place;
    place.make(this.serve(position, positions[position].version), positions);
    if (place.trainer === null) this.making.push(place);
    else this.forgetReplica(position);
  }

  private made(): void {
    const place = this.making.shift()!;
    place.made();
    this.forgetReplica(place.position);
  }

  private forgetReplica(position: number): void {
    for (const { replicas } of this.places) replicas.forget(position);
  }

  private at(position: number): Place {
    const { places } = this;
    for (let k = 0; k < places.length; k++) if (places[k].position === position) return places[k];
    throw new Error(
      `node ${this.world.self} does not hold position ${position} of epoch ${this.view.epoch}`,
    );
  }
}

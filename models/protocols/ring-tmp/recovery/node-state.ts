/**
 * All that a node of the ring holds of the model, over all views it has lived through: the positions it trains in the
 * view in use, the replicas it keeps for others, and both of the view before for as long as a repair may still have
 * to go back to it (PROTOCOLS C). It does as it is told when views change, and knows nothing of how that is decided.
 */
import type { Job, World } from '../../../../engine/world.ts';
import { Archive } from './archive.ts';
import { CheckpointDesk } from '../checkpoint-desk.ts';
import type { NodeStateHooks } from './node-state-hooks.ts';
import { joinRecords } from '../../../costs/node-records.ts';
import type { RingMessage, TrainingMessage } from '../messages.ts';
import type { LayoutReport, RecoveryPlan, RingView } from '../layout/ring-view.ts';
import type { RingWork } from '../ring-work.ts';
import type { PipelineJob } from '../../../pipeline/stage/stage-job.ts';
import { StateTransfer } from './state-transfer.ts';
import { EpochState } from '../epoch-state.ts';

type Phase = 'idle' | 'collecting' | PipelineJob['pass'];

export class NodeState {
  private readonly world: World<RingMessage>;
  private readonly ring: RingWork;
  private readonly hooks: NodeStateHooks;
  private readonly checkpoints: CheckpointDesk;
  /** The view in use, and how this node comes to its part of it. */
  private epochState: EpochState | null = null;
  private stateTransfer: StateTransfer | null = null;
  private readonly earlier = new Archive();
  /** False before the first view, and once the one in use is abandoned. */
  private trains = false;
  private running: Job | null = null;
  /** False once the running job is of no use any more. */
  private wanted = false;
  private toldComplete = false;

  constructor(world: World<RingMessage>, ring: RingWork, hooks: NodeStateHooks) {
    this.world = world;
    this.ring = ring;
    this.hooks = hooks;
    this.checkpoints = new CheckpointDesk(world, ring);
  }

  /** The view in use; null before the first, and after `abandon` and `clear`. */
  get view(): RingView | null {
    return this.trains ? this.epochState!.view : null;
  }

  /** The pass of the running job; else 'idle', or 'collecting' while state is on its way. */
  get phase(): Phase {
    if (this.running !== null && this.wanted) return (this.running as PipelineJob).pass;
    return this.stateTransfer === null ? 'idle' : 'collecting';
  }

  /** True if every position of this node has made all its updates, and position 0 has told of all iterations. */
  get complete(): boolean {
    return this.trains && this.stateTransfer === null && this.epochState!.complete;
  }

  /**
   * The first view of the run: every position starts from the initial weights, which every node makes for itself.
   * `records` gives those of the view's places, in their order, and is asked only where nobody
   * has worked out the shares yet.
   */
  begin(view: RingView, records: () => Float64Array): void {
    this.enter(view, 0, records);
    this.epochState!.begin();
    this.work();
  }

  /**
   * Stops all work of the view in use: what was under way is thrown away, and nothing of it is taken any more. What is held
   * stays as it is from here on, so that a report made now stays true until `adopt` or `clear`. Where a job is running it
   * has ended, or no handler would be called: an update still counts, and `updated` may be told. What is sent here may
   * arrive, and need not.
   */
  abandon(): void {
    if (!this.trains) return;
    if (this.running !== null && this.wanted) this.saveResult(this.running as PipelineJob);
    this.epochState!.stop();
    this.trains = false;
    this.wanted = false;
    this.stateTransfer = null;
    this.checkpoints.leave();
  }

  /** What this node can serve, newest layout first. Call it after `abandon`. */
  report(): LayoutReport[] {
    const { epochs } = this.earlier;
    const held = this.epochState === null ? epochs : [...epochs, this.epochState];
    return held.map((epochState) => epochState.report).reverse();
  }

  /**
   * Enters a new view: sends what this node is to send of the old state, takes in what its positions need, and trains
   * on from `plan.source.version`. The layout the state comes from is kept until this node's first update, and so is
   * the last one proven by an update: in that one every replica was in place. Any other is dropped. Where the
   * source is a checkpoint all are; one of version 0 is made from the seed, and read from nowhere.
   */
  adopt(plan: RecoveryPlan): void {
    const { view, source } = plan;
    this.abandon();
    this.earlier.keep(this.epochState, source);
    this.enter(view, source.version, () => joinRecords(plan.records));
    const terms = { courier: this.hooks.courier(view), plan };
    this.stateTransfer = new StateTransfer(this.world, this.ring, terms, {
      serve: (position) => this.earlier.serve(source, position),
      collected: (position, state) => {
        this.epochState!.settle(position, state);
        // A checkpoint of this version that the change of view has cut short is made anew.
        if (!source.checkpoint && source.version > 0) this.committed(position, source.version);
      },
    });
    this.stateTransfer.start();
    this.work();
  }

  /** Drops everything: this node is out of the ring. */
  clear(): void {
    this.abandon();
    this.epochState?.drop();
    this.epochState = null;
    this.earlier.clear();
  }

  /** A message of the view in use. May start a job. */
  receive(message: TrainingMessage): void {
    if (message.kind === 'CHECKPOINTED') this.checkpoints.receive(message);
    else if (message.kind === 'XFER') this.stateTransfer!.receive(message);
    else this.epochState!.receive(message);
    this.work();
  }

  /** The running job is over. May start the next. */
  computed(job: Job): void {
    if (job !== this.running)
      throw new Error(`node ${this.world.self} runs no job '${job.name}' that could end`);
    this.running = null;
    if (this.wanted) {
      this.wanted = false;
      if (!this.stateTransfer?.computed(job)) this.epochState!.computed(job);
    }
    this.work();
  }

  /** A write has ended. */
  saved(name: string, isNewest: boolean): void {
    this.checkpoints.saved(name, isNewest);
  }

  /** Storage has answered, maybe with a part that is needed here. The index is read by others. */
  loaded(name: string, value: object | null): void {
    if (this.stateTransfer?.loaded(name, value)) this.work();
  }

  /** Gives the engine something to do, if it is free and there is something. */
  work(): void {
    if (!this.trains) return;
    this.tellSettled();
    if (this.running !== null || !this.trains) return;
    const job = this.stateTransfer?.next() ?? this.epochState!.next();
    // Asked whether it may begin, the node may have left the view: what was chosen is of no use then.
    if (!this.trains) return;
    if (job !== null) {
      this.running = job;
      this.wanted = true;
      this.hooks.begins();
      this.world.compute(job);
    } else if (!this.toldComplete && this.complete) {
      this.toldComplete = true;
      this.hooks.complete();
    }
  }

  waitsFor(): string {
    if (!this.trains) return 'a view';
    return this.stateTransfer?.waitsFor() ?? this.epochState!.waitsFor();
  }

  private enter(view: RingView, version: number, records: () => Float64Array): void {
    const courier = this.hooks.courier(view);
    this.checkpoints.enter(view, courier);
    this.trains = true;
    this.toldComplete = false;
    this.epochState = new EpochState(
      this.world,
      this.ring,
      { view, version, records, courier },
      {
        mayBegin: (iteration) => this.hooks.mayBegin(iteration),
        updated: (position, version) => {
          // It proves that all of the view is in place: nobody will go back to the one before.
          this.earlier.clear();
          this.hooks.updated(position, version);
        },
        committed: (position, version) => this.committed(position, version),
      },
    );
  }

  /** Of a job whose end has not been heard of, keeps what is state. */
  private saveResult(job: PipelineJob): void {
    if (job === this.stateTransfer?.next()) return;
    if (job.pass === 'update' || job.pass === 'replica') this.epochState!.computed(job);
  }

  /** Tells, once, that all state of this view is here and on its way to where it belongs. */
  private tellSettled(): void {
    if (this.stateTransfer === null || !this.stateTransfer.done) return;
    this.stateTransfer = null;
    this.hooks.settled(this.epochState!.view);
  }

  private committed(position: number, version: number): void {
    const epochState = this.epochState!;
    this.checkpoints.committed(position, version, () => epochState.stateAt(position, version));
  }
}

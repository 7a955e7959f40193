/**
 * One stage of a pipeline in one epoch (PROTOCOLS A.3, A.4): a run of blocks that takes micro-batches forward and
 * backward, and then makes an update. Of the other stages it knows only its neighbours. It says what could begin; the
 * schedule chooses.
 */
import type { Pass } from '../../costs/segment-costs.ts';
import type { Action } from '../actions.ts';
import { Commitment } from './commitment.ts';
import { Flow } from './flow.ts';
import { LineEnds } from './line-ends.ts';
import { StageSender } from './stage-sender.ts';
import type { StageMessage } from '../messages.ts';
import { MicroBatches } from './micro-batches.ts';
import { placeOf, type StagePlace } from '../placement.ts';
import { Recomputation } from './recomputation.ts';
import { arithmeticOf, Slice } from './slice.ts';
import type { StageHooks, StageSite } from './stage-site.ts';
import { StageJob, taskOf, type JobSite, type Task } from './stage-job.ts';
import { waitOf } from './stage-wait.ts';
import { WeightVersions } from './weight-versions.ts';
import type { StageMemory } from './stage-memory.ts';

export class Stage {
  /** Its number among the stages of all copies, and where that is. */
  readonly position: number;
  readonly at: StagePlace;
  readonly commitment: Commitment;
  private readonly site: StageSite;
  private readonly hooks: StageHooks;
  private readonly returnsCredits: boolean;
  private readonly memory: StageMemory;
  private readonly sender: StageSender;
  private readonly flow: Flow;
  private readonly jobSite: JobSite;
  private readonly ends: LineEnds;
  private readonly weights: WeightVersions;
  readonly microBatches: MicroBatches;
  private readonly recomputation: Recomputation;
  /** Where it shares its layer with its neighbours; else null. */
  private readonly slice: Slice | null;
  /** The pass that must come next, with no other job of the stage in between. */
  private followUp: { readonly pass: Pass; readonly task: Task } | null = null;
  /** The forward that waits for the replicas. */
  private heldBack: Task | null = null;

  constructor(site: StageSite, hooks: StageHooks) {
    const { work, placement, position, share, courier, version } = site;
    this.site = site;
    this.hooks = hooks;
    this.returnsCredits = share.window.returnsCredits;
    this.memory = site.memory;
    this.position = position;
    this.at = placeOf(placement, position);
    this.flow = new Flow(share.window);
    this.weights = new WeightVersions(site);
    this.microBatches = new MicroBatches(work, this.weights.rule, version);
    this.recomputation = new Recomputation(work.recompute, work.microBatches);
    this.commitment = new Commitment(site, hooks);
    this.sender = new StageSender(courier, placement, position, share.costs);
    this.ends = new LineEnds(site, this.sender, this.commitment);
    this.slice = share.costs.slice && new Slice(share.costs.slice, site, this.sender);
    const numerics = arithmeticOf(site);
    this.jobSite = { epoch: placement.epoch, position, at: this.at, numerics, costs: share.costs };
  }

  /** True once all updates are made and, at the first stage, all iterations reported. */
  get complete(): boolean {
    const { isOver, iterations } = this.microBatches;
    return isOver && this.commitment.hasReported(iterations);
  }

  /** Takes a message for this stage and epoch. */
  receive(message: StageMessage): void {
    switch (message.kind) {
      case 'FWD':
        this.slice?.forwardArrived(message);
        this.microBatches.forwardArrived(message);
        return this.memory.forwardArrived();
      case 'BWD':
        this.backwardArrived(message);
        return this.memory.backwardArrived();
      case 'FWD_Y':
        return this.ended(this.slice!.tailArrived('forward', message));
      case 'DX':
        return this.ended(this.slice!.tailArrived('backward', message));
      case 'LABEL':
        return this.backwardArrived(this.ends.labelled(message));
      case 'LOSS':
        return this.commitment.addLoss(message.iteration, message.microBatch, message.lossSum);
      case 'CREDIT':
        return this.flow.credited();
    }
  }

  /** The replica at `holder` has that version. A forward held back for it is sent if it was the last one missing. */
  acknowledged(holder: number, version: number): void {
    this.commitment.gate.ack(holder, version);
    if (this.heldBack === null || !this.commitment.gate.open) return;
    this.memory.forwardLetGo();
    this.sender.forward(this.heldBack);
    this.heldBack = null;
  }

  /** Begins what must come before anything else of the stage: an update, or a backward that has been prepared. */
  due(): StageJob | null {
    const { followUp } = this;
    if (followUp === null) return null;
    this.followUp = null;
    return this.job(followUp.pass, followUp.task);
  }

  /** Whether that pass of that micro-batch can begin, whatever the window says. */
  ready(pass: Action['pass'], microBatch: number): boolean {
    switch (pass) {
      case 'forward':
        return this.forwardReady(microBatch);
      case 'weight-gradient':
        return this.microBatches.isHalfDone(microBatch);
      default:
        return this.backwardReady(microBatch);
    }
  }

  /** Whether a backward can begin: of that micro-batch, or of the next. */
  backwardReady(microBatch?: number): boolean {
    if (this.microBatches.isOver || this.slice?.holds('backward')) return false;
    const task = this.microBatches.backward(microBatch);
    return task !== null && !this.waitsForReplicas(task);
  }

  /** Whether a forward can begin, and window and credits allow it. */
  forwardAdmitted(): boolean {
    return this.flow.admits(this.microBatches.inFlight) && this.forwardReady();
  }

  /** Begins a pass that can begin, of that micro-batch. The returned job must run. */
  begin(pass: Action['pass'], microBatch: number): StageJob {
    if (pass === 'forward') return this.beginForward(microBatch);
    if (pass === 'weight-gradient')
      return this.job(pass, this.microBatches.takeHalfDone(microBatch));
    return this.beginBackward(pass, microBatch);
  }

  /** Begins a backward, of that micro-batch or of the next. */
  beginBackward(pass: 'backward' | 'input-gradient', microBatch?: number): StageJob {
    const task = this.microBatches.backward(microBatch)!;
    this.microBatches.backwardBegins(task);
    if (!this.recomputation.backwardBegins(this.microBatches.numberOf(task)))
      return this.job(pass, task);
    this.followUp = { pass, task };
    return this.job('recompute', task);
  }

  /** Whether a forward can be repeated before its gradient is here, of that micro-batch or of the next: one at a time. */
  recomputeReady(microBatch?: number): boolean {
    const { microBatches, slice } = this;
    const number = microBatches.numberOf(microBatches.due(microBatch));
    return !slice?.holds('forward') && this.recomputation.ready(number);
  }

  /** Repeats the forward of that micro-batch, or of the next one. */
  beginRecompute(microBatch?: number): StageJob {
    const task = this.microBatches.due(microBatch);
    this.recomputation.begins(this.microBatches.numberOf(task));
    return this.job('recompute', task);
  }

  /** Begins a forward, of that micro-batch or of the next. */
  beginForward(microBatch?: number): StageJob {
    const { first } = this.sender;
    const task = first ? this.inject(microBatch) : this.microBatches.forward(microBatch)!;
    if (!first && this.returnsCredits) this.sender.credit();
    this.microBatches.forwardBegins(task);
    this.recomputation.forwardBegins(this.microBatches.numberOf(task));
    this.memory.forwardBegins(!first, this.recomputes(task));
    return this.job('forward', task);
  }

  /** A job of this stage has ended. */
  computed(job: StageJob): void {
    const isPass = job.pass === 'forward' || job.pass === 'backward';
    if (isPass && this.slice?.ends(job) === false) return;
    this.ended(job);
  }

  /** Ends the training; the state stays. */
  stop(): void {
    this.commitment.state.freeze();
    this.memory.stop();
  }

  waitsFor(): string {
    const { sender, microBatches, commitment, heldBack } = this;
    return waitOf({
      ...{ nodes: this.site.placement.nodes, sender, microBatches, gate: commitment.gate },
      ...{ tail: this.slice?.missing ?? null, lacksLabels: this.ends.missing },
      ...{ holdsBack: heldBack !== null, exhausted: this.flow.exhausted, waits: commitment.waits },
    });
  }

  /** A pass is over, if there is one, and what it has made can be sent. */
  private ended(job: StageJob | null): void {
    switch (job?.pass) {
      case 'forward':
        return this.forwardDone(job);
      case 'recompute':
        return;
      case 'input-gradient':
        this.passBack(job);
        return this.microBatches.backwardHalfDone(job);
      case 'weight-gradient':
        return this.gradientAdded(job);
      case 'backward':
        this.passBack(job);
        return this.gradientAdded(job);
      case 'update':
        return this.updated(job);
    }
  }

  private forwardReady(microBatch?: number): boolean {
    if (this.microBatches.isOver || this.slice?.holds('forward')) return false;
    if (this.sender.first) return this.microBatches.injects && this.mayInject();
    return this.microBatches.forward(microBatch) !== null;
  }

  /** Where views can change, an iteration begins when the one before is reported: nobody else could report it later. */
  private mayInject(): boolean {
    if (!this.site.work.safety.heldBack) return true;
    const { isFirst, iteration } = this.microBatches.injected;
    return !isFirst || (!this.commitment.waits && this.hooks.mayBegin(iteration));
  }

  /** The last micro-batch of the last stage, and its forward at the others, wait for the replicas. */
  private waitsForReplicas(task: Task): boolean {
    return this.sender.last && this.microBatches.isLast(task) && !this.commitment.gate.open;
  }

  /** The first stage begins that micro-batch, or the next one. */
  private inject(number?: number): Task {
    const task = this.microBatches.inject(number);
    this.backwardArrived(this.ends.injected(task));
    this.slice?.forwardArrived({ ...task, carry: this.site.numerics?.features(task) ?? null });
    return task;
  }

  private forwardDone(job: StageJob): void {
    if (this.sender.last) return this.backwardArrived(this.ends.forwarded(job));
    this.flow.sent();
    if (!this.microBatches.isLast(job) || this.commitment.gate.open)
      return this.sender.forward(job);
    this.heldBack = taskOf(job.iteration, job.microBatch, job.carry);
    this.memory.forwardHeldBack();
  }

  private backwardArrived(task: Task | null): void {
    if (task === null) return;
    this.slice?.backwardArrived(task);
    this.microBatches.backwardArrived(task);
  }

  private passBack(job: StageJob): void {
    if (!this.sender.first) this.sender.backward(job);
    this.ends.backwardDone(job);
  }

  private gradientAdded(job: StageJob): void {
    const { microBatches } = this;
    this.memory.backwardEnded(!this.sender.last, this.recomputes(job));
    this.weights.gradientAdded(microBatches.numberOf(job), microBatches.updates);
    if (!microBatches.backwardEnded()) return;
    this.hooks.gradientReady(() => {
      this.followUp = { pass: 'update', task: taskOf(job.iteration, -1) };
    });
  }

  private updated(job: StageJob): void {
    this.weights.updated(job);
    this.microBatches.updated();
    if (this.microBatches.iterationEnded) this.commitment.updated(job);
  }

  private recomputes(task: Pick<Task, 'iteration' | 'microBatch'>): boolean {
    return this.recomputation.covers(this.microBatches.numberOf(task));
  }

  private job(pass: Pass, task: Task): StageJob {
    const { share, numerics } = this.site;
    const flops = share.costs.flops[pass] - (numerics?.saved(pass) ?? 0);
    const { microBatches } = this;
    const version = this.weights.taken(pass, microBatches.numberOf(task), microBatches.updates);
    const job = new StageJob(this.jobSite, pass, flops, version, task);
    if (pass === 'update') this.weights.updateBegins(job);
    if (pass === 'recompute') this.memory.recomputeBegins();
    return job;
  }
}

/**
 * One stage of a pipeline in one epoch (PROTOCOLS A.3, A.4): a run of blocks that takes micro-batches forward and
 * backward, and then makes an update. Of the other stages it knows only its neighbours. It says what could begin; the
 * schedule chooses.
 */
import type { Pass, SegmentCosts } from '../../costs/segment-costs.ts';
import type { Action } from '../actions.ts';
import { Commitment } from './commitment.ts';
import { Flow } from './flow.ts';
import { Labels } from './labels.ts';
import { StageSender } from './stage-sender.ts';
import type { StageMessage } from '../messages.ts';
import { MicroBatches } from './micro-batches.ts';
import { placeOf, type StagePlace } from '../placement.ts';
import { Recomputation } from './recomputation.ts';
import type { StageHooks, StageSite } from './stage-site.ts';
import { StageJob, taskOf, type JobSite, type Task } from './stage-job.ts';
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
  private readonly costs: SegmentCosts;
  private readonly memory: StageMemory;
  private readonly sender: StageSender;
  private readonly flow: Flow;
  private readonly jobSite: JobSite;
  private readonly labels = new Labels();
  private readonly weights: WeightVersions;
  readonly microBatches: MicroBatches;
  private readonly recomputation: Recomputation;
  /** The pass that must come next, with no other job of the stage in between. */
  private followUp: { readonly pass: Pass; readonly task: Task } | null = null;
  /** The forward that waits for the replicas. */
  private heldBack: Task | null = null;

  constructor(site: StageSite, hooks: StageHooks) {
    const { work, placement, position, share, courier, numerics, version } = site;
    this.site = site;
    this.hooks = hooks;
    this.returnsCredits = share.window.returnsCredits;
    this.costs = share.costs;
    this.memory = site.memory;
    this.position = position;
    this.at = placeOf(placement, position);
    this.flow = new Flow(share.window);
    this.weights = new WeightVersions(site);
    this.microBatches = new MicroBatches(work, this.weights.rule, version);
    this.recomputation = new Recomputation(work.recompute, work.microBatches);
    this.commitment = new Commitment(site, hooks);
    this.jobSite = { epoch: placement.epoch, position, at: this.at, numerics, costs: share.costs };
    this.sender = new StageSender(courier, placement, position);
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
        this.microBatches.forwardArrived(message);
        return this.memory.forwardArrived();
      case 'BWD':
        this.microBatches.backwardArrived(message);
        return this.memory.backwardArrived();
      case 'LABEL':
        return this.release(this.labels.label(message));
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
    const { iteration, microBatch, carry } = this.heldBack;
    this.heldBack = null;
    this.memory.forwardLetGo();
    this.sender.forward(iteration, microBatch, carry, this.costs);
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
    if (this.microBatches.isOver) return false;
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
    return this.repeat(task);
  }

  /** Whether a forward can be repeated before its gradient is here, of that micro-batch or of the next: one at a time. */
  recomputeReady(microBatch?: number): boolean {
    const { microBatches } = this;
    return this.recomputation.ready(microBatches.numberOf(microBatches.due(microBatch)));
  }

  /** Repeats the forward of that micro-batch, or of the next one. */
  beginRecompute(microBatch?: number): StageJob {
    const task = this.microBatches.due(microBatch);
    this.recomputation.begins(this.microBatches.numberOf(task));
    return this.repeat(task);
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
    switch (job.pass) {
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

  /** Ends the training; the state stays. */
  stop(): void {
    this.commitment.state.freeze();
    this.memory.stop();
  }

  waitsFor(): string {
    const { before, behind, first } = this.sender;
    const { nodes } = this.site.placement;
    const { inFlight, backwardsWait, isOver } = this.microBatches;
    const { gate, waits } = this.commitment;
    const { iteration, microBatch } = this.microBatches.due();
    const next = `${iteration}/${microBatch}`;
    if (this.labels.missing) return `LABEL ${next} from node ${nodes[behind]}`;
    if (isOver) return `LOSS from node ${nodes[before]}`;
    if (!gate.open && (this.heldBack !== null || backwardsWait))
      return `REPL_ACK ${iteration} from ${gate.missing} replicas`;
    if (inFlight > 0 && this.flow.exhausted)
      return `BWD ${next} or CREDIT from node ${nodes[behind]}`;
    if (first && waits) return `LOSS from node ${nodes[before]}`;
    if (inFlight > 0 || first) return `BWD ${next} from node ${nodes[behind]}`;
    return `FWD ${next} from node ${nodes[before]}`;
  }

  private forwardReady(microBatch?: number): boolean {
    if (this.microBatches.isOver) return false;
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

  /** The first stage begins that micro-batch, or the next one, and sends its labels to the last stage. */
  private inject(number?: number): Task {
    const { batch, microBatches } = this.site.work.training;
    const task = this.microBatches.inject(number);
    const { iteration, microBatch } = task;
    const labels = this.site.numerics?.labels(iteration, microBatch) ?? null;
    if (this.sender.last)
      this.release(this.labels.label(taskOf(iteration, microBatch, null, labels)));
    else this.sender.label(iteration, microBatch, labels, batch / microBatches);
    return task;
  }

  private forwardDone(job: StageJob): void {
    const { iteration, microBatch, carry } = job;
    if (this.sender.last)
      return this.release(this.labels.forward(taskOf(iteration, microBatch, carry)));
    this.flow.sent();
    if (!this.microBatches.isLast(job) || this.commitment.gate.open)
      return this.sender.forward(iteration, microBatch, carry, this.costs);
    this.heldBack = taskOf(iteration, microBatch, carry);
    this.memory.forwardHeldBack();
  }

  private release(backward: Task | null): void {
    if (backward !== null) this.microBatches.backwardArrived(backward);
  }

  /** Sends the gradient to the stage before. At the last stage the loss is known now. */
  private passBack({ iteration, microBatch, carry, lossSum }: StageJob): void {
    const { first, last } = this.sender;
    if (!first) this.sender.backward(iteration, microBatch, carry, this.costs);
    if (!last) return;
    const number = this.site.work.firstMicroBatch(this.at.copy) + microBatch;
    if (this.position === 0 && first) this.commitment.addLoss(iteration, number, lossSum);
    else this.sender.loss(iteration, number, lossSum);
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

  private repeat(task: Task): StageJob {
    this.memory.recomputeBegins();
    return this.job('recompute', task);
  }

  private recomputes(task: Pick<Task, 'iteration' | 'microBatch'>): boolean {
    return this.recomputation.covers(this.microBatches.numberOf(task));
  }

  private job(pass: Pass, task: Task): StageJob {
    const { updates } = this.microBatches;
    const version = this.weights.taken(pass, this.microBatches.numberOf(task), updates);
    const job = new StageJob(this.jobSite, pass, this.costs.flops[pass], version, task);
    if (pass === 'update') this.weights.updateBegins(job);
    return job;
  }
}

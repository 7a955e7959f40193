/**
 * The training of one position in one view (PROTOCOLS A.3, A.4): a state machine that knows its neighbours' positions,
 * the closing edge, and nothing else of the ring. Which task it would run next is decided in `next` and nowhere else;
 * when the engine is its to use is decided by those who ask.
 */
import type { TrainingSpec } from '../../training.ts';
import { Commitment } from './commitment.ts';
import type { ReplicaGate } from './gate.ts';
import { LabelDesk } from './label-desk.ts';
import type { MemoryBook } from './memory-book.ts';
import type { TrainingMessage } from './messages.ts';
import type { OwnState } from './own-state.ts';
import { RingLinks } from './ring-links.ts';
import type { Seat, TrainerHooks } from './seat.ts';
import type { SegmentCosts } from './segment-costs.ts';
import { StageJob, type JobSite, type Pass, type Task } from './stage-job.ts';

export class Trainer {
  readonly position: number;
  readonly state: OwnState;
  readonly gate: ReplicaGate;
  private readonly seat: Seat;
  private readonly hooks: TrainerHooks;
  // Of the seat, what every task needs.
  private readonly training: TrainingSpec;
  private readonly costs: SegmentCosts;
  private readonly memory: MemoryBook;
  /** Micro-batches that may be under way at once. */
  private readonly window: number;
  private readonly links: RingLinks;
  private readonly commitment: Commitment;
  private readonly site: JobSite;
  private readonly desk = new LabelDesk();
  /** Forwards and backwards that may begin, lowest micro-batch first: `fq` and `bq`. */
  private readonly forwards: Task[] = [];
  private readonly backwards: Task[] = [];
  /** The backward or update that must come next, with no other task of the position in between. */
  private followUp: Task | null = null;
  /** The forward that waits at the replica gate. */
  private heldBack: Task | null = null;
  private version: number;
  /** Micro-batches of this version's iteration that position 0 has begun. */
  private injected = 0;
  private backwardsDone = 0;
  private inFlight = 0;
  /** Forwards this position may still send before its successor begins one. */
  private credits: number;

  constructor(seat: Seat, hooks: TrainerHooks) {
    const { work, view, position, share, courier, stage, version } = seat;
    this.seat = seat;
    this.hooks = hooks;
    this.position = position;
    this.version = version;
    this.training = work.assignment.training;
    this.costs = share.costs;
    this.memory = seat.memory;
    this.window = share.window.inFlight;
    this.credits = share.window.credits;
    this.commitment = new Commitment(seat, hooks);
    this.state = this.commitment.state;
    this.gate = this.commitment.gate;
    const { low, high } = share.costs;
    this.site = { epoch: view.epoch, position, stage, low, high };
    this.links = new RingLinks(courier, view, position);
  }

  /** True once it has made all updates, and at position 0 told of all iterations. */
  get complete(): boolean {
    const { iterations } = this.training;
    if (this.version < iterations) return false;
    return !this.links.first || this.commitment.told === iterations;
  }

  /** Takes a message for this position and view. */
  receive(message: TrainingMessage): void {
    switch (message.kind) {
      case 'FWD':
        this.forwards.push(message);
        return this.memory.forwardArrived();
      case 'BWD':
        this.backwards.push(message);
        return this.memory.backwardArrived();
      case 'LABEL':
        return this.release(this.desk.label(message.iteration, message.microBatch, message.labels));
      case 'LOSS':
        return this.commitment.addLoss(message.iteration, message.microBatch, message.lossSum);
      case 'CREDIT':
        this.credits++;
        return;
      case 'REPL_ACK':
        this.gate.ack(message.holder, message.version);
        return this.letGo();
      default:
        throw new Error(`position ${this.position} cannot train with ${message.kind}`);
    }
  }

  /**
   * The whole schedule: a backward if there is one, else a forward if window, credit and version allow it. Null if
   * nothing can begin. What it gives is begun: it must run, and come back to `computed`.
   */
  next(): StageJob | null {
    const { followUp, links } = this;
    if (followUp !== null) {
      this.followUp = null;
      return followUp.microBatch < 0
        ? this.job('update', this.costs.updateFlops, followUp)
        : this.job('backward', this.costs.backwardFlops, followUp);
    }
    if (this.version === this.training.iterations) return null;
    if (this.backwards.length > 0 && !this.waitsAtGate(this.backwards[0]))
      return this.startBackward(this.backwards.shift()!);
    if (this.inFlight >= this.window) return null;
    if (!links.last && this.credits <= 0) return null;
    if (links.first) return this.mayInject() ? this.inject() : null;
    if (this.forwards.length === 0 || this.forwards[0].iteration !== this.version) return null;
    links.credit();
    return this.startForward(this.forwards.shift()!, true);
  }

  /** The end of a job that `next` gave. */
  computed(job: StageJob): void {
    switch (job.pass) {
      case 'forward':
        return this.forwardDone(job);
      case 'recompute':
        return;
      case 'backward':
        return this.backwardDone(job);
      case 'update':
        return this.updateDone(job);
    }
  }

  /** Ends the training; the state stays. */
  stop(): void {
    this.state.freeze();
    this.memory.stop();
  }

  waitsFor(): string {
    const { before, behind, first } = this.links;
    const { nodes } = this.seat.view;
    const next = `${this.version}/${this.backwardsDone}`;
    if (this.desk.waitsForLabels) return `LABEL ${next} from node ${nodes[0]}`;
    if (this.version === this.training.iterations) return `LOSS from node ${nodes[before]}`;
    if (!this.gate.open && (this.heldBack !== null || this.backwards.length > 0))
      return `REPL_ACK ${this.version} from ${this.gate.missing} replicas`;
    if (this.inFlight > 0 && this.credits <= 0)
      return `BWD ${next} or CREDIT from node ${nodes[behind]}`;
    if (first && this.commitment.waits) return `LOSS from node ${nodes[before]}`;
    if (this.inFlight > 0 || first) return `BWD ${next} from node ${nodes[behind]}`;
    return `FWD ${next} from node ${nodes[before]}`;
  }

  /** The last micro-batch of the last position, and its forward at the others, wait for the replicas. */
  private waitsAtGate({ microBatch }: Task): boolean {
    return this.links.last && this.isLast(microBatch) && !this.gate.open;
  }

  private isLast(microBatch: number): boolean {
    return microBatch === this.training.microBatches - 1;
  }

  /** Where views can change, an iteration begins when the one before is told of: nobody else could tell of it later. */
  private mayInject(): boolean {
    if (this.injected === this.training.microBatches) return false;
    if (this.injected > 0 || !this.seat.work.safety.heldBack) return true;
    return !this.commitment.waits && this.hooks.mayBegin(this.version);
  }

  /** Position 0 takes in the next micro-batch, and sends its labels to where the loss is found. */
  private inject(): StageJob {
    const { batch, microBatches } = this.training;
    const iteration = this.version;
    const microBatch = this.injected++;
    const labels = this.seat.stage?.labels(iteration, microBatch) ?? null;
    if (this.links.last) this.release(this.desk.label(iteration, microBatch, labels));
    else this.links.label(iteration, microBatch, labels, batch / microBatches);
    return this.startForward({ iteration, microBatch, carry: null }, false);
  }

  private startForward(task: Task, received: boolean): StageJob {
    this.inFlight++;
    this.memory.forwardBegins(received);
    return this.job('forward', this.costs.forwardFlops, task);
  }

  private forwardDone(task: StageJob): void {
    const { iteration, microBatch, carry } = task;
    if (this.links.last) return this.release(this.desk.forward(iteration, microBatch, carry));
    this.credits--;
    if (!this.isLast(microBatch) || this.gate.open)
      return this.links.forward(iteration, microBatch, carry, this.costs);
    this.heldBack = { iteration, microBatch, carry };
    this.memory.forwardHeldBack();
  }

  /** What waited at the gate goes out, if it has opened. */
  private letGo(): void {
    if (this.heldBack === null || !this.gate.open) return;
    const { iteration, microBatch, carry } = this.heldBack;
    this.heldBack = null;
    this.memory.forwardLetGo();
    this.links.forward(iteration, microBatch, carry, this.costs);
  }

  private release(backward: Task | null): void {
    if (backward !== null) this.backwards.push(backward);
  }

  private startBackward(backward: Task): StageJob {
    const { iteration, microBatch } = backward;
    const { costs } = this;
    if (iteration !== this.version || microBatch !== this.backwardsDone)
      throw new Error(
        `position ${this.position} of node ${this.seat.world.self} cannot run backward ` +
          `${iteration}/${microBatch}: ${this.version}/${this.backwardsDone} would be next`,
      );
    if (!this.seat.work.options.recompute)
      return this.job('backward', costs.backwardFlops, backward);
    this.followUp = backward;
    this.memory.recomputeBegins();
    return this.job('recompute', costs.forwardFlops, { iteration, microBatch, carry: null });
  }

  private backwardDone({ iteration, microBatch, carry, lossSum }: StageJob): void {
    const { first, last } = this.links;
    const { costs } = this;
    this.inFlight--;
    this.backwardsDone++;
    this.memory.backwardEnded(!last);
    if (!first) this.links.backward(iteration, microBatch, carry, costs);
    if (last && first) this.commitment.addLoss(iteration, microBatch, lossSum);
    else if (last) this.links.loss(iteration, microBatch, lossSum);
    if (this.backwardsDone < this.training.microBatches) return;
    this.followUp = { iteration, microBatch: -1, carry: null };
  }

  private updateDone(job: StageJob): void {
    this.version++;
    this.backwardsDone = 0;
    this.injected = 0;
    this.commitment.updated(job);
  }

  private job(pass: Pass, flops: number, task: Task): StageJob {
    return new StageJob(this.site, pass, flops, this.version, task);
  }
}

/**
 * One node of RingTMP-sync (PROTOCOLS A.3, A.4): a state machine that knows its neighbours, the closing edge, and
 * nothing of the other nodes. Which task runs next is decided in `choose` and nowhere else.
 */
import type { Node, NodeId, World } from '../../../engine/world.ts';
import { NOTES, publishes } from '../../notes.ts';
import { LabelDesk } from './label-desk.ts';
import { LossBook } from './loss-book.ts';
import { emptyRecords, measure, writeRecord } from './measurement.ts';
import type { MeasureMessage, RingMessage } from './messages.ts';
import { OwnSegment } from './own-segment.ts';
import { RingLinks } from './ring-links.ts';
import type { RingWork } from './ring-work.ts';
import { StageJob, type Pass, type Task } from './stage-job.ts';

type Phase = 'new' | 'measuring' | 'idle' | Pass | 'finished';

export class RingNode implements Node<RingMessage> {
  phase: Phase = 'new';
  private readonly world: World<RingMessage>;
  private readonly work: RingWork;
  private readonly links: RingLinks;
  private readonly losses: LossBook;
  private readonly desk = new LabelDesk();
  private laidOut: OwnSegment | null = null;
  /** Forwards and backwards that may begin, lowest micro-batch first: `fq` and `bq`. */
  private readonly forwards: Task[] = [];
  private readonly backwards: Task[] = [];
  /** The backward whose forward is being run again. */
  private recomputing: Task | null = null;
  private version = 0;
  /** Micro-batches of this version's iteration that position 0 has begun. */
  private injected = 0;
  private backwardsDone = 0;
  private inFlight = 0;
  /** Forwards this node may still send before its successor begins one. */
  private credits = 0;

  constructor(world: World<RingMessage>, work: RingWork) {
    this.world = world;
    this.work = work;
    this.links = new RingLinks(world, work.nodeCount);
    this.losses = new LossBook(work.assignment.training, (name, note) => world.note(name, note));
  }

  get finished(): boolean {
    return this.phase === 'finished';
  }

  start(): void {
    this.become('measuring', 'new');
    const { first, last } = this.links;
    if (!first) return;
    const records = emptyRecords(this.work.nodeCount);
    writeRecord(records, 0, measure(this.work.assignment, 0));
    if (!last) return this.links.token('collect', records, 1);
    this.layOut(records);
    this.begin();
  }

  receive(message: RingMessage, from: NodeId): void {
    this.refuseIllegal(message, from);
    switch (message.kind) {
      case 'MEASURE':
        return this.measured(message);
      case 'FWD':
        this.forwards.push(message);
        this.segment.memory.forwardArrived();
        break;
      case 'BWD':
        this.backwards.push(message);
        this.segment.memory.backwardArrived();
        break;
      case 'LABEL':
        this.release(this.desk.label(message.iteration, message.microBatch, message.labels));
        break;
      case 'LOSS':
        this.losses.add(message.iteration, message.microBatch, message.lossSum);
        break;
      case 'CREDIT':
        this.credits++;
    }
    this.choose();
  }

  computed(job: StageJob): void {
    switch (this.phase) {
      case 'forward':
        return this.forwardDone(job);
      case 'recompute':
        return this.recomputeDone();
      case 'backward':
        return this.backwardDone(job);
      case 'update':
        return this.updateDone();
      default:
        throw new Error(`node ${this.world.self} runs no job in phase '${this.phase}'`);
    }
  }

  woken(alarm: string): void {
    throw new Error(`node ${this.world.self} set no alarm, and '${alarm}' went off`);
  }

  waitsFor(): string {
    const { before, behind, first } = this.links;
    const next = `${this.version}/${this.backwardsDone}`;
    if (this.phase === 'measuring') return `MEASURE from node ${before}`;
    if (this.desk.waitsForLabels) return `LABEL ${next} from node 0`;
    if (this.version === this.training.iterations) return `LOSS from node ${before}`;
    if (this.inFlight > 0 && this.credits === 0) return `BWD ${next} or CREDIT from node ${behind}`;
    if (this.inFlight > 0 || first) return `BWD ${next} from node ${behind}`;
    return `FWD ${next} from node ${before}`;
  }

  private get training() {
    return this.work.assignment.training;
  }

  private get segment(): OwnSegment {
    return this.laidOut!;
  }

  /** The only change of phase. */
  private become(phase: Phase, from: Phase): void {
    if (this.phase !== from)
      throw new Error(
        `node ${this.world.self} cannot go from phase '${this.phase}' to '${phase}', ` +
          `only from '${from}'`,
      );
    this.phase = phase;
  }

  private refuseIllegal(message: RingMessage, from: NodeId): void {
    const { phase } = this;
    const timely =
      message.kind === 'MEASURE'
        ? phase === 'measuring'
        : phase !== 'new' && phase !== 'measuring' && phase !== 'finished';
    if (timely && this.links.senderOf(message.kind) === from) return;
    throw new Error(
      `node ${this.world.self} in phase '${phase}' cannot take ${message.kind} from node ${from}`,
    );
  }

  /** The token came: it goes on with one record more, or with all of them, until it has made both laps. */
  private measured({ lap, records }: MeasureMessage): void {
    const { first } = this.links;
    const { self } = this.world;
    if (lap === 'collect' && !first) {
      writeRecord(records, self, measure(this.work.assignment, self));
      return this.links.token('collect', records, self + 1);
    }
    if (lap === 'spread' && first) return this.begin();
    this.layOut(records);
    this.links.token('spread', records, this.work.nodeCount);
    if (!first) this.begin();
  }

  private layOut(records: Float64Array): void {
    this.laidOut = new OwnSegment(this.world, this.work, records);
    this.credits = this.laidOut.window.credits;
  }

  private begin(): void {
    this.become('idle', 'measuring');
    this.choose();
  }

  /** The whole schedule: a backward if there is one, else a forward if window, credit and version allow it. */
  private choose(): void {
    if (this.phase !== 'idle') return;
    if (this.version === this.training.iterations) {
      if (!this.links.first || this.losses.complete) this.become('finished', 'idle');
      return;
    }
    const backward = this.backwards.shift();
    if (backward !== undefined) return this.startBackward(backward);
    if (this.inFlight >= this.segment.window.inFlight) return;
    if (!this.links.last && this.credits === 0) return;
    if (this.links.first) {
      if (this.injected < this.training.microBatches) this.inject();
    } else if (this.forwards.length > 0 && this.forwards[0].iteration === this.version) {
      this.links.credit();
      this.startForward(this.forwards.shift()!, true);
    }
  }

  /** Position 0 takes in the next micro-batch, and sends its labels to where the loss is found. */
  private inject(): void {
    const { first, last } = this.links;
    const { batch, microBatches } = this.training;
    const iteration = this.version;
    const microBatch = this.injected++;
    const labels = this.segment.stage?.labels(iteration, microBatch) ?? null;
    if (first && last) this.release(this.desk.label(iteration, microBatch, labels));
    else this.links.label(iteration, microBatch, labels, batch / microBatches);
    this.startForward({ iteration, microBatch, carry: null }, false);
  }

  private startForward(task: Task, received: boolean): void {
    this.inFlight++;
    this.segment.memory.forwardBegins(received);
    this.run('forward', this.segment.costs.forwardFlops, task);
  }

  private forwardDone({ iteration, microBatch, carry }: StageJob): void {
    this.become('idle', 'forward');
    if (this.links.last) this.release(this.desk.forward(iteration, microBatch, carry));
    else {
      this.credits--;
      this.links.forward(iteration, microBatch, carry, this.segment.costs);
    }
    this.choose();
  }

  private release(backward: Task | null): void {
    if (backward !== null) this.backwards.push(backward);
  }

  private startBackward(backward: Task): void {
    const { iteration, microBatch } = backward;
    if (iteration !== this.version || microBatch !== this.backwardsDone)
      throw new Error(
        `node ${this.world.self} in phase '${this.phase}' cannot run backward ` +
          `${iteration}/${microBatch}: ${this.version}/${this.backwardsDone} would be next`,
      );
    if (this.work.options.recompute) {
      this.recomputing = backward;
      this.segment.memory.recomputeBegins();
      const { forwardFlops } = this.segment.costs;
      this.run('recompute', forwardFlops, { iteration, microBatch, carry: null });
    } else this.run('backward', this.segment.costs.backwardFlops, backward);
  }

  private recomputeDone(): void {
    this.become('idle', 'recompute');
    this.run('backward', this.segment.costs.backwardFlops, this.recomputing!);
    this.recomputing = null;
  }

  private backwardDone({ iteration, microBatch, carry, lossSum }: StageJob): void {
    const { first, last } = this.links;
    this.become('idle', 'backward');
    this.inFlight--;
    this.backwardsDone++;
    this.segment.memory.backwardEnded(!last);
    if (!first) this.links.backward(iteration, microBatch, carry, this.segment.costs);
    if (last && first) this.losses.add(iteration, microBatch, lossSum);
    else if (last) this.links.loss(iteration, microBatch, lossSum);
    if (this.backwardsDone < this.training.microBatches) return this.choose();
    this.run('update', this.segment.costs.updateFlops, { iteration, microBatch: -1, carry: null });
  }

  private updateDone(): void {
    const { stage } = this.segment;
    this.become('idle', 'update');
    this.version++;
    this.backwardsDone = 0;
    this.injected = 0;
    if (stage !== null && publishes(this.training, this.version)) {
      const { offset, parameters: values } = stage;
      this.world.note(NOTES.weights, { version: this.version, offset, values });
    }
    if (this.links.first) this.losses.update();
    this.choose();
  }

  private run(pass: Pass, flops: number, task: Task): void {
    this.become(pass, 'idle');
    this.world.compute(new StageJob(this.segment.stage, pass, flops, this.version, task));
  }
}

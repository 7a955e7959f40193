/**
 * The training of one node in one view: the gradient of its share, pass by pass, the sum of each bucket from when it is
 * ready, beside those of the others, and the step. Additions go before passes: others wait for them. It knows no failure; a
 * new view has a new one.
 */
import type { Job, JobProfile, World } from '../../../engine/world.ts';
import type { RingPlace } from '../../collectives/ring-places.ts';
import { RingSum } from '../../collectives/ring-sum.ts';
import { elementWise } from '../../costs/job-profiles.ts';
import { shareOf, type Share } from '../../learning/shares.ts';
import type { View } from '../../membership/view.ts';
import type { Learner } from './learner.ts';
import type { ChunkMessage, TrainingMessage } from './messages.ts';
import type { AllReduceWork } from './work.ts';

/** A job, as claims and traces see it. */
export interface TrainingJob extends Job {
  readonly pass: 'gradient' | 'add' | 'step';
  readonly step: number;
  readonly epoch: number;
  readonly iteration: number;
  /** Of the batch: samples [low, high). */
  readonly low: number;
  readonly high: number;
}

/** What the node does for it. */
export interface TrainerHost {
  /** Null under `numerics: 'cost'`. */
  readonly learner: Learner | null;
  /** The engine is free. */
  readonly isFree: boolean;
  /** The job that was begun last is over, whether `computed` has been called for it or not. */
  readonly hasEnded: boolean;
  compute(job: TrainingJob): void;
  /** A step is done, so many in all. Training goes on by `begin`. */
  stepped(version: number): void;
}

interface Addition {
  readonly sum: RingSum<ChunkMessage>;
  readonly elements: number;
}

const NONE: readonly Addition[] = [];

export class Trainer {
  /** Steps made. */
  version: number;
  /** Whether an iteration is under way. */
  isAtWork = false;
  readonly share: Share;
  private readonly world: World<TrainingMessage>;
  private readonly work: AllReduceWork;
  private readonly epoch: number;
  private readonly host: TrainerHost;
  /** By bucket. */
  private readonly sums: readonly RingSum<ChunkMessage>[];
  /** In this iteration: passes begun and ended, and buckets summed. */
  private begun = 0;
  private ended = 0;
  private summed = 0;
  /** The sum that waits for the engine, or is in it, and what it adds; behind it others, of which most nodes have none. */
  private adding: RingSum<ChunkMessage> | null = null;
  private elements = 0;
  private behind: readonly Addition[] = NONE;
  /** The last addition: most are alike. */
  private lastAddition: TrainingJob | null = null;
  private isStepping = false;
  private isOver = false;
  private bufferBytes = 0;
  private activationBytes = 0;

  constructor(
    world: World<TrainingMessage>,
    work: AllReduceWork,
    view: View,
    version: number,
    host: TrainerHost,
  ) {
    const { members, epoch } = view;
    const index = members.indexOf(world.self);
    this.world = world;
    this.work = work;
    this.epoch = epoch;
    this.version = version;
    this.host = host;
    this.share = shareOf(work.training.batch, members.length, index);
    const places = work.places(members, index);
    this.sums = work.buckets.map((_, bucket) => this.newSum(bucket, places));
  }

  /** Begins the next iteration. */
  begin(): void {
    this.isAtWork = true;
    this.begun = this.ended = this.summed = 0;
    const { low, high } = this.share;
    this.holdActivations((high - low) * this.work.costs.activationBytesPerSample);
    this.goOn();
  }

  receive(chunk: ChunkMessage): void {
    this.sums[chunk.bucket].receive(chunk);
    this.goOn();
  }

  /** A job of this trainer is over. */
  computed({ pass }: TrainingJob): void {
    if (pass === 'add') this.additionEnded();
    else if (pass === 'gradient') this.passEnded();
    else if (this.isStepping) this.stepEnded();
    this.goOn();
  }

  /**
   * The view is over: gives back all memory but that of the state. A step whose job has ended is done, though nobody has
   * been told so yet; a job that has only just begun does nothing.
   */
  stop(): void {
    if (this.isStepping && this.host.hasEnded) this.stepEnded();
    this.isOver = true;
    this.isAtWork = false;
    this.holdActivations(0);
    this.holdBuffers(-this.bufferBytes);
    this.host.learner?.reset();
  }

  waitsFor(): string {
    if (!this.isAtWork) return `iteration ${this.version} to begin`;
    const missing = this.work.buckets.length - this.summed;
    return `the sums of ${missing} buckets in iteration ${this.version}`;
  }

  private newSum(bucket: number, places: readonly RingPlace[]): RingSum<ChunkMessage> {
    const { world, epoch } = this;
    const sum: RingSum<ChunkMessage> = new RingSum(
      {
        message: ({ ring, values, bytes }) => ({
          kind: 'CHUNK',
          epoch,
          bucket,
          ring,
          values,
          bytes,
        }),
        send: (to, chunk) => world.send(to, chunk, chunk.bytes),
        add: (elements) => this.add({ sum, elements }),
        hold: (bytes) => this.holdBuffers(bytes),
        release: (bytes) => this.holdBuffers(-bytes),
        summed: () => void this.summed++,
      },
      places,
      this.work.each.wireBytes,
    );
    return sum;
  }

  private passEnded(): void {
    const bucket = this.ended++;
    const { buckets } = this.work;
    if (this.ended === buckets.length) this.holdActivations(0);
    this.sums[bucket].begin(this.host.learner?.vector ?? null, buckets[bucket].elements);
  }

  private stepEnded(): void {
    this.isStepping = false;
    this.isAtWork = false;
    this.version++;
    this.host.stepped(this.version);
  }

  /** Starts the next job, if the engine is free and there is one. */
  goOn(): void {
    if (!this.host.isFree) return;
    const { adding, work } = this;
    if (adding !== null) this.beginAddition(this.elements);
    else if (this.isAtWork && this.begun < work.buckets.length) this.beginPass(this.begun++);
    else if (this.isAtWork && this.summed === work.buckets.length) {
      this.isStepping = true;
      const { updateFlops, updateProfile } = work.costs;
      const run = () => this.host.learner?.step();
      this.host.compute(this.job('step', updateFlops, updateProfile, run));
    }
  }

  private beginPass(bucket: number): void {
    const { share, version } = this;
    const { flops, profile } = this.work.passes(share.high - share.low)[bucket];
    const run = () => {
      const { learner } = this.host;
      if (bucket === 0) learner?.forward(version, share);
      learner?.backward(bucket);
    };
    this.host.compute(this.job('gradient', flops, profile, run));
  }

  private beginAddition(elements: number): void {
    const { lastAddition: last, version } = this;
    if (last?.flops === elements && last.iteration === version) return this.host.compute(last);
    const profile = elementWise(elements, elements * this.work.each.sumTraffic);
    this.lastAddition = this.job('add', elements, profile, () => this.adding!.addOwn());
    this.host.compute(this.lastAddition);
  }

  private add(addition: Addition): void {
    if (this.adding !== null) {
      this.behind = [...this.behind, addition];
      return;
    }
    this.adding = addition.sum;
    this.elements = addition.elements;
  }

  private additionEnded(): void {
    const { adding } = this;
    this.adding = null;
    if (this.behind.length > 0) {
      const [next, ...behind] = this.behind;
      this.behind = NONE;
      this.add(next);
      this.behind = behind;
    }
    adding!.added();
  }

  private job(
    pass: TrainingJob['pass'],
    flops: number,
    profile: JobProfile,
    run: () => void,
  ): TrainingJob {
    const { version: iteration, epoch, share } = this;
    const { low, high } = share;
    const name = `${pass} ${iteration}`;
    const runs = () => {
      if (!this.isOver) run();
    };
    const what = { step: iteration, epoch, pass, iteration, low, high };
    return { name, flops, profile, run: runs, ...what };
  }

  /** Holds so many bytes more, or fewer. */
  private holdBuffers(bytes: number): void {
    this.bufferBytes += bytes;
    if (bytes > 0) this.world.hold('buffers', bytes);
    else if (bytes < 0) this.world.release('buffers', -bytes);
  }

  private holdActivations(bytes: number): void {
    const { world, activationBytes } = this;
    this.activationBytes = bytes;
    if (bytes > activationBytes) world.hold('activations', bytes - activationBytes);
    else if (bytes < activationBytes) world.release('activations', activationBytes - bytes);
  }
}

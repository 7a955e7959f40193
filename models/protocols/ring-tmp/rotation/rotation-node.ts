/**
 * A node of a ring in which weights move and data stays (PROTOCOLS A.7, rotation): blocks of the line come by, one at a
 * time, and it runs each on its own samples before it hands the block on. It knows nothing of failures.
 */
import type { Job, Node, NodeId, World } from '../../../../engine/world.ts';
import type { SegmentCosts } from '../../../costs/segment-costs.ts';
import { Losses } from '../../../pipeline/stage/losses.ts';
import { NOTES, publishes } from '../../../spec/notes.ts';
import type { RingRestart } from '../ring-node.ts';
import type { RingWork } from '../ring-work.ts';
import { Home } from './home.ts';
import { LOSS_BYTES } from '../../../pipeline/messages.ts';
import type { BlockMessage, GetMessage, Half, RotationMessage } from './rotation-messages.ts';
import { type Turn, Turns } from './turns.ts';
import type { PipelineJob } from '../../../pipeline/stage/stage-job.ts';
import { Visiting } from './visiting.ts';

interface RotationJob extends PipelineJob {
  readonly pass: Half | 'update';
}

export class RotationNode implements Node<RotationMessage> {
  private readonly world: World<RotationMessage>;
  private readonly work: RingWork;
  private readonly restart: RingRestart;
  private readonly turns: Turns;
  /** Of each block. */
  private readonly costs: readonly SegmentCosts[];
  private readonly home: Home;
  private readonly visiting: Visiting | null;
  /** At node 0. */
  private readonly losses: Losses | null;
  private readonly arrived: BlockMessage[] = [];
  private iteration: number;
  /** Its next turn of the iteration. */
  private index = 0;
  private running: Job | null = null;
  /** The block and the turn that it runs. */
  private visitor: { readonly turn: Turn; readonly block: BlockMessage } | null = null;
  private lossSum: number | null = null;
  /** Iterations done for good. */
  private kept: number;

  constructor(world: World<RotationMessage>, work: RingWork, restart: RingRestart) {
    const { version, state } = restart.beginning;
    const { training, assignment } = work;
    const { model, data } = assignment;
    const { bounds, shares } = work.rotated;
    this.world = world;
    this.work = work;
    this.restart = restart;
    this.iteration = version;
    this.kept = version;
    this.turns = new Turns(work.nodeCount, training.microBatches);
    this.costs = shares.map(({ costs }) => costs);
    const own = this.costs[world.self];
    const begin = state?.[0] ?? work.initialState(own.low, own.high);
    this.home = new Home(work, version, begin, (block) => this.give(block));
    this.visiting =
      work.exact && model.kind === 'mlp' && data !== null
        ? new Visiting(work, model, data, bounds)
        : null;
    this.losses =
      world.self > 0
        ? null
        : new Losses(training, version, (name, note) =>
            world.note(name, { ...note, epoch: restart.beginning.epoch }),
          );
  }

  get phase(): string {
    if (this.finished) return 'finished';
    return (this.running as RotationJob | null)?.pass ?? 'idle';
  }

  get finished(): boolean {
    const { iterations } = this.work.training;
    return (
      this.home.version === iterations && (this.losses?.iterations ?? iterations) === iterations
    );
  }

  start(): void {
    const { weightBytes, optimizerBytes } = this.costs[this.world.self];
    this.world.hold('weights', weightBytes);
    if (optimizerBytes > 0) this.world.hold('optimizer', optimizerBytes);
    this.beginHalf('forward');
    this.goOn();
  }

  receive(message: RotationMessage): void {
    switch (message.kind) {
      case 'GET':
        this.home.asked(message);
        break;
      case 'BLOCK':
        this.arrive(message);
        break;
      case 'GRADIENT':
        this.world.hold('gradients', this.costs[message.block].gradientBytes);
        this.home.gradientArrived(message);
        break;
      case 'LOSS':
        this.losses!.add(message.iteration, message.microBatch, message.lossSum);
        this.keepReported();
    }
    this.goOn();
  }

  computed(job: Job): void {
    this.running = null;
    if ((job as RotationJob).pass === 'update') this.updated();
    else this.passed();
    this.goOn();
  }

  woken(alarm: string): void {
    throw new Error(`node ${this.world.self} set no alarm, and '${alarm}' went off`);
  }

  waitsFor(): string {
    const { turns, iteration, index } = this;
    const { self } = this.world;
    if (iteration === this.work.training.iterations) return 'LOSS, or a gradient of its own block';
    const { half, block } = turns.turn(self, index);
    return `BLOCK ${block} for a ${half} of ${iteration}, from node ${turns.next(half === 'forward' ? 'backward' : 'forward', self)}`;
  }

  /** The update first: others wait for it. Else its next turn, if the block is there. */
  private goOn(): void {
    if (this.running !== null) return;
    if (this.home.isDue) return this.compute(this.updateJob());
    if (this.iteration === this.work.training.iterations) return;
    const turn = this.turns.turn(this.world.self, this.index);
    const at = this.arrived.findIndex(
      ({ half, iteration, round, block }) =>
        half === turn.half &&
        iteration === this.iteration &&
        round === turn.round &&
        block === turn.block,
    );
    if (at < 0) return;
    const [block] = this.arrived.splice(at, 1);
    this.visitor = { turn, block };
    if (turn.round === 0) this.askForNext(turn);
    if (turn.half === 'forward')
      this.world.hold('activations', this.costs[turn.block].activationBytes);
    this.compute(this.passJob(turn, block));
  }

  private compute(job: RotationJob): void {
    this.running = job;
    this.world.compute(job);
  }

  /** The first node of a half fetches blocks from their homes, each when it begins the one before. */
  private askForNext({ half, block }: Turn): void {
    const next = block + (half === 'forward' ? 1 : -1);
    if (0 <= next && next < this.turns.nodes) this.ask(half, next);
  }

  private beginHalf(half: Half): void {
    this.ask(half, half === 'forward' ? 0 : this.turns.nodes - 1);
  }

  private ask(half: Half, block: number): void {
    const { self } = this.world;
    if (this.turns.first(half) !== self) return;
    const message: GetMessage = { kind: 'GET', half, iteration: this.iteration, block };
    if (block === self) this.home.asked(message);
    else this.world.send(block, message, 0);
  }

  /** A copy of the own block goes to the first node of that half. */
  private give(block: BlockMessage): void {
    this.pass(this.turns.first(block.half), block);
  }

  private pass(to: NodeId, block: BlockMessage): void {
    if (to === this.world.self) this.arrive(block);
    else this.world.send(to, block, this.bytesOf(block));
  }

  private arrive(block: BlockMessage): void {
    this.world.hold('visitors', this.bytesOf(block));
    this.arrived.push(block);
  }

  private bytesOf({ half, block }: BlockMessage): number {
    return (half === 'forward' ? 1 : 2) * this.costs[block].wireBytes;
  }

  /** A turn is over: the block goes on. */
  private passed(): void {
    const { turns, iteration, lossSum } = this;
    const { self } = this.world;
    const { turn, block } = this.visitor!;
    const { half, round } = turn;
    this.visitor = null;
    this.world.release('visitors', this.bytesOf(block));
    const isLast = self === turns.last(half);
    if (!isLast || round + 1 < turns.rounds)
      this.pass(turns.next(half, self), { ...block, round: isLast ? round + 1 : round });
    else if (half === 'backward') this.bringHome(block);
    if (half === 'backward') {
      this.world.release('activations', this.costs[turn.block].activationBytes);
      if (turn.block === turns.nodes - 1) this.report(iteration, turn.microBatch, lossSum);
    }
    this.index++;
    if (this.index === turns.count / 2) this.beginHalf('backward');
    if (this.index < turns.count) return;
    this.index = 0;
    this.iteration++;
    if (this.iteration < this.work.training.iterations) this.beginHalf('forward');
  }

  private bringHome({ iteration, block, gradients }: BlockMessage): void {
    const message = { kind: 'GRADIENT', iteration, block, gradients } as const;
    if (block !== this.world.self)
      return this.world.send(block, message, this.costs[block].wireBytes);
    this.world.hold('gradients', this.costs[block].gradientBytes);
    this.home.gradientArrived(message);
  }

  private report(iteration: number, microBatch: number, lossSum: number | null): void {
    if (this.losses !== null) {
      this.losses.add(iteration, microBatch, lossSum);
      return this.keepReported();
    }
    this.world.send(0, { kind: 'LOSS', iteration, microBatch, lossSum }, LOSS_BYTES);
  }

  private updated(): void {
    const { world, home, work } = this;
    world.release('gradients', this.costs[world.self].gradientBytes);
    home.updated();
    const { state, version } = home;
    if (state !== null && publishes(work.training, version)) {
      const { offset, parameters: values } = state;
      const { epoch } = this.restart.beginning;
      world.note(NOTES.weights, { version, offset, values, epoch });
    }
    this.losses?.update();
    this.keepReported();
  }

  /** A step is done for good; at node 0 once it is reported. */
  private keepReported(): void {
    const { version } = this.home;
    if (version === this.kept || (this.losses?.iterations ?? version) < version) return;
    this.kept = version;
    this.restart.keep(version, () => [this.home.copy()]);
  }

  private passJob(turn: Turn, block: BlockMessage): RotationJob {
    const { half, microBatch } = turn;
    const { low, high, flops, passProfile } = this.costs[turn.block];
    const { iteration, visiting } = this;
    return {
      ...this.identity(half, microBatch, iteration),
      ...{ name: `${half} ${iteration}/${microBatch} of block ${turn.block}`, low, high },
      ...{ flops: flops[half], profile: passProfile },
      run: () => {
        if (visiting === null) return;
        const { weights, gradients } = block;
        if (half === 'forward')
          return visiting.forward(turn.block, iteration, microBatch, weights!);
        if (turn.block === this.turns.nodes - 1)
          this.lossSum = visiting.loss(iteration, microBatch);
        visiting.backward(turn.block, microBatch, weights!, gradients!);
      },
    };
  }

  private updateJob(): RotationJob {
    const { low, high, flops, updateProfile } = this.costs[this.world.self];
    const { version } = this.home;
    return {
      ...this.identity('update', -1, version),
      ...{ name: `update ${version}`, low, high, flops: flops.update, profile: updateProfile },
      run: () => this.home.step(),
    };
  }

  private identity(pass: RotationJob['pass'], microBatch: number, iteration: number) {
    const { epoch } = this.restart.beginning;
    return { pass, iteration, microBatch, version: iteration, epoch, step: iteration };
  }
}

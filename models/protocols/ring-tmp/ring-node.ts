/**
 * A node of RingTMP-sync where nothing can fail (PROTOCOLS A): the start-up, then training in the one view there is. A
 * message that has no business here, or no business now, is an error.
 */
import type { Job, Node, NodeId, World } from '../../../engine/world.ts';
import type { RingPlace } from '../../collectives/ring-places.ts';
import { DirectCourier } from '../../pipeline/courier.ts';
import type { RingMessage, TrainingMessage } from './messages.ts';
import type { RingWork } from './ring-work.ts';
import { JobRunner, type JobSource } from '../../pipeline/job-runner.ts';
import { copyState, type SegmentState } from '../../learning/segment-state.ts';
import type { Beginning, Keep } from '../../restart/terms.ts';
import type { PipelineJob } from '../../pipeline/stage/stage-job.ts';
import { NO_HOOKS } from '../../pipeline/stage/stage-site.ts';
import { replicaCount } from '../../replication/safety.ts';
import { EpochState } from './epoch-state.ts';
import { StartUp } from './start-up.ts';

/** The state of each position of a node, in the order of the line; null under `numerics: 'cost'`. */
export type RingState = readonly (SegmentState | null)[];

/** Where a node begins, and whom it tells of its steps. */
export interface RingRestart {
  readonly beginning: Beginning<RingState>;
  readonly keep: Keep<RingState>;
}

/** The beginning of a run, without anybody who wants to know. */
export const FROM_SEED: RingRestart = {
  beginning: { epoch: 0, version: 0, state: null },
  keep() {},
};

export class RingNode implements Node<RingMessage> {
  private stage: 'new' | 'measuring' | 'training' | 'finished' = 'new';
  private readonly world: World<RingMessage>;
  private readonly work: RingWork;
  /** Null once it is over. */
  private startUp: StartUp | null;
  /** Null before the start-up is over. */
  private epochState: EpochState | null = null;
  private runner: JobRunner | null = null;
  /** Chunks of sums, and losses, from rings whose start-up was over before. */
  private readonly early: RingMessage[] = [];
  /** Its place on its ring, and on the column of those at the same place. */
  private readonly ring: RingPlace;
  private readonly column: RingPlace;
  private readonly restart: RingRestart;

  /** Begins where `restart` says, which is told of its steps. */
  constructor(world: World<RingMessage>, work: RingWork, restart: RingRestart = FROM_SEED) {
    this.world = world;
    this.work = work;
    this.restart = restart;
    this.ring = work.ringOf(world.self);
    this.column = work.columnOf(world.self);
    this.startUp = new StartUp(world, work, (records) => this.begin(records));
  }

  get phase(): string {
    if (this.stage !== 'training') return this.stage;
    return (this.runner?.running as PipelineJob | null)?.pass ?? 'idle';
  }

  get finished(): boolean {
    return this.stage === 'finished';
  }

  start(): void {
    this.become('measuring', 'new');
    this.startUp!.start();
  }

  receive(message: RingMessage, from: NodeId): void {
    if (!this.mayCome(message.kind, from)) this.refuse(message, from);
    if (message.kind === 'MEASURE') return this.startUp!.receive(message);
    if (this.stage === 'measuring') this.early.push(message);
    else if (this.epochState!.receive(message as TrainingMessage)) this.goOn();
  }

  computed(job: Job): void {
    this.runner!.computed(job);
    this.goOn();
  }

  woken(alarm: string): void {
    throw new Error(`node ${this.world.self} set no alarm, and '${alarm}' went off`);
  }

  waitsFor(): string {
    return this.stage === 'measuring' ? this.startUp!.waitsFor() : this.epochState!.waitsFor();
  }

  /** The only change of stage. */
  private become(stage: 'measuring' | 'training' | 'finished', from: string): void {
    if (this.stage !== from)
      throw new Error(
        `node ${this.world.self} cannot go from '${this.stage}' to '${stage}', only from '${from}'`,
      );
    this.stage = stage;
  }

  private begin(records: Float64Array): void {
    this.become('training', 'measuring');
    const { world, work } = this;
    const { epoch, version, state } = this.restart.beginning;
    const view = work.firstView(records, epoch);
    const courier = new DirectCourier<TrainingMessage>(world as World<TrainingMessage>, view);
    const terms = { view, version, records: () => records, courier };
    const epochState = new EpochState(world, work, terms, {
      ...NO_HOOKS,
      committed: (_, made) => this.keep(made),
    });
    this.startUp = null;
    this.epochState = epochState;
    this.runner = new JobRunner(world, epochState as JobSource);
    if (version === 0) epochState.begin();
    else
      for (const [k, position] of epochState.positions.entries())
        epochState.settle(position, state?.[k] ?? null);
    for (const message of this.early.splice(0)) epochState.receive(message as TrainingMessage);
    this.goOn();
  }

  /** A step is done for good. Where its loss came so late that the next is made, it is not kept. */
  private keep(version: number): void {
    const { epochState } = this;
    const { positions } = epochState!;
    if (positions.every((position) => epochState!.isAt(position, version)))
      this.restart.keep(version, () =>
        positions.map((position) => copyOf(epochState!.stateAt(position, version))),
      );
  }

  private goOn(): void {
    this.runner?.work();
    if (this.stage === 'training' && this.runner!.running === null && this.epochState!.complete)
      this.become('finished', 'training');
  }

  private refuse(message: RingMessage, from: NodeId): never {
    throw new Error(
      `node ${this.world.self} in phase '${this.phase}' cannot take ${message.kind} from node ${from}`,
    );
  }

  /** Whether that node sends this node messages of that kind, and now; nodes stand in order of position. */
  private mayCome(kind: RingMessage['kind'], from: NodeId): boolean {
    const { ring, column } = this;
    if (kind === 'SUM') return column.size > 1 && from === column.before;
    if (kind === 'MEASURE')
      return this.stage === 'measuring' && (from === ring.before || from === column.before);
    const isLate = this.stage === 'measuring' && column.size > 1;
    if (this.stage !== 'training' && !(isLate && kind === 'LOSS')) return false;
    const { self } = this.world;
    const { position: place, size: count } = ring;
    const wraps = this.work.laps > 1;
    switch (kind) {
      case 'FWD':
      case 'FWD_Y':
        return (wraps || place > 0) && from === ring.before;
      case 'BWD':
      case 'DX':
      case 'CREDIT':
        return (wraps || place < count - 1) && from === ring.next;
      case 'LABEL':
        return place === count - 1 && from === ring.next;
      case 'LOSS':
        return self === 0 && from % count === count - 1;
      case 'REPL_GRAD':
        return from === ring.before;
      case 'REPL_ACK':
        return (from - self + count) % count <= replicaCount(this.work.safety, count);
      default:
        return false;
    }
  }
}

function copyOf(state: SegmentState | null): SegmentState | null {
  return state && copyState(state);
}

/**
 * A node of RingTMP-sync where nothing can fail (PROTOCOLS A): the start-up, then training in the one view there is. A
 * message that has no business here, or no business now, is an error.
 */
import type { Job, Node, NodeId, World } from '../../../engine/world.ts';
import { DirectCourier } from './courier.ts';
import { Holdings } from './holdings.ts';
import type { RingMessage } from './messages.ts';
import type { RingWork } from './ring-work.ts';
import { replicaCount } from './safety.ts';
import { StartUp } from './start-up.ts';

export class RingNode implements Node<RingMessage> {
  private stage: 'new' | 'measuring' | 'training' | 'finished' = 'new';
  private readonly world: World<RingMessage>;
  private readonly work: RingWork;
  private readonly startUp: StartUp;
  private readonly holdings: Holdings;

  constructor(world: World<RingMessage>, work: RingWork) {
    this.world = world;
    this.work = work;
    this.startUp = new StartUp(world, work, (records) => this.begin(records));
    this.holdings = new Holdings(world, work, {
      courier: (view) => new DirectCourier(world, view),
      mayBegin: () => true,
      settled: () => {},
      updated: () => {},
      complete: () => this.become('finished', 'training'),
    });
  }

  get phase(): string {
    return this.stage === 'training' ? this.holdings.phase : this.stage;
  }

  get finished(): boolean {
    return this.stage === 'finished';
  }

  start(): void {
    this.become('measuring', 'new');
    this.startUp.start();
  }

  receive(message: RingMessage, from: NodeId): void {
    this.refuseIllegal(message, from);
    if (message.kind === 'MEASURE') this.startUp.receive(message);
    else this.holdings.receive(message);
  }

  computed(job: Job): void {
    this.holdings.computed(job);
  }

  saved(name: string): void {
    this.holdings.saved(name);
  }

  woken(alarm: string): void {
    throw new Error(`node ${this.world.self} set no alarm, and '${alarm}' went off`);
  }

  waitsFor(): string {
    if (this.stage === 'measuring') return `MEASURE from node ${this.startUp.before}`;
    return this.holdings.waitsFor();
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
    this.holdings.begin(this.work.firstView(records), records);
  }

  private refuseIllegal(message: RingMessage, from: NodeId): void {
    const timely = this.stage === (message.kind === 'MEASURE' ? 'measuring' : 'training');
    if (timely && this.mayCome(message.kind, from)) return;
    throw new Error(
      `node ${this.world.self} in phase '${this.phase}' cannot take ${message.kind} from node ${from}`,
    );
  }

  /** Whether that node is one that sends this node messages of that kind; nodes stand in order of position. */
  private mayCome(kind: RingMessage['kind'], from: NodeId): boolean {
    const { self } = this.world;
    const count = this.work.nodeCount;
    const last = self === count - 1;
    const back = (self - from + count) % count;
    switch (kind) {
      case 'MEASURE':
      case 'REPL_GRAD':
        return back === 1;
      case 'FWD':
        return self > 0 && back === 1;
      case 'BWD':
      case 'CREDIT':
        return !last && back === count - 1;
      case 'LABEL':
        return last && from === 0;
      case 'LOSS':
        return self === 0 && back === 1;
      case 'REPL_ACK':
        return (count - back) % count <= replicaCount(this.work.safety, count);
      case 'CHECKPOINTED':
        return self === 0;
      default:
        return false;
    }
  }
}

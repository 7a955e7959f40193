/**
 * The server under bulk synchronous parallel (PROTOCOLS section D): it collects one push a worker, adds them in
 * worker order whatever order they come in, updates once, and only then answers the pulls of the next clock, in
 * worker order too. So its weights are those of sequential SGD that sums the same shares in the same order.
 */
import type { Job, Message, Node, NodeId, World } from '../../../engine/world.ts';
import { type IterationNote, NOTES, publishes, type WeightsNote } from '../../spec/notes.ts';
import { nothing, type ParameterServerJob } from './jobs.ts';
import type { ParameterServerMessage, Pull, PullReply, Push } from './messages.ts';
import { ProtocolViolation } from './protocol-violation.ts';
import type { ServerSettings } from './server-settings.ts';

export type BspServerPhase = 'collecting' | 'adding' | 'updating' | 'done';

export class BspServer implements Node<ParameterServerMessage> {
  phase: BspServerPhase = 'collecting';
  /** Updates made, which is also the clock being collected. */
  private version = 0;
  /** Pushes of workers below this one are in the sum. */
  private added = 0;
  /** Pushes that have come and are not in the sum yet, by worker; null where none. */
  private readonly buffered: (Push | null)[];
  /** Whether a worker's pull of the next clock waits for the update, by worker. */
  private readonly pulling: boolean[];
  private lossSum = 0;

  constructor(
    private readonly world: World<ParameterServerMessage>,
    private readonly settings: ServerSettings,
  ) {
    this.buffered = new Array<Push | null>(settings.workers).fill(null);
    this.pulling = new Array<boolean>(settings.workers).fill(false);
  }

  get finished(): boolean {
    return this.phase === 'done';
  }

  start(): void {
    const { costs } = this.settings;
    this.world.hold('weights', costs.vectorBytes);
    this.world.hold('optimizer', costs.optimizerBytes);
    this.world.hold('gradient sum', costs.vectorBytes);
  }

  receive(message: Message, from: NodeId): void {
    if (from >= this.settings.workers || this.phase === 'done')
      throw this.violation(`${message.kind} from node ${from}`);
    if (message.kind === 'pull') this.takePull(message as Pull, from);
    else if (message.kind === 'push') this.takePush(message as Push, from);
    else throw this.violation(`${message.kind} from node ${from}`);
  }

  computed(job: Job): void {
    if (this.phase === 'adding') this.endAdd();
    else if (this.phase === 'updating') this.endUpdate();
    else throw this.violation(`the end of job ${job.name}`);
  }

  woken(alarm: string): void {
    throw this.violation(`alarm ${alarm}`);
  }

  waitsFor(): string {
    const missing: number[] = [];
    for (let worker = this.added; worker < this.settings.workers; worker++)
      if (this.buffered[worker] === null) missing.push(worker);
    const few = missing.slice(0, 8).join(', ');
    const more = missing.length > 8 ? ` and ${missing.length - 8} more` : '';
    const whose =
      missing.length === 1 ? `the push of worker ${few}` : `the pushes of workers ${few}`;
    return `${whose}${more} for clock ${this.version}`;
  }

  /** A pull of the present clock may come late, between the pushes of others; additions leave the weights alone. */
  private takePull(pull: Pull, from: NodeId): void {
    if (pull.clock === this.version && this.phase !== 'updating') this.answer(from);
    else if (pull.clock === this.version + 1 && !this.pulling[from]) this.pulling[from] = true;
    else throw this.violation(`pull of clock ${pull.clock} from worker ${from}`);
  }

  private takePush(push: Push, from: NodeId): void {
    if (push.clock !== this.version || this.buffered[from] !== null || from < this.added)
      throw this.violation(`push of clock ${push.clock} from worker ${from}`);
    this.buffered[from] = push;
    this.world.hold('pushes', this.settings.costs.vectorBytes);
    if (this.phase === 'collecting' && from === this.added) this.becomeAdding(push);
  }

  private becomeAdding(push: Push): void {
    if (this.phase !== 'collecting' && this.phase !== 'adding')
      throw this.violation(`the addition of clock ${push.clock}`);
    this.phase = 'adding';
    const { weights, costs } = this.settings;
    const { gradient } = push;
    const job: ParameterServerJob = {
      name: `add ${this.version}/${this.added}`,
      flops: costs.addFlops,
      run: weights === null || gradient === null ? nothing : () => weights.add(gradient),
      pass: 'add',
      iteration: this.version,
      version: this.version,
      worker: this.added,
    };
    this.world.compute(job);
  }

  private endAdd(): void {
    this.lossSum += this.buffered[this.added]?.lossSum ?? 0;
    this.buffered[this.added] = null;
    this.world.release('pushes', this.settings.costs.vectorBytes);
    this.added++;
    if (this.added === this.settings.workers) return this.becomeUpdating();
    const next = this.buffered[this.added];
    if (next === null) this.becomeCollecting();
    else this.becomeAdding(next);
  }

  private becomeUpdating(): void {
    if (this.phase !== 'adding') throw this.violation('the last addition');
    this.phase = 'updating';
    const { weights, costs } = this.settings;
    const job: ParameterServerJob = {
      name: `update ${this.version}`,
      flops: costs.updateFlops,
      run: weights === null ? nothing : () => weights.stepBySum(),
      pass: 'update',
      iteration: this.version,
      version: this.version,
      worker: null,
    };
    this.world.compute(job);
  }

  private endUpdate(): void {
    const { training } = this.settings;
    this.version++;
    this.added = 0;
    this.report();
    if (this.version === training.iterations) return this.becomeDone();
    this.becomeCollecting();
    for (let worker = 0; worker < this.settings.workers; worker++) {
      if (!this.pulling[worker]) continue;
      this.pulling[worker] = false;
      this.answer(worker);
    }
  }

  private becomeCollecting(): void {
    if (this.phase !== 'adding' && this.phase !== 'updating')
      throw this.violation('a new collection');
    this.phase = 'collecting';
  }

  private becomeDone(): void {
    if (this.phase !== 'updating') throw this.violation('the end of the run');
    this.phase = 'done';
  }

  private answer(worker: NodeId): void {
    const { weights, costs } = this.settings;
    const reply: PullReply = {
      kind: 'pull-reply',
      clock: this.version,
      version: this.version,
      weights: weights === null ? null : weights.copy(),
    };
    this.world.send(worker, reply, costs.vectorBytes);
  }

  /** Tells of the update just made: iteration version - 1 gave weights `version`. */
  private report(): void {
    const { weights, training } = this.settings;
    const note: IterationNote = {
      iteration: this.version - 1,
      samples: this.version * training.batch,
      loss: weights === null ? null : this.lossSum / training.batch,
    };
    this.lossSum = 0;
    this.world.note(NOTES.iteration, note);
    if (weights === null || !publishes(training, this.version)) return;
    const slice: WeightsNote = { version: this.version, offset: 0, values: weights.parameters };
    this.world.note(NOTES.weights, slice);
  }

  private violation(event: string): ProtocolViolation {
    return new ProtocolViolation('server', this.world.self, this.phase, event);
  }
}

/**
 * The server under asynchronous parallel (PROTOCOLS section D): messages are served one by one in order of
 * arrival; each push is an update of its own, each pull is answered with the weights of that moment. Nobody
 * waits for anybody, so gradients are applied to weights newer than those they were computed with.
 */
import type { Job, Message, Node, NodeId, World } from '../../../engine/world.ts';
import { type IterationNote, NOTES, publishes, type WeightsNote } from '../../spec/notes.ts';
import { nothing, type ParameterServerJob } from './jobs.ts';
import type { ParameterServerMessage, Pull, PullReply, Push } from './messages.ts';
import { ProtocolViolation } from './protocol-violation.ts';
import type { ServerSettings } from './server-settings.ts';
import { shareOf } from '../../learning/shares.ts';

export type AspServerPhase = 'serving' | 'updating' | 'done';

interface Request {
  readonly message: Pull | Push;
  readonly from: NodeId;
}

export class AspServer implements Node<ParameterServerMessage> {
  phase: AspServerPhase = 'serving';
  /** Requests that wait, oldest first. The first is the push being applied while the phase is 'updating'. */
  private readonly queue: Request[] = [];
  private updates = 0;
  private samples = 0;
  /** Loss and samples since the last iteration was counted. */
  private lossSum = 0;
  private lossSamples = 0;
  /** By worker: pushes and pulls taken in, and the updates there were at the last answer. */
  private readonly pushed: number[];
  private readonly pulled: number[];
  private readonly readAt: number[];

  constructor(
    private readonly world: World<ParameterServerMessage>,
    private readonly settings: ServerSettings,
  ) {
    this.pushed = new Array<number>(settings.workers).fill(0);
    this.pulled = new Array<number>(settings.workers).fill(0);
    this.readAt = new Array<number>(settings.workers).fill(0);
  }

  get finished(): boolean {
    return this.phase === 'done';
  }

  start(): void {
    const { costs } = this.settings;
    this.world.hold('weights', costs.vectorBytes);
    this.world.hold('optimizer', costs.optimizerBytes);
  }

  receive(message: Message, from: NodeId): void {
    if (from >= this.settings.workers || this.phase === 'done')
      throw this.violation(`${message.kind} from node ${from}`);
    if (message.kind === 'push') this.takePush(message as Push, from);
    else if (message.kind === 'pull') this.takePull(message as Pull, from);
    else throw this.violation(`${message.kind} from node ${from}`);
    if (this.phase === 'serving') this.serve();
  }

  computed(job: Job): void {
    if (this.phase !== 'updating') throw this.violation(`the end of job ${job.name}`);
    this.endUpdate(this.queue[0]);
    if (this.updates === this.settings.workers * this.settings.training.iterations)
      return this.becomeDone(job.name);
    this.becomeServing(job.name);
    this.serve();
  }

  woken(alarm: string): void {
    throw this.violation(`alarm ${alarm}`);
  }

  waitsFor(): string {
    const { workers, training } = this.settings;
    const behind: string[] = [];
    for (let worker = 0; worker < workers; worker++)
      if (this.pushed[worker] < training.iterations)
        behind.push(`${this.pushed[worker]} of worker ${worker}`);
    const more = behind.length > 8 ? ` and ${behind.length - 8} more` : '';
    return `the pushes of clock ${behind.slice(0, 8).join(', ')}${more}`;
  }

  private takePush(push: Push, from: NodeId): void {
    if (push.clock !== this.pushed[from])
      throw this.violation(`push of clock ${push.clock} from worker ${from}`);
    this.pushed[from]++;
    this.world.hold('pushes', this.settings.costs.vectorBytes);
    this.queue.push({ message: push, from });
  }

  private takePull(pull: Pull, from: NodeId): void {
    if (pull.clock !== this.pushed[from] || this.pulled[from] !== pull.clock)
      throw this.violation(`pull of clock ${pull.clock} from worker ${from}`);
    this.pulled[from]++;
    this.queue.push({ message: pull, from });
  }

  /** Answers pulls up to the first push, and begins to apply that. */
  private serve(): void {
    while (this.queue.length > 0) {
      const { message, from } = this.queue[0];
      if (message.kind === 'push') return this.becomeUpdating(message, from);
      this.queue.shift();
      this.answer(message, from);
    }
  }

  private answer(pull: Pull, worker: NodeId): void {
    const { weights, costs } = this.settings;
    this.readAt[worker] = this.updates;
    const reply: PullReply = {
      kind: 'pull-reply',
      clock: pull.clock,
      version: this.updates,
      weights: weights === null ? null : weights.copy(),
    };
    this.world.send(worker, reply, costs.vectorBytes);
  }

  private becomeUpdating(push: Push, worker: NodeId): void {
    if (this.phase !== 'serving') throw this.violation(push.kind);
    this.phase = 'updating';
    const { weights, costs } = this.settings;
    const { gradient } = push;
    const job: ParameterServerJob = {
      name: `update ${push.clock}/${worker}`,
      flops: costs.addFlops + costs.updateFlops,
      run: weights === null || gradient === null ? nothing : () => weights.stepBy(gradient),
      pass: 'update',
      iteration: push.clock,
      version: this.updates,
      worker,
    };
    this.world.compute(job);
  }

  private endUpdate({ message, from }: Request): void {
    const { workers, training, costs } = this.settings;
    this.queue.shift();
    this.world.release('pushes', costs.vectorBytes);
    this.world.note(NOTES.staleness, this.updates - this.readAt[from]);
    this.updates++;
    const share = shareOf(training.batch, workers, from);
    this.samples += share.high - share.low;
    this.lossSamples += share.high - share.low;
    this.lossSum += (message as Push).lossSum ?? 0;
    if (this.updates % workers === 0) this.report();
  }

  private becomeServing(event: string): void {
    if (this.phase !== 'updating') throw this.violation(event);
    this.phase = 'serving';
  }

  private becomeDone(event: string): void {
    if (this.phase !== 'updating') throw this.violation(event);
    this.phase = 'done';
  }

  /** Tells of an iteration: one push a worker on the average, whoever made them. */
  private report(): void {
    const { weights, workers, training } = this.settings;
    const version = this.updates / workers;
    const note: IterationNote = {
      iteration: version - 1,
      samples: this.samples,
      loss: weights === null ? null : this.lossSum / this.lossSamples,
    };
    this.lossSum = 0;
    this.lossSamples = 0;
    this.world.note(NOTES.iteration, note);
    if (weights === null || !publishes(training, version)) return;
    const slice: WeightsNote = { version, offset: 0, values: weights.parameters };
    this.world.note(NOTES.weights, slice);
  }

  private violation(event: string): ProtocolViolation {
    return new ProtocolViolation('server', this.world.self, this.phase, event);
  }
}

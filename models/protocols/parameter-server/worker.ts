/**
 * A worker of the parameter server, the same under BSP and ASP: pull, compute the gradient of its share in one
 * job, push, and at once pull again. It knows neither the other workers nor when the server applies a push.
 */
import type { Job, Message, Node, NodeId, World } from '../../../engine/world.ts';
import type { WholeModelCosts } from '../../costs/whole-model-costs.ts';
import type { GradientLearner } from '../../learning/gradient-learner.ts';
import { type ParameterServerJob, nothing } from './jobs.ts';
import {
  LOSS_BYTES,
  PULL_BYTES,
  type ParameterServerMessage,
  type Pull,
  type PullReply,
  type Push,
} from './messages.ts';
import { ProtocolViolation } from './protocol-violation.ts';
import type { Share } from '../../learning/shares.ts';

export type WorkerPhase = 'ready' | 'pulling' | 'computing' | 'done';

export interface WorkerSettings {
  readonly server: NodeId;
  readonly share: Share;
  readonly iterations: number;
  readonly costs: WholeModelCosts;
  /** Null under `numerics: 'cost'`. */
  readonly learner: GradientLearner | null;
}

export class Worker implements Node<ParameterServerMessage> {
  phase: WorkerPhase = 'ready';
  private clock = 0;
  private version = 0;
  private readonly activationBytes: number;

  constructor(
    private readonly world: World<ParameterServerMessage>,
    private readonly settings: WorkerSettings,
  ) {
    const { share, costs } = settings;
    this.activationBytes = (share.high - share.low) * costs.activationBytesPerSample;
  }

  get finished(): boolean {
    return this.phase === 'done';
  }

  start(): void {
    const { vectorBytes } = this.settings.costs;
    this.world.hold('weights', vectorBytes);
    this.world.hold('gradients', vectorBytes);
    this.becomePulling('start');
  }

  receive(message: Message, from: NodeId): void {
    if (message.kind !== 'pull-reply' || from !== this.settings.server)
      throw this.violation(`${message.kind} from node ${from}`);
    const reply = message as PullReply;
    if (reply.clock !== this.clock)
      throw this.violation(`pull-reply for clock ${reply.clock} at clock ${this.clock}`);
    this.becomeComputing(reply);
  }

  computed(job: Job): void {
    if (this.phase !== 'computing') throw this.violation(`the end of job ${job.name}`);
    this.world.release('activations', this.activationBytes);
    this.sendPush();
    this.clock++;
    if (this.clock < this.settings.iterations) this.becomePulling(job.name);
    else this.becomeDone(job.name);
  }

  woken(alarm: string): void {
    throw this.violation(`alarm ${alarm}`);
  }

  waitsFor(): string {
    return `the weights of clock ${this.clock} from server ${this.settings.server}`;
  }

  private becomePulling(event: string): void {
    if (this.phase !== 'ready' && this.phase !== 'computing') throw this.violation(event);
    this.phase = 'pulling';
    const pull: Pull = { kind: 'pull', clock: this.clock };
    this.world.send(this.settings.server, pull, PULL_BYTES);
  }

  private becomeComputing(reply: PullReply): void {
    if (this.phase !== 'pulling') throw this.violation(reply.kind);
    this.phase = 'computing';
    this.version = reply.version;
    const { learner, share, costs } = this.settings;
    if (learner !== null && reply.weights !== null) learner.load(reply.weights);
    this.world.hold('activations', this.activationBytes);
    const clock = this.clock;
    const job: ParameterServerJob = {
      name: `gradient ${clock}`,
      flops: (share.high - share.low) * costs.flopsPerSample,
      run: learner === null ? nothing : () => learner.computeGradient(clock),
      pass: 'gradient',
      iteration: clock,
      version: this.version,
      worker: this.world.self,
    };
    this.world.compute(job);
  }

  private becomeDone(event: string): void {
    if (this.phase !== 'computing') throw this.violation(event);
    this.phase = 'done';
  }

  private sendPush(): void {
    const { learner, server, costs } = this.settings;
    const push: Push = {
      kind: 'push',
      clock: this.clock,
      gradient: learner === null ? null : learner.takeGradient(),
      lossSum: learner === null ? null : learner.lossSum,
    };
    this.world.send(server, push, costs.vectorBytes + LOSS_BYTES);
  }

  private violation(event: string): ProtocolViolation {
    return new ProtocolViolation('worker', this.world.self, this.phase, event);
  }
}

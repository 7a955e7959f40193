/**
 * One simulated node: its logic, its engine that does one job at a time, its inbox, alarms and memory. It calls
 * the handlers of the logic one after another, never one inside another, and reports what they throw.
 */
import type { Accounting } from './accounting.ts';
import type { Alarms } from './alarms.ts';
import { jobNs } from './cost.ts';
import type { Distribution } from './distribution.ts';
import { sample } from './distribution.ts';
import type { HostSpec } from './host-spec.ts';
import { Inbox } from './inbox.ts';
import type { Kernel } from './kernel.ts';
import { Ledger } from './ledger.ts';
import type { Observers } from './observers.ts';
import { randomStream } from './random.ts';
import type { NodeStanding } from './result.ts';
import type { Job, Message, Node, NodeId, RandomStream } from './world.ts';

/** What is told of a host's life. */
export interface HostKeeper {
  /** True once a handler has failed: no other is called from then on. */
  readonly failed: boolean;
  nodeFinished(): void;
  handlerFailed(host: Host, doing: string, error: unknown): void;
}

/** What the hosts of a run share. */
export interface HostServices {
  readonly seed: number;
  readonly kernel: Kernel;
  readonly accounting: Accounting;
  readonly observers: Observers;
  readonly keeper: HostKeeper;
  /** False where jobs cost time but are never run. */
  readonly runJobs: boolean;
  /** Factor on the time of every job. */
  readonly computeJitter: Distribution | null;
  /** The kind of the events that end jobs. */
  readonly jobEnd: number;
}

/** Stands where a node's logic is not placed yet. */
const NOBODY: Node = {
  phase: 'not placed',
  finished: false,
  start() {},
  receive() {},
  computed() {},
  woken() {},
  waitsFor: () => 'its placement',
};

export class Host {
  node: Node = NOBODY;
  readonly self: NodeId;
  readonly ledger: Ledger;
  readonly alarms: Alarms;
  jobs = 0;
  flops = 0;

  private readonly spec: HostSpec;
  private readonly services: HostServices;
  private readonly inbox = new Inbox();
  private readonly jitter: RandomStream | null;
  private job: Job | null = null;
  private jobStartNs = 0;
  private finished = false;

  constructor(self: NodeId, spec: HostSpec, services: HostServices, alarms: Alarms) {
    this.self = self;
    this.spec = spec;
    this.services = services;
    this.alarms = alarms;
    this.ledger = new Ledger(spec.memoryBytes);
    this.jitter = services.computeJitter
      ? randomStream(services.seed, `node/${self}/jitter`)
      : null;
  }

  /** Starts a job; an error while another has not ended. */
  compute(job: Job): void {
    if (this.job)
      throw new Error(
        `compute: '${job.name}' was asked for, but '${this.job.name}' is not over; ` +
          'a node does one job at a time',
      );
    if (!(job.flops >= 0 && job.flops < Infinity))
      throw new RangeError(`compute: '${job.name}' has ${job.flops} FLOPs, 0 or more is right`);
    const { kernel, accounting, computeJitter, jobEnd } = this.services;
    const factor = this.jitter ? sample(computeJitter!, this.jitter) : 1;
    this.job = job;
    this.jobStartNs = kernel.now;
    accounting.jobStarted(this.self, job.redo === true, kernel.now);
    kernel.schedule(kernel.now + jobNs(this.spec, job.flops, factor), jobEnd, this.self, 0);
  }

  start(): void {
    try {
      this.node.start();
    } catch (error) {
      this.services.keeper.handlerFailed(this, 'starting', error);
    }
    this.settleFinished();
  }

  /** A message has arrived: it is received at once, or waits in the inbox while a job runs. */
  deliver(message: Message, from: NodeId): void {
    if (this.services.keeper.failed) return;
    if (this.job) {
      this.inbox.put(message, from);
      return;
    }
    try {
      this.node.receive(message, from);
    } catch (error) {
      this.services.keeper.handlerFailed(this, receiving(message, from), error);
    }
    this.settleFinished();
  }

  /** The job is over: runs it, hands over what arrived meanwhile, then tells the node, then its alarms. */
  endJob(): void {
    const job = this.job!;
    const { kernel, accounting, observers, keeper, runJobs } = this.services;
    accounting.jobEnded(this.self, kernel.now);
    this.jobs++;
    this.flops += job.flops;
    let message: Message | null = null;
    let from = this.self;
    try {
      if (runJobs) job.run();
      observers.jobEnded(this.self, job, this.jobStartNs, kernel.now);
      while (this.inbox.length > 0) {
        from = this.inbox.sender;
        message = this.inbox.take();
        this.node.receive(message, from);
      }
      message = null;
      this.job = null;
      this.node.computed(job);
    } catch (error) {
      const doing = message ? receiving(message, from) : `at the end of job '${job.name}'`;
      keeper.handlerFailed(this, doing, error);
      return;
    }
    this.wakeAll();
    this.settleFinished();
  }

  /** An alarm has fallen due; while a job runs it waits for the job's end. */
  alarmDue(alarm: number): void {
    this.alarms.fallDue(alarm);
    if (this.job) return;
    this.wakeAll();
    this.settleFinished();
  }

  standing(): NodeStanding {
    const { phase } = this.node;
    return { node: this.self, phase, waitsFor: this.node.waitsFor(), inbox: this.inbox.list() };
  }

  get isFinished(): boolean {
    return this.finished;
  }

  private wakeAll(): void {
    for (let name = this.alarms.take(); name !== null; name = this.alarms.take()) {
      try {
        this.node.woken(name);
      } catch (error) {
        this.services.keeper.handlerFailed(this, `waking for '${name}'`, error);
        return;
      }
    }
  }

  private settleFinished(): void {
    if (this.finished || !this.node.finished) return;
    this.finished = true;
    this.services.keeper.nodeFinished();
  }
}

function receiving(message: Message, from: NodeId): string {
  return `receiving '${message.kind}' from node ${from}`;
}

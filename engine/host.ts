/**
 * One simulated node: its logic, its engine that does one job at a time, its inbox, alarms and memory. It calls
 * the handlers of the logic one after another, never one inside another, and reports what they throw. It stands
 * still, loses its memory and begins a new incarnation as it is told, and must not know why.
 */
import type { Alarms } from './alarms.ts';
import { atEnd, hearing, receiving, waking } from './doing.ts';
import type { HostSpec } from './host-spec.ts';
import { Inbox } from './inbox.ts';
import { Ledger } from './ledger.ts';
import type { NewsItem } from './news.ts';
import { hear, News } from './news.ts';
import type { Observers } from './observers.ts';
import type { ProcessorServices } from './processor.ts';
import { Processor } from './processor.ts';
import { randomStream } from './random.ts';
import type { NodeStanding } from './result.ts';

import type { Message, Node, NodeId } from './world.ts';

/** What is told of a host's crashes and returns. */
export interface HostKeeper {
  /** True once a handler has failed: no other is called from then on. */
  readonly failed: boolean;
  nodeFinished(): void;
  handlerFailed(host: Host, doing: string, error: unknown): void;
}

/** What the hosts of a run share. */
export interface HostServices extends ProcessorServices {
  readonly seed: number;
  readonly observers: Observers;
  readonly keeper: HostKeeper;
  /** False where jobs cost time but are never run. */
  readonly runJobs: boolean;
}

/** Stands where a node's logic is not placed yet, or is gone. */
function nobody(phase: string, waitsFor: string): Node {
  return {
    phase,
    finished: false,
    start() {},
    receive() {},
    computed() {},
    woken() {},
    waitsFor: () => waitsFor,
  };
}
const UNPLACED = nobody('not placed', 'its placement');
const CRASHED = nobody('down', 'its return');

export class Host {
  node: Node = UNPLACED;
  readonly self: NodeId;
  readonly ledger: Ledger;
  readonly alarms: Alarms;
  readonly processor: Processor;
  jobs = 0;
  flops = 0;
  /** Messages that have reached it. */
  received = 0;
  /** How often it has lost its memory. */
  incarnation = 0;

  private readonly services: HostServices;
  private readonly inbox = new Inbox();
  private readonly news = new News();
  private finished = false;
  private crashed = false;
  /** True while it stands still. */
  private stopped = false;

  constructor(self: NodeId, spec: HostSpec, services: HostServices, alarms: Alarms) {
    this.self = self;
    this.services = services;
    this.alarms = alarms;
    this.ledger = new Ledger(spec.memoryBytes);
    const jitter = services.computeJitter
      ? randomStream(services.seed, `node/${self}/jitter`)
      : null;
    this.processor = new Processor(self, spec, services, jitter);
  }

  start(): void {
    try {
      this.node.start();
    } catch (error) {
      this.services.keeper.handlerFailed(this, 'starting', error);
    }
    this.tellIfFinished();
  }

  /** A message has arrived: it is received at once, or waits in the inbox while a job runs or the host stands still. */
  deliver(message: Message, from: NodeId): void {
    if (this.services.keeper.failed) return;
    if (this.crashed)
      throw new Error(
        `node ${this.self} is down, but '${message.kind}' from node ${from} was delivered`,
      );
    this.received++;
    if (this.processor.job || this.stopped) {
      this.inbox.put(message, from);
      return;
    }
    this.receive(message, from);
    this.tellIfFinished();
  }

  /** The job is over: runs it, hands over what arrived and what there is to tell, then tells the node, then wakes it. */
  endJob(): void {
    const job = this.processor.job!;
    const { kernel, accounting, observers, keeper, runJobs } = this.services;
    accounting.jobEnded(this.self, kernel.now);
    this.jobs++;
    this.flops += job.flops;
    let message: Message | null = null;
    let item: NewsItem | null = null;
    let from = this.self;
    try {
      if (runJobs) job.run();
      observers.jobEnded(this.self, job, this.processor.startNs, kernel.now);
      while (this.inbox.length > 0) {
        from = this.inbox.sender;
        message = this.inbox.take();
        this.node.receive(message, from);
      }
      message = null;
      while ((item = this.news.take()) !== null) hear(this.node, item);
      this.processor.job = null;
      this.node.computed(job);
    } catch (error) {
      const doing = message
        ? receiving(message.kind, from)
        : item
          ? hearing(item)
          : atEnd(job.name);
      keeper.handlerFailed(this, doing, error);
      return;
    }
    this.catchUp();
  }

  /** An alarm has fallen due; while a job runs it waits for the job's end. */
  alarmDue(alarm: number): void {
    this.alarms.fallDue(alarm);
    this.catchUp();
  }

  /** Has the node told as soon as its engine is free. */
  tell(item: NewsItem): void {
    this.news.put(item);
    this.catchUp();
  }

  suspect(peer: NodeId): void {
    this.tell({ kind: 'suspected', peer });
  }

  /** A suspicion that the node has not been told of yet is taken back. */
  unsuspect(peer: NodeId): void {
    this.news.unsuspect(peer);
  }

  /** The host stands still until `goOn`. */
  stop(): void {
    this.stopped = true;
    this.processor.stop();
    this.alarms.stop();
    this.services.accounting.wentDown(this.self, false, this.services.kernel.now);
  }

  /** The host goes on where it was, and takes what has arrived meanwhile. */
  goOn(): void {
    this.services.accounting.cameUp(this.self, this.services.kernel.now);
    this.stopped = false;
    this.processor.goOn();
    this.alarms.goOn();
    while (this.inbox.length > 0 && !this.processor.job && !this.services.keeper.failed) {
      const from = this.inbox.sender;
      this.receive(this.inbox.take(), from);
    }
    this.catchUp();
  }

  /** The host loses all it has but its books. */
  crash(): void {
    this.crashed = true;
    this.stopped = false;
    this.finished = false;
    this.node = CRASHED;
    this.processor.drop();
    this.alarms.clear();
    this.inbox.clear();
    this.news.clear();
    this.ledger.clear();
    this.services.accounting.wentDown(this.self, true, this.services.kernel.now);
  }

  /** The host begins its next incarnation; its logic is to be placed and started. */
  comeBack(): void {
    this.crashed = false;
    this.incarnation++;
    this.node = UNPLACED;
    this.services.accounting.cameUp(this.self, this.services.kernel.now);
  }

  standing(): NodeStanding {
    const { phase } = this.node;
    return { node: this.self, phase, waitsFor: this.node.waitsFor(), inbox: this.inbox.list() };
  }

  get isFinished(): boolean {
    return this.finished;
  }

  /** True but from a crash to the return from it. */
  get isUp(): boolean {
    return !this.crashed;
  }

  get isStopped(): boolean {
    return this.stopped;
  }

  private receive(message: Message, from: NodeId): void {
    try {
      this.node.receive(message, from);
    } catch (error) {
      this.services.keeper.handlerFailed(this, receiving(message.kind, from), error);
    }
  }

  /** With the engine free, tells the node all there is to tell, oldest news first, then alarms. */
  private catchUp(): void {
    while (!this.processor.job && !this.stopped && !this.services.keeper.failed) {
      const item = this.news.take();
      const alarm = item ? null : this.alarms.take();
      if (!item && alarm === null) break;
      try {
        if (item) hear(this.node, item);
        else this.node.woken(alarm!);
      } catch (error) {
        const doing = item ? hearing(item) : waking(alarm!);
        this.services.keeper.handlerFailed(this, doing, error);
      }
    }
    this.tellIfFinished();
  }

  private tellIfFinished(): void {
    if (this.finished || !this.node.finished) return;
    this.finished = true;
    this.services.keeper.nodeFinished();
  }
}

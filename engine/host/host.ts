/**
 * One simulated host: its node, the engine that runs one job at a time, inbox, alarms and memory. It calls the node's
 * handlers one after another, never one inside another, and reports what they throw. It pauses, crashes and returns
 * when told to, and must not know why.
 */
import type { Alarms } from '../alarms.ts';
import { atEnd, hearing, receiving, waking } from '../handler-phrases.ts';
import type { HostSpec } from '../host-spec.ts';
import type { HostServices } from './host-services.ts';
import { Inbox } from './inbox.ts';
import { Ledger } from '../ledger.ts';
import { MESSAGE_WORK, MessageWork } from './message-work.ts';
import type { Notification } from '../notifications.ts';
import { notify, Notifications } from '../notifications.ts';
import { CRASHED, UNPLACED } from './nobody.ts';
import { Processor } from './processor.ts';
import { randomStream } from '../random.ts';
import type { NodeStanding } from '../result.ts';
import { type Job, type Message, MESSAGE_HEADER_BYTES, type Node, type NodeId } from '../world.ts';

export class Host {
  node: Node = UNPLACED;
  readonly self: NodeId;
  readonly ledger: Ledger;
  readonly alarms: Alarms;
  readonly processor: Processor;
  jobs = 0;
  flops = 0;
  /** How often it has lost its memory. */
  incarnation = 0;

  private readonly services: HostServices;
  private readonly inbox = new Inbox();
  private readonly notifications = new Notifications();
  /** Null where messages cost its engine nothing. */
  private readonly messageWork: MessageWork | null = null;
  private finished = false;
  private crashed = false;
  /** True while it is paused. */
  private stopped = false;
  /** False where there are no notifications and due alarms for sure: mostly there is no need to look. */
  private isBehind = false;

  constructor(self: NodeId, spec: HostSpec, services: HostServices, alarms: Alarms) {
    this.self = self;
    this.services = services;
    this.alarms = alarms;
    this.ledger = new Ledger(spec.memoryBytes);
    if (spec.sending || spec.receiving) this.messageWork = new MessageWork(spec);
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
    this.settle();
  }

  /** Its node sends a message of so many bytes of payload. */
  sends(to: NodeId, bytes: number): void {
    if (to !== this.self) this.messageWork?.sent(bytes + MESSAGE_HEADER_BYTES);
  }

  /** Starts a job, once what is owed to messages is done. */
  begin(job: Job): void {
    this.processor.begin(job, this.messageWork?.take(this.inbox.length) ?? 0);
    this.services.observers.jobStarted(this.self, job, this.services.kernel.now);
  }

  /**
   * A message of so many bytes has arrived. It is received at once, or waits in the inbox while a job runs, the host is
   * paused, or it is to be unpacked.
   */
  deliver(message: Message, from: NodeId, bytes: number): void {
    if (this.services.keeper.failed) return;
    if (this.crashed)
      throw new Error(
        `node ${this.self} is down, but '${message.kind}' from node ${from} was delivered`,
      );
    this.services.accounting.received++;
    if (from !== this.self) this.messageWork?.received(bytes);
    if (this.processor.job || this.stopped || this.messageWork?.isOwed) {
      this.inbox.put(message, from);
      if (this.messageWork === null) return;
      this.messageWork.waits(this.inbox.length);
      return this.settle();
    }
    this.receive(message, from);
    this.settle();
  }

  /** What was owed to messages is done: the node hears of those that had come. */
  private endMessageWork(): void {
    const { accounting, observers, kernel } = this.services;
    accounting.workEnded(this.self, kernel.now);
    observers.jobEnded(this.self, MESSAGE_WORK, this.processor.startNs, kernel.now);
    this.processor.end();
    this.takeInbox();
    this.catchUp();
  }

  /**
   * The job's time is over: runs it, hands over messages and notifications that came meanwhile, then calls
   * `computed`, then due alarms.
   */
  endJob(): void {
    const job = this.processor.job!;
    if (job === MESSAGE_WORK) return this.endMessageWork();
    // Messages that came meanwhile are unpacked before the node hears of anything.
    if (this.messageWork?.prolongsJob())
      return this.processor.prolong(this.messageWork.take(this.inbox.length));
    const { kernel, accounting, observers, keeper, runJobs } = this.services;
    accounting.jobEnded(this.self, kernel.now);
    this.jobs++;
    this.flops += job.flops;
    let message: Message | null = null;
    let item: Notification | null = null;
    let from = this.self;
    try {
      if (runJobs) job.run();
      observers.jobEnded(this.self, job, this.processor.startNs, kernel.now);
      while (this.readable > 0) {
        from = this.inbox.sender;
        message = this.takeMessage();
        this.node.receive(message, from);
      }
      message = null;
      while (this.isBehind && (item = this.notifications.take()) !== null) notify(this.node, item);
      this.processor.end();
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

  /** An alarm has fallen due. While a job runs it waits for the job's end. */
  alarmDue(alarm: number): void {
    this.alarms.fallDue(alarm);
    this.isBehind = true;
    this.catchUp();
  }

  /** Notifies the node as soon as its engine is free. */
  tell(item: Notification): void {
    this.notifications.put(item);
    this.isBehind = true;
    this.catchUp();
  }

  suspect(peer: NodeId): void {
    this.tell({ kind: 'suspected', peer });
  }

  /** Withdraws a suspicion that the node has not been told of. */
  unsuspect(peer: NodeId): void {
    this.notifications.unsuspect(peer);
  }

  /** Pauses the host until `goOn`. */
  stop(): void {
    this.stopped = true;
    this.processor.stop();
    this.alarms.stop();
    this.wentDown(false);
  }

  /** Resumes the host, which takes what has arrived meanwhile. */
  goOn(): void {
    this.cameUp();
    this.stopped = false;
    this.processor.goOn();
    this.alarms.goOn();
    this.settle();
    this.takeInbox();
    this.catchUp();
  }

  /** The host loses all it has; its accounts stay. */
  crash(): void {
    this.crashed = true;
    this.stopped = false;
    this.finished = false;
    this.node = CRASHED;
    this.processor.drop();
    this.alarms.clear();
    this.inbox.clear();
    this.messageWork?.drop();
    this.notifications.clear();
    this.ledger.clear();
    this.wentDown(true);
  }

  /** The host begins its next incarnation; its node must be placed and started. */
  comeBack(): void {
    this.crashed = false;
    this.incarnation++;
    this.node = UNPLACED;
    this.cameUp();
  }

  standing(): NodeStanding {
    const { phase } = this.node;
    return { node: this.self, phase, waitsFor: this.node.waitsFor(), inbox: this.inbox.list() };
  }

  get isFinished(): boolean {
    return this.finished;
  }

  /** False between a crash and the return from it. */
  get isUp(): boolean {
    return !this.crashed;
  }

  get isStopped(): boolean {
    return this.stopped;
  }

  private wentDown(isCrash: boolean): void {
    const { accounting, observers, kernel } = this.services;
    accounting.wentDown(this.self, isCrash, kernel.now);
    observers.hostDown(this.self, isCrash, kernel.now);
  }

  private cameUp(): void {
    const { accounting, observers, kernel } = this.services;
    accounting.cameUp(this.self, kernel.now);
    observers.hostUp(this.self, kernel.now);
  }

  /** Messages of the inbox that the node can hear of. */
  private get readable(): number {
    return this.messageWork === null ? this.inbox.length : this.messageWork.unpacked;
  }

  private takeMessage(): Message {
    this.messageWork?.heard();
    return this.inbox.take();
  }

  private takeInbox(): void {
    while (this.readable > 0 && !this.processor.job && !this.services.keeper.failed) {
      const from = this.inbox.sender;
      this.receive(this.takeMessage(), from);
    }
  }

  private receive(message: Message, from: NodeId): void {
    try {
      this.node.receive(message, from);
    } catch (error) {
      this.services.keeper.handlerFailed(this, receiving(message.kind, from), error);
    }
  }

  /** While the engine is free: calls the node for all notifications, oldest first, then for due alarms. */
  private catchUp(): void {
    while (this.isBehind && !this.processor.job && !this.stopped && !this.services.keeper.failed) {
      const item = this.notifications.take();
      const alarm = item ? null : this.alarms.take();
      if (!item && alarm === null) {
        this.isBehind = false;
        break;
      }
      try {
        if (item) notify(this.node, item);
        else this.node.woken(alarm!);
      } catch (error) {
        const doing = item ? hearing(item) : waking(alarm!);
        this.services.keeper.handlerFailed(this, doing, error);
      }
    }
    this.settle();
  }

  /** After handlers: begins what they left to do for messages, and reports the end. */
  private settle(): void {
    const { messageWork, processor } = this;
    if (messageWork?.isOwed && !processor.job && !this.stopped) {
      processor.beginFor(MESSAGE_WORK, messageWork.take(this.inbox.length));
      this.services.observers.jobStarted(this.self, MESSAGE_WORK, this.services.kernel.now);
    }
    if (this.finished || !this.node.finished) return;
    this.finished = true;
    this.services.keeper.nodeFinished();
  }
}

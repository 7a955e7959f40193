/**
 * One real node: the same order of handlers as in the simulator, in real time. Everything a node does happens inside
 * `pump`, which continues until there is nothing left to do. It knows neither what nodes compute, nor what carries
 * their messages, nor where they run.
 */
import { atEnd, hearing, receiving, waking } from '../../engine/handler-phrases.ts';
import { notify, Notifications } from '../../engine/notifications.ts';
import { handlerFailure } from '../../engine/run-failure.ts';
import { MESSAGE_HEADER_BYTES } from '../../engine/world.ts';
import type { Job, Node, NodeFactory, NodeId } from '../../engine/world.ts';
import { Alarms } from './alarms.ts';
import type { Board, ToNode } from './board.ts';
import { JobPace } from './job-pace.ts';
import type { Envelope, Mail } from './mail.ts';
import { NodeTrace } from './node-trace.ts';
import { MeasuredAccount } from './measured-account.ts';
import { type RealSetup, RealVerbs } from './real-verbs.ts';
import { ShapedMail } from './shaped-mail.ts';

/** The longest delay of a timer; it is set again when that was too short. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class RealNode {
  private readonly self: NodeId;
  private readonly mail: Mail;
  private readonly board: Board;
  private readonly account: MeasuredAccount;
  private readonly trace: NodeTrace | null;
  private readonly alarms = new Alarms();
  private readonly notifications = new Notifications();
  private readonly verbs: RealVerbs;
  private readonly node: Node;
  /** Messages to the node itself, not in the inbox yet. */
  private toSelf: Envelope[] = [];
  /** Arrived and not received yet, oldest first. */
  private readonly inbox: Envelope[] = [];
  /** Time 0 of the run; null before the node's incarnation begins. */
  private origin: bigint | null = null;
  private timer: NodeJS.Timeout | null = null;
  private pumping = false;
  private finished = false;
  private failed = false;
  /** Since when too much is under way for the node to go on; null while it goes on. */
  private fullSinceNs: number | null = null;
  private readonly pace = new JobPace(() => this.now());
  /** What the node is doing, for an error report. */
  private doing = 'being placed';

  /** Places the node, and reports that it is ready. Throws what placing it throws. */
  constructor(setup: RealSetup, mail: Mail, board: Board, place: NodeFactory) {
    const { alarms, notifications } = this;
    this.self = setup.node;
    this.mail = setup.shape ? new ShapedMail(mail, setup.shape, () => this.now()) : mail;
    this.board = board;
    this.account = new MeasuredAccount(board);
    this.trace = setup.traceLimit === null ? null : new NodeTrace(board, setup.traceLimit);
    this.verbs = new RealVerbs({
      ...{ ...setup, board, alarms, notifications },
      now: () => this.now(),
      post: (to, envelope) => {
        this.trace?.sent(to, envelope);
        if (to === this.self) this.toSelf.push(envelope);
        else this.mail.send(to, envelope);
      },
    });
    this.mail.listen(() => this.pump());
    board.listen((message) => this.control(message));
    this.node = place(this.verbs);
    board.tell({ kind: 'ready' });
  }

  private now(): number {
    return this.origin === null ? 0 : Number(process.hrtime.bigint() - this.origin);
  }

  private control(message: ToNode): void {
    switch (message.kind) {
      case 'report':
        this.report();
        return;
      case 'start':
        this.origin = message.origin;
        this.pump(() => this.start());
        return;
      case 'suspected':
        this.mail.excuse(message.peer);
        this.verbs.suspect(message.peer, message.serial);
        break;
      case 'returned':
        this.mail.renew(message.peer, message.incarnation);
        this.verbs.suspectReturned(message.peer);
        break;
      case 'saved':
      case 'loaded':
        this.notifications.put(message);
        break;
      case 'persisted':
        this.verbs.persisted();
        break;
      case 'goOn':
        this.alarms.shift(message.toNs - message.fromNs);
        this.account.stoodStill(message.fromNs, message.toNs);
    }
    this.pump();
  }

  private start(): void {
    if (this.verbs.incarnation > 0) this.account.begin(this.now());
    this.account.wake(this.now(), null);
    this.handle('starting', () => this.node.start());
  }

  /** Does all there is to do, beginning with `first`. */
  private pump(first?: () => void): void {
    if (this.origin === null || this.failed || this.pumping) return;
    this.pumping = true;
    this.board.set('waiting', 0);
    try {
      first?.();
      this.reportIfFinished();
      while (this.step()) this.reportIfFinished();
    } catch (error) {
      this.fail(error);
    }
    this.pumping = false;
    this.account.sleep(this.now());
    if (this.failed || this.fullSinceNs !== null) return;
    this.armTimer();
    if (this.alarms.size === 0) this.board.set('waiting', 1);
  }

  /** Does one thing; false if there is nothing to do. */
  private step(): boolean {
    if (this.board.get('held') !== 0) this.standStill();
    if (this.waitsForRoom()) return false;
    if (this.verbs.job !== null) {
      this.runJob(this.verbs.job);
      return true;
    }
    if (this.notifyNext()) return true;
    if (this.inbox.length === 0) this.drain();
    if (this.notifyNext()) return true;
    const sentNs = this.inbox.length > 0 ? this.inbox[0].sentNs : Infinity;
    const nowNs = this.now();
    if (this.alarms.nextNs() <= Math.min(sentNs, nowNs)) {
      this.account.wake(nowNs, null);
      this.wakeAll(nowNs);
      return true;
    }
    if (this.inbox.length === 0) return false;
    this.account.wake(nowNs, sentNs);
    this.deliver();
    return true;
  }

  /** Whether too much is under way for the node to go on: then it does nothing, as if what it did last took longer. */
  private waitsForRoom(): boolean {
    if (this.mail.isFull) {
      this.fullSinceNs ??= this.now();
      return true;
    }
    if (this.fullSinceNs !== null) this.account.wake(this.now(), this.fullSinceNs);
    this.fullSinceNs = null;
    return false;
  }

  /** Blocks until it is released, and then hears for how long. */
  private standStill(): void {
    this.account.sleep(this.now());
    this.account.held();
    this.board.waitWhileHeld();
    this.board.hear();
  }

  /** Runs the job, then hands over all that arrived meanwhile, then calls `computed`, then wakes due alarms. */
  private runJob(job: Job): void {
    this.doing = atEnd(job.name);
    this.work(job);
    this.board.add('jobs', 1);
    this.board.add('flops', job.flops);
    const endedNs = this.now();
    this.drain();
    while (this.inbox.length > 0) this.deliver();
    while (this.notifyNext());
    this.verbs.job = null;
    this.handle(atEnd(job.name), () => this.node.computed(job));
    this.wakeAll(endedNs);
  }

  /** Runs the job for as long as a host that slow would take. */
  private work(job: Job): void {
    const isRedo = job.redo === true;
    const beganNs = this.now();
    if (isRedo) this.account.redo(beganNs);
    this.board.set('jobSinceNs', beganNs);
    job.run();
    this.pace.keep(this.now() - beganNs, this.board.get('slowness') || 1);
    this.board.set('jobSinceNs', 0);
    this.trace?.job(job, beganNs, this.now());
    if (isRedo) this.account.redone(this.now());
    else if (job.step !== undefined) this.board.addWork(job.step, this.now() - beganNs, job.epoch);
  }

  /** Handles pending commands, and then moves all arrived messages to the inbox, oldest sending first. */
  private drain(): void {
    this.board.hear();
    const arrived = this.toSelf;
    this.toSelf = [];
    this.mail.drain(arrived);
    if (arrived.length === 0) return;
    this.board.add('received', arrived.length);
    arrived.sort((one, other) => one.sentNs - other.sentNs);
    const nowNs = this.now();
    for (const envelope of arrived) {
      this.trace?.came(envelope, nowNs);
      this.inbox.push(envelope);
    }
  }

  private deliver(): void {
    const { message, from, bytes } = this.inbox.shift()!;
    if (from !== this.self) {
      this.board.add('messagesReceived', 1);
      this.board.add('bytesReceived', bytes + MESSAGE_HEADER_BYTES);
    }
    this.handle(receiving(message.kind, from), () => this.node.receive(message, from));
  }

  /** Calls the node for the oldest notification; false if there is none. */
  private notifyNext(): boolean {
    const item = this.notifications.take();
    if (item === null) return false;
    this.account.wake(this.now(), null);
    this.handle(hearing(item), () => notify(this.node, item));
    return true;
  }

  /**
   * While no job is started: calls the node for all notifications, and for every alarm that was due at that time,
   * earliest first.
   */
  private wakeAll(nowNs: number): void {
    while (this.verbs.job === null) {
      if (this.notifyNext()) continue;
      const alarm = this.alarms.takeDue(nowNs);
      if (alarm === null) return;
      this.handle(waking(alarm), () => this.node.woken(alarm));
    }
  }

  private handle(doing: string, handler: () => void): void {
    this.doing = doing;
    this.board.add('handlers', 1);
    handler();
  }

  private reportIfFinished(): void {
    if (this.finished || !this.node.finished) return;
    this.finished = true;
    // The run may end with this: all work so far must be accounted for before anyone knows.
    this.account.sleep(this.now());
    this.account.wake(this.now(), null);
    this.board.set('finished', 1);
    this.board.tell({ kind: 'finished' });
  }

  private armTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.alarms.size === 0) return;
    const afterMs = Math.max(0, Math.ceil((this.alarms.nextNs() - this.now()) / 1e6));
    this.timer = setTimeout(() => this.pump(), Math.min(afterMs, LONGEST_TIMER_MS));
  }

  private report(): void {
    this.trace?.flush();
    const { phase } = this.node;
    const inbox = this.inbox.map(({ message, from }) => ({ kind: message.kind, from }));
    const standing = { node: this.self, phase, waitsFor: this.node.waitsFor(), inbox };
    this.board.tell({ kind: 'report', standing, memoryItems: this.verbs.ledger.peaks() });
  }

  private fail(error: unknown): void {
    this.failed = true;
    const failure = handlerFailure(this.self, this.node.phase, this.doing, error);
    this.board.tell({ kind: 'failed', failure });
  }
}

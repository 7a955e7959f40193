/**
 * One node on its own thread: the same order of handlers as in the simulator, paid for in real time. Everything a node
 * does happens inside `pump`, which goes on until there is nothing left to do. Knows neither what nodes compute nor how
 * threads are started.
 */
import type { MessagePort } from 'node:worker_threads';
import { OutOfMemory } from '../../engine/ledger.ts';
import { News } from '../../engine/news.ts';
import { GivenUp } from '../../engine/node-world.ts';
import type { RunFailure } from '../../engine/result.ts';
import { MESSAGE_HEADER_BYTES } from '../../engine/world.ts';
import type { Job, Node, NodeFactory, NodeId } from '../../engine/world.ts';
import { Alarms } from './alarms.ts';
import { MeasuredAccount } from './measured-account.ts';
import { ThreadBoard } from './thread-board.ts';
import type { Envelope, ThreadSetup } from './thread-messages.ts';
import { type Control, ThreadPost } from './thread-post.ts';
import { ThreadVerbs } from './thread-verbs.ts';

/** The longest a timer can wait; it is set again when it was too short. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Slowness is paid for in pieces of at least that length: no wait is as short as some jobs are. */
const SHORTEST_WAIT_NS = 1_000_000;

export class ThreadNode {
  private readonly self: NodeId;
  private readonly board: ThreadBoard;
  private readonly account: MeasuredAccount;
  private readonly post: ThreadPost;
  private readonly alarms = new Alarms();
  private readonly news = new News();
  private readonly verbs: ThreadVerbs;
  private readonly node: Node;
  /** Arrived and not handed over yet, oldest first. */
  private readonly inbox: Envelope[] = [];
  /** Moment 0 of the run; null before the node's life begins. */
  private origin: bigint | null = null;
  private timer: NodeJS.Timeout | null = null;
  private pumping = false;
  private finished = false;
  private failed = false;
  /** How much longer the node's jobs ought to have taken so far than they did. */
  private owedNs = 0;
  /** What the node does now, for the report of an error. */
  private doing = 'being placed';

  constructor(setup: ThreadSetup, main: MessagePort, place: NodeFactory) {
    this.self = setup.node;
    this.board = new ThreadBoard(setup.board);
    this.account = new MeasuredAccount(this.board, setup.node);
    this.post = new ThreadPost(setup.node, setup.lives, main, {
      arrived: () => this.pump(),
      control: (message) => this.control(message),
    });
    const { board, post, alarms, news } = this;
    this.verbs = new ThreadVerbs(setup, { board, post, alarms, news, now: () => this.now() });
    this.node = place(this.verbs);
    this.post.tellMain({ kind: 'ready' });
  }

  private now(): number {
    return this.origin === null ? 0 : Number(process.hrtime.bigint() - this.origin);
  }

  private control(message: Control): void {
    switch (message.kind) {
      case 'report':
        this.report();
        return;
      case 'start':
        this.origin = message.origin;
        this.pump(() => this.start());
        return;
      case 'suspected':
        this.verbs.suspect(message.peer, message.serial);
        break;
      case 'returned':
        this.verbs.suspectReturned(message.peer);
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

  /** Does all there is to do, `first` before all else. */
  private pump(first?: () => void): void {
    if (this.origin === null || this.failed || this.pumping) return;
    this.pumping = true;
    this.board.setCount(this.self, 'waiting', 0);
    try {
      first?.();
      this.settleFinished();
      while (this.step()) this.settleFinished();
    } catch (error) {
      this.fail(error);
    }
    this.pumping = false;
    this.account.sleep(this.now());
    if (this.failed) return;
    this.armTimer();
    if (this.alarms.size === 0) this.board.setCount(this.self, 'waiting', 1);
  }

  /** Does the next thing there is to do; false when there is none. */
  private step(): boolean {
    if (this.board.count(this.self, 'held') !== 0) this.standStill();
    if (this.verbs.job !== null) {
      this.runJob(this.verbs.job);
      return true;
    }
    if (this.hearNews()) return true;
    if (this.inbox.length === 0) this.drain();
    if (this.hearNews()) return true;
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

  /** Does nothing until the main thread says to go on, and then hears from it for how long that was. */
  private standStill(): void {
    this.account.sleep(this.now());
    this.account.held();
    this.board.waitWhileHeld(this.self);
    this.post.hearMain();
  }

  /** The job's work, then all that arrived and happened meanwhile, then the news that it is over, then alarms. */
  private runJob(job: Job): void {
    this.doing = `at the end of job '${job.name}'`;
    this.work(job);
    this.board.addFigure(this.self, 'jobs', 1);
    this.board.addFigure(this.self, 'flops', job.flops);
    const endedNs = this.now();
    this.drain();
    while (this.inbox.length > 0) this.deliver();
    while (this.hearNews());
    this.verbs.job = null;
    this.handle(`at the end of job '${job.name}'`, () => this.node.computed(job));
    this.wakeAll(endedNs);
  }

  /** Runs the job, for as long as a host that slow would take. */
  private work(job: Job): void {
    const isRedo = job.redo === true;
    const beganNs = this.now();
    if (isRedo) this.account.redo(beganNs);
    this.board.setFigure(this.self, 'jobSinceNs', beganNs);
    job.run();
    this.owedNs += Math.max(0, this.slowness() - 1) * (this.now() - beganNs);
    if (this.owedNs >= SHORTEST_WAIT_NS) {
      const waitedFromNs = this.now();
      this.board.sleep(this.owedNs);
      this.owedNs -= this.now() - waitedFromNs;
    }
    this.board.setFigure(this.self, 'jobSinceNs', 0);
    if (isRedo) this.account.redone(this.now());
    else if (job.lineage !== undefined)
      this.board.addWork(this.self, job.lineage, this.now() - beganNs, job.epoch);
  }

  private slowness(): number {
    return this.board.figure(this.self, 'slowness') || 1;
  }

  private drain(): void {
    const before = this.inbox.length;
    this.post.drain(this.inbox);
    if (this.inbox.length > before)
      this.board.addCount(this.self, 'received', this.inbox.length - before);
  }

  private deliver(): void {
    const envelope = this.inbox.shift();
    if (envelope === undefined) return;
    const { message, from, bytes } = envelope;
    if (from !== this.self) {
      this.board.addFigure(this.self, 'messagesReceived', 1);
      this.board.addFigure(this.self, 'bytesReceived', bytes + MESSAGE_HEADER_BYTES);
    }
    const doing = `receiving '${message.kind}' from node ${from}`;
    this.handle(doing, () => this.node.receive(message, from));
  }

  /** Tells the node the oldest of what the world has to tell; false when there is nothing. */
  private hearNews(): boolean {
    const item = this.news.take();
    if (item === null) return false;
    this.account.wake(this.now(), null);
    if (item.kind === 'suspected')
      this.handle(`suspecting node ${item.peer}`, () => this.node.suspected?.(item.peer));
    else
      this.handle(`told that '${item.name}' is ${item.kind}`, () => {
        if (item.kind === 'saved') this.node.saved?.(item.name, item.isNewest);
        else this.node.loaded?.(item.name, item.value);
      });
    return true;
  }

  /**
   * While no job is asked for, tells the node all there is to tell, and wakes it for every alarm that was due at that
   * time, earliest first.
   */
  private wakeAll(nowNs: number): void {
    while (this.verbs.job === null) {
      if (this.hearNews()) continue;
      const alarm = this.alarms.takeDue(nowNs);
      if (alarm === null) return;
      this.handle(`waking for '${alarm}'`, () => this.node.woken(alarm));
    }
  }

  private handle(doing: string, handler: () => void): void {
    this.doing = doing;
    this.board.addCount(this.self, 'handlers', 1);
    handler();
  }

  private settleFinished(): void {
    if (this.finished || !this.node.finished) return;
    this.finished = true;
    // The run may end with this: what was done up to here must be in the books before anybody knows.
    this.account.sleep(this.now());
    this.account.wake(this.now(), null);
    this.board.setCount(this.self, 'finished', 1);
    this.post.tellMain({ kind: 'finished' });
  }

  private armTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.alarms.size === 0) return;
    const afterMs = Math.max(0, Math.ceil((this.alarms.nextNs() - this.now()) / 1e6));
    this.timer = setTimeout(() => this.pump(), Math.min(afterMs, LONGEST_TIMER_MS));
  }

  private report(): void {
    const { phase } = this.node;
    const inbox = this.inbox.map(({ message, from }) => ({ kind: message.kind, from }));
    const standing = { node: this.self, phase, waitsFor: this.node.waitsFor(), inbox };
    this.post.tellMain({ kind: 'report', standing, memoryItems: this.verbs.ledger.peaks() });
  }

  private fail(error: unknown): void {
    this.failed = true;
    const where = `node ${this.self} in phase '${this.node.phase}', ${this.doing}`;
    this.post.tellMain({ kind: 'failed', failure: failureOf(error, this.self, where) });
  }
}

/** What a thrown error means for the run. `where` says which node was doing what when it was thrown. */
export function failureOf(error: unknown, node: NodeId, where: string): RunFailure {
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof GivenUp)
    return { kind: 'given-up', message: `node ${node} gave up: ${text}`, node };
  if (!(error instanceof OutOfMemory)) return { kind: 'error', message: `${where}: ${text}`, node };
  const message = `out of memory: ${where}: ${text}`;
  return {
    kind: 'out-of-memory',
    message,
    node,
    ledger: error.items,
    limitBytes: error.limitBytes,
  };
}

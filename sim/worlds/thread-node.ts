/**
 * One node on its own thread: the same verbs and the same order of handlers as in the simulator, paid for in real
 * time. Everything a node does happens inside `pump`, which goes on until there is nothing left to do. Knows
 * neither what nodes compute nor how threads are started.
 */
import type { MessagePort } from 'node:worker_threads';
import { Ledger, OutOfMemory } from '../../engine/ledger.ts';
import { randomStream } from '../../engine/random.ts';
import type { RunFailure } from '../../engine/result.ts';
import { MESSAGE_HEADER_BYTES } from '../../engine/world.ts';
import type {
  Job,
  Message,
  Node,
  NodeFactory,
  NodeId,
  NoteValue,
  RandomStream,
  World,
} from '../../engine/world.ts';
import { Alarms } from './alarms.ts';
import { lend } from './give-away.ts';
import { MeasuredAccount } from './measured-account.ts';
import { ThreadBoard } from './thread-board.ts';
import type { Envelope, ThreadSetup, ToThread } from './thread-messages.ts';
import { ThreadPost } from './thread-post.ts';

/** The longest a timer can wait; it is set again when it was too short. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class ThreadNode implements World {
  readonly self: NodeId;
  private readonly seed: number;
  private readonly board: ThreadBoard;
  private readonly account: MeasuredAccount;
  private readonly ledger: Ledger;
  private readonly post: ThreadPost;
  private readonly alarms = new Alarms();
  private readonly streams = new Map<string, RandomStream>();
  private readonly node: Node;
  /** Arrived and not handed over yet, oldest first. */
  private readonly inbox: Envelope[] = [];
  /** Asked for, or running and not over: no other may be asked for. */
  private job: Job | null = null;
  /** Moment 0 of the run; null before it begins. */
  private origin: bigint | null = null;
  private timer: NodeJS.Timeout | null = null;
  private finished = false;
  private failed = false;
  /** What the node does now, for the report of an error. */
  private doing = 'being placed';

  constructor(setup: ThreadSetup, main: MessagePort, place: NodeFactory) {
    this.self = setup.node;
    this.seed = setup.seed;
    this.board = new ThreadBoard(setup.board);
    this.account = new MeasuredAccount(this.board, setup.node);
    this.ledger = new Ledger(setup.memoryBytes);
    this.post = new ThreadPost(setup.node, main, {
      arrived: () => this.pump(),
      control: (message) => this.control(message),
    });
    this.node = place(this);
    this.post.tellMain({ kind: 'ready' });
  }

  now(): number {
    return this.origin === null ? 0 : Number(process.hrtime.bigint() - this.origin);
  }

  random(name: string): RandomStream {
    if (name === 'jitter')
      throw new Error(
        "random: the stream 'jitter' is the simulator's own, another name would be right",
      );
    let stream = this.streams.get(name);
    if (stream === undefined) {
      stream = randomStream(this.seed, `node/${this.self}/${name}`);
      this.streams.set(name, stream);
    }
    return stream;
  }

  send(to: NodeId, message: Message, bytes: number): void {
    const { nodeCount } = this.board;
    if (!(Number.isInteger(to) && to >= 0 && to < nodeCount))
      throw new RangeError(
        `send: '${message.kind}' is for node ${to}, a node from 0 to ${nodeCount - 1} would be right`,
      );
    if (!(Number.isSafeInteger(bytes) && bytes >= 0))
      throw new RangeError(
        `send: '${message.kind}' has ${bytes} bytes, a whole number from 0 would be right`,
      );
    this.board.addCount(this.self, 'sent', 1);
    if (to !== this.self) {
      this.board.addFigure(this.self, 'messagesSent', 1);
      this.board.addFigure(this.self, 'bytesSent', bytes + MESSAGE_HEADER_BYTES);
    }
    this.post.send(to, { from: this.self, sentNs: this.now(), bytes, message });
  }

  compute(job: Job): void {
    if (this.job !== null)
      throw new Error(
        `compute: '${job.name}' was asked for, but '${this.job.name}' is not over; ` +
          'a node does one job at a time',
      );
    if (!(job.flops >= 0 && job.flops < Infinity))
      throw new RangeError(`compute: '${job.name}' has ${job.flops} FLOPs, 0 or more is right`);
    this.job = job;
  }

  wake(alarm: string, afterNs: number): void {
    if (!(afterNs >= 0 && afterNs < Infinity))
      throw new RangeError(`wake: '${alarm}' is due after ${afterNs} ns, 0 or more would be right`);
    this.alarms.set(alarm, this.now() + afterNs);
  }

  cancel(alarm: string): void {
    this.alarms.cancel(alarm);
  }

  hold(item: string, bytes: number): void {
    this.ledger.hold(item, bytes);
    const more = this.ledger.peakBytes - this.board.figure(this.self, 'peakMemoryBytes');
    if (more > 0) this.board.addFigure(this.self, 'peakMemoryBytes', more);
  }

  release(item: string, bytes: number): void {
    this.ledger.release(item, bytes);
  }

  get incarnation(): number {
    return 0;
  }

  watch(): void {}

  unwatch(): void {}

  hangUp(): void {}

  save(): void {}

  load(): void {}

  disown(): void {}

  giveUp(reason: string): void {
    throw new Error(reason);
  }

  note(name: string, value: NoteValue): void {
    this.post.tellMain({ kind: 'note', timeNs: this.now(), name, value: lend(value) });
  }

  private control(message: Exclude<ToThread, { kind: 'connect' }>): void {
    if (message.kind === 'report') return this.report();
    this.origin = message.origin;
    this.pump(() => this.start());
  }

  private start(): void {
    this.account.wake(this.now(), null);
    this.handle('starting', () => this.node.start());
  }

  /** Does all there is to do, `first` before all else. */
  private pump(first?: () => void): void {
    if (this.origin === null || this.failed) return;
    this.board.setCount(this.self, 'waiting', 0);
    try {
      first?.();
      this.settleFinished();
      while (this.step()) this.settleFinished();
    } catch (error) {
      this.fail(error);
    }
    this.account.sleep(this.now());
    if (this.failed) return;
    this.armTimer();
    if (this.alarms.size === 0) this.board.setCount(this.self, 'waiting', 1);
  }

  /** Does the next thing there is to do; false when there is none. */
  private step(): boolean {
    if (this.job !== null) {
      this.runJob(this.job);
      return true;
    }
    if (this.inbox.length === 0) this.drain();
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

  /** The job's work, then all that arrived meanwhile, then the news that it is over, then alarms that fell due. */
  private runJob(job: Job): void {
    this.doing = `at the end of job '${job.name}'`;
    if (job.redo === true) this.account.redo(this.now());
    job.run();
    if (job.redo === true) this.account.redone(this.now());
    this.board.addFigure(this.self, 'jobs', 1);
    this.board.addFigure(this.self, 'flops', job.flops);
    const endedNs = this.now();
    this.drain();
    while (this.inbox.length > 0) this.deliver();
    this.job = null;
    this.handle(`at the end of job '${job.name}'`, () => this.node.computed(job));
    this.wakeAll(endedNs);
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

  /** Wakes the node for every alarm that was due at that time, earliest first. */
  private wakeAll(nowNs: number): void {
    for (
      let alarm = this.alarms.takeDue(nowNs);
      alarm !== null;
      alarm = this.alarms.takeDue(nowNs)
    ) {
      const name = alarm;
      this.handle(`waking for '${name}'`, () => this.node.woken(name));
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
    this.post.tellMain({ kind: 'report', standing, memoryItems: this.ledger.peaks() });
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

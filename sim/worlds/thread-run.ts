/**
 * The threads world: every node on a worker thread of its own, messages moved between threads, time measured.
 * The main thread starts the threads, introduces them to each other, hears what they note and watches how it
 * ends; no message between nodes passes through it. It knows nothing of what the nodes do.
 */
import { Worker } from 'node:worker_threads';
import type { HostSpec } from '../../engine/host-spec.ts';
import type { Observer } from '../../engine/observer.ts';
import type {
  NodeAccount,
  NodeStanding,
  RunFailure,
  RunOutcome,
  RunResult,
} from '../../engine/result.ts';
import type { NodeId } from '../../engine/world.ts';
import { BUNDLED_WORKER_OPTIONS } from './bundle.ts';
import { boardMemory, ThreadBoard } from './thread-board.ts';
import type { BoardMemory } from './thread-board.ts';
import type { FromThread, ThreadSetup, ToThread } from './thread-messages.ts';

export interface ThreadRunOptions {
  /** Path of the bundle of an entry that calls `serveThread`. */
  readonly bundle: string;
  readonly seed: number;
  /** One a node; only the memory limit counts, speed is whatever the machine has. */
  readonly hosts: readonly HostSpec[];
  /** What the entry makes its nodes from; copied to every thread, except what lies on shared memory. */
  readonly work: unknown;
  /** Told of notes only; notes of different nodes come in any order. */
  readonly observers?: readonly Observer[];
  /** One state code a node, on shared memory, for the screen. */
  readonly states?: Uint8Array;
}

/** How often the board is looked at for a deadlock: it is one when two looks in a row see the same standstill. */
const WATCH_MS = 100;
/** How long a thread that is at work may take to say where it stands when the run ends. */
const REPORT_MS = 1000;

export class ThreadRun {
  readonly board: ThreadBoard;
  private readonly options: ThreadRunOptions;
  private readonly memory: BoardMemory;
  private workers: Worker[] = [];
  private ready = 0;
  private origin: bigint | null = null;
  private endedNs: number | null = null;
  private outcome: RunOutcome | null = null;
  private failure: RunFailure | null = null;
  private thrown: { error: unknown } | null = null;
  private readonly standings = new Map<NodeId, NodeStanding>();
  private readonly memoryItems = new Map<NodeId, Record<string, number>>();
  private seen = '';
  private readonly allReady = signal();
  private readonly over = signal();
  private readonly reported = signal();

  constructor(options: ThreadRunOptions) {
    this.options = options;
    this.memory = boardMemory(options.hosts.length, options.states);
    this.board = new ThreadBoard(this.memory);
  }

  /** Nanoseconds since the run began; 0 before, and its length once it has ended. */
  get timeNs(): number {
    if (this.endedNs !== null) return Math.max(this.endedNs, this.board.lastNs());
    return this.origin === null ? 0 : Number(process.hrtime.bigint() - this.origin);
  }

  /** True from the moment all threads are up and the nodes have been told to start. */
  get started(): boolean {
    return this.origin !== null;
  }

  /** Each node's books up to now. The items of memory are known when the run has ended. */
  accounts(): NodeAccount[] {
    const { timeNs } = this;
    return this.options.hosts.map((_, node) => ({
      ...this.board.account(node, timeNs),
      memoryItems: this.memoryItems.get(node) ?? {},
    }));
  }

  /** Runs to the end and leaves no thread behind. Throws what an observer threw. */
  async run(): Promise<RunResult> {
    let watch: NodeJS.Timeout | null = null;
    try {
      this.options.hosts.forEach((host, node) => this.startWorker(node, host));
      await Promise.race([this.allReady.given, this.over.given]);
      this.startNodes();
      watch = setInterval(() => this.watch(), WATCH_MS);
      await this.over.given;
      await this.collectReports();
    } finally {
      if (watch !== null) clearInterval(watch);
      await Promise.all(this.workers.map((worker) => worker.terminate()));
    }
    if (this.thrown !== null) throw this.thrown.error;
    return this.result();
  }

  /** Ends the run now; `run` resolves with what was done so far. */
  stop(outcome: 'stopped' | 'interrupted'): void {
    this.end(outcome, null);
  }

  private startWorker(node: NodeId, host: HostSpec): void {
    const { seed, work } = this.options;
    const setup: ThreadSetup = {
      node,
      seed,
      memoryBytes: host.memoryBytes,
      board: this.memory,
      work,
    };
    const worker = new Worker(this.options.bundle, {
      ...BUNDLED_WORKER_OPTIONS,
      workerData: setup,
      name: `node ${node}`,
    });
    worker.on('message', (message: FromThread) => this.heard(node, message));
    worker.on('error', (error) => this.fail(node, `its thread failed: ${error.message}`));
    worker.on('exit', (code) => this.fail(node, `its thread ended with code ${code}`));
    this.workers.push(worker);
  }

  private startNodes(): void {
    if (this.outcome !== null) return;
    this.origin = process.hrtime.bigint();
    for (const worker of this.workers) tell(worker, { kind: 'start', origin: this.origin });
  }

  private heard(node: NodeId, message: FromThread): void {
    switch (message.kind) {
      case 'ready':
        if (++this.ready === this.options.hosts.length) this.allReady.give();
        break;
      case 'connect': {
        const { peer, port } = message;
        this.workers[peer].postMessage({ kind: 'connect', peer: node, port }, [port]);
        break;
      }
      case 'note':
        this.noted(node, message);
        break;
      case 'finished':
        if (this.board.sum('finished') === this.options.hosts.length) this.end('finished', null);
        break;
      case 'failed':
        this.end('failed', message.failure);
        break;
      case 'report':
        this.standings.set(node, message.standing);
        this.memoryItems.set(node, message.memoryItems);
        if (this.standings.size === this.options.hosts.length) this.reported.give();
    }
  }

  private noted(node: NodeId, note: FromThread & { kind: 'note' }): void {
    try {
      for (const observer of this.options.observers ?? [])
        observer.noted?.(node, note.timeNs, note.name, note.value);
    } catch (error) {
      this.thrown ??= { error };
      this.end('failed', null);
    }
  }

  private fail(node: NodeId, what: string): void {
    this.end('failed', { kind: 'error', message: `node ${node}: ${what}`, node });
  }

  /** The first end counts. */
  private end(outcome: RunOutcome, failure: RunFailure | null): void {
    if (this.outcome !== null) return;
    this.outcome = outcome;
    this.failure = failure;
    this.endedNs = outcome === 'finished' ? 0 : this.timeNs;
    this.over.give();
  }

  /** Every node waits for a message, none is under way, and nothing moved since the last look: a deadlock. */
  private watch(): void {
    const snapshot = this.board.snapshot();
    const still = snapshot === this.seen;
    this.seen = snapshot;
    const { board } = this;
    const allWait = board.sum('waiting') === board.nodeCount;
    if (!still || !allWait || board.sum('sent') !== board.sum('received')) return;
    if (board.sum('finished') < board.nodeCount)
      this.end('failed', { kind: 'deadlock', message: '', nodes: [] });
  }

  /** Asks every node where it stands; those too busy to answer in time are not heard. */
  private async collectReports(): Promise<void> {
    if (this.origin === null) return;
    for (const worker of this.workers) tell(worker, { kind: 'report' });
    const patience = setTimeout(() => this.reported.give(), REPORT_MS);
    await this.reported.given;
    clearTimeout(patience);
    if (this.failure?.kind === 'deadlock') this.failure = this.deadlock();
  }

  private deadlock(): RunFailure {
    const nodes = [...this.standings.values()]
      .filter(({ node }) => this.board.count(node, 'finished') === 0)
      .sort((a, b) => a.node - b.node);
    const message =
      `deadlock after ${this.timeNs} ns: nothing is left to happen, ` +
      `but ${nodes.length} of ${this.board.nodeCount} nodes are not finished`;
    return { kind: 'deadlock', message, nodes };
  }

  private result(): RunResult {
    const { board, timeNs } = this;
    return {
      outcome: this.outcome ?? 'failed',
      failure: this.failure,
      timeNs,
      events: board.sum('handlers'),
      digest: '',
      messages: board.sum('messagesSent'),
      bytes: board.sum('bytesSent'),
      messagesLost: 0,
      strikes: [],
      idleRules: [],
      nodes: this.accounts(),
      links: [],
      linkTimeline: new Float32Array(0),
    };
  }
}

function tell(worker: Worker, message: ToThread): void {
  worker.postMessage(message);
}

/** A promise and the way to keep it. */
function signal(): { given: Promise<void>; give: () => void } {
  let give = (): void => {};
  const given = new Promise<void>((resolve) => (give = resolve));
  return { given, give };
}

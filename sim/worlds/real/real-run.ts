/**
 * Runs one protocol for real: every node on a runner of its own (a thread or a process), time measured. It starts the
 * runners, takes the notes of their nodes and watches for the end; no message between nodes passes through it. It knows
 * nothing of what the nodes do, nor of what runs them.
 */
import { join } from 'node:path';
import { emptyColumns } from '../../../engine/columns.ts';
import { deadlock, nobodyLeft } from '../../../engine/run-failure.ts';
import { LINK_FIGURES } from '../../../engine/result.ts';
import type { RunFailure, RunOutcome, RunResult } from '../../../engine/result.ts';
import type { WastedJobs } from '../../../engine/work-log.ts';
import type { NodeId } from '../../../engine/world.ts';
import { readWholeRow, takeUpRow } from './board-row.ts';
import { boardMemory, SharedBoard } from './shared-board.ts';
import type { Crew, CrewClient } from './crew.ts';
import { NodeReports } from './node-reports.ts';
import { signal } from './signal.ts';
import { HostFaults } from './host-faults.ts';
import type { RealRunOptions } from './real-run-options.ts';
import type { RunKeeper } from './run-keeper.ts';
import { Standstill } from './standstill.ts';
import type { FromNode } from '../board.ts';
import { makeStorageFolder, removeStorageFolder } from '../file-storage.ts';

/** How often the board is checked for a deadlock: it is one when two checks in a row see the same standstill. */
const WATCH_MS = 100;
/** How long a working node may take to report at the end of the run. */
const REPORT_MS = 1000;
const DEFAULT_STEPS = 1024;

export class RealRun implements CrewClient {
  readonly board: SharedBoard;
  private readonly options: RealRunOptions;
  private readonly crew: Crew;
  /** Folder of all that outlives the nodes: the storage of all nodes, and the disk of each. */
  private readonly folder = makeStorageFolder();
  private readonly keeper: RunKeeper | null;
  private faults: HostFaults | null = null;
  private origin: bigint | null = null;
  private endedNs: number | null = null;
  private outcome: RunOutcome | null = null;
  private failure: RunFailure | null = null;
  private thrown: { error: unknown } | null = null;
  /** A node's runner has ended by itself: the run can go on with others. */
  hasLostRunner = false;
  private readonly reports = new NodeReports();
  /** Nodes that have reported that they are finished, after all their notes. */
  private readonly finished = new Set<NodeId>();
  private readonly standstill: Standstill;
  private readonly over = signal();

  constructor(options: RealRunOptions) {
    const { hosts, seed, work, faults, stores } = options;
    this.options = options;
    this.keeper = options.keeper ?? null;
    const lasting = this.keeper?.folder ?? this.folder;
    const steps = faults ? (options.steps ?? DEFAULT_STEPS) : 1;
    const memory = boardMemory(hosts.length, steps);
    this.board = new SharedBoard(memory);
    this.standstill = new Standstill(this.board);
    const common = {
      seed,
      board: memory,
      canFail: faults !== undefined,
      storage: stores === true ? { folder: join(lasting, 'storage') } : null,
      disks: join(lasting, 'disks'),
      firstIncarnation: this.keeper?.firstIncarnation ?? 0,
      shape: options.shape ?? null,
      traceLimit: options.trace?.limit ?? null,
      work,
    };
    const setups = hosts.map(({ memoryBytes }, node) => ({ node, memoryBytes, ...common }));
    this.crew = options.crew(setups, this, this.folder);
    for (const [node, row] of (this.keeper?.state?.rows ?? []).entries())
      takeUpRow(this.board, node, row);
  }

  /** Nanoseconds since the run began; 0 before, and its length once it has ended. */
  get timeNs(): number {
    if (this.endedNs !== null) return Math.max(this.endedNs, this.board.lastNs());
    return this.origin === null ? 0 : Number(process.hrtime.bigint() - this.origin);
  }

  /** True once all runners are up and the nodes have been told to start. */
  get started(): boolean {
    return this.origin !== null;
  }

  get events(): number {
    return this.board.sum('handlers');
  }

  get messages(): number {
    return this.board.sum('messagesSent');
  }

  /** Writes the nanoseconds that a node has spent in each of the NODE_STATES up to now into as many places. */
  readTimes(node: NodeId, into: Float64Array): void {
    this.board.readTimes(node, this.timeNs, into);
  }

  /** The most bytes that any node has held so far. */
  get peakMemoryBytes(): number {
    return this.board.peakMemoryBytes;
  }

  /** Runs to the end; no runner is left. Throws what an observer threw. */
  async run(): Promise<RunResult> {
    let watch: NodeJS.Timeout | null = null;
    try {
      const ready = this.options.hosts.map((_, node) => this.crew.hire(node));
      await Promise.race([Promise.all(ready), this.over.given]);
      this.startNodes();
      watch = setInterval(() => this.watch(), WATCH_MS);
      await this.over.given;
      this.faults?.stop();
      await this.collectReports();
    } finally {
      if (watch !== null) clearInterval(watch);
      this.faults?.stop();
      await this.crew.disband();
      removeStorageFolder(this.folder);
    }
    if (this.thrown !== null) throw this.thrown.error;
    return this.result();
  }

  /** Ends the run now; `run` resolves with what was done so far. */
  stop(outcome: 'stopped' | 'interrupted'): void {
    this.end(outcome, null);
  }

  /** Ends the run as failed, for that reason. */
  fail(failure: RunFailure): void {
    this.end('failed', failure);
  }

  /** Moves busy time of a node to redo. */
  writeOff(wasted: WastedJobs): void {
    this.board.work.writeOff(wasted);
  }

  heard(node: NodeId, message: FromNode): void {
    switch (message.kind) {
      case 'note':
        this.noted(node, message);
        break;
      case 'finished':
        this.finished.add(node);
        this.endIfDone();
        break;
      case 'failed':
        this.end('failed', message.failure);
        break;
      case 'watch':
        this.faults?.watches.watch(node, message.peer, message.serial);
        break;
      case 'unwatch':
        this.faults?.watches.unwatch(node, message.peer);
        break;
      case 'traced':
        this.options.trace?.heard(node, message.entries, message.leftOut);
        break;
      case 'report':
        this.reports.add(message.standing, message.memoryItems, this.crew.size);
    }
  }

  lost(node: NodeId, what: string): void {
    this.hasLostRunner ||= this.outcome === null;
    this.end('failed', { kind: 'error', message: `node ${node}: ${what}`, node });
  }

  private startNodes(): void {
    if (this.outcome !== null) return;
    const before = BigInt(Math.round(this.keeper?.state?.timeNs ?? 0));
    const origin = process.hrtime.bigint() - before;
    const { board, crew, options } = this;
    this.origin = origin;
    this.keep();
    if (options.faults) {
      this.faults = new HostFaults(options.faults, options.seed, options.observers ?? [], {
        board,
        crew,
        origin,
        now: () => this.timeNs,
        nodeGone: (node) => {
          this.finished.delete(node);
          this.keep();
          this.endIfDone();
        },
        failed: (error) => this.observerFailed(error),
      });
      this.faults.start();
    }
    crew.tellAll({ kind: 'start', origin });
  }

  /**
   * Ends the run when no node that is up has anything left to do: the work is done, or no node will return to do it.
   */
  private endIfDone(): void {
    const { faults } = this;
    // All notes of a runner that is being ended have come by the time it has gone.
    if (faults && faults.leaving > 0) return;
    const nodes = this.options.hosts.map((_, node) => node);
    const down = nodes.filter((node) => faults?.isUp(node) === false);
    if (this.finished.size < nodes.length - down.length) return;
    const missing = this.options.missing?.() ?? null;
    if (this.finished.size > 0 && missing === null) this.end('finished', null);
    else if ((faults?.returning ?? 0) === 0)
      this.end('failed', nobodyLeft(down, nodes.length, this.timeNs, missing));
  }

  private noted(node: NodeId, note: FromNode & { kind: 'note' }): void {
    try {
      for (const observer of this.options.observers ?? [])
        observer.noted?.(node, note.timeNs, note.name, note.value);
    } catch (error) {
      this.observerFailed(error);
    }
  }

  private observerFailed(error: unknown): void {
    this.thrown ??= { error };
    this.end('failed', null);
  }

  /** The first end counts. */
  private end(outcome: RunOutcome, failure: RunFailure | null): void {
    if (this.outcome !== null) return;
    this.outcome = outcome;
    this.failure = failure;
    this.endedNs = outcome === 'finished' ? 0 : this.timeNs;
    this.over.give();
  }

  /** Checks for what ends a run: the scenario's time limit, and a standstill. */
  private watch(): void {
    if (this.timeNs >= (this.options.stopAtNs ?? Infinity)) return this.end('stopped', null);
    this.keep();
    if (!this.crew.look()) return;
    const { standstill, faults, options } = this;
    const isStuck =
      faults && options.faults
        ? standstill.isStall(
            this.timeNs,
            options.faults.detector.misses * options.faults.detector.heartbeatNs,
            faults.schedule.awaited > 0,
          )
        : standstill.isDeadlock();
    if (isStuck) this.fail({ kind: 'deadlock', message: '', nodes: [] });
  }

  /** Asks every node for its report; those too busy to answer in time are left out. */
  private async collectReports(): Promise<void> {
    if (this.origin === null) return;
    this.crew.tellAll({ kind: 'report' });
    await this.reports.wait(REPORT_MS);
    if (this.failure?.kind === 'deadlock') this.failure = this.deadlock();
  }

  private keep(): void {
    const { keeper, board, crew, timeNs } = this;
    if (keeper === null) return;
    const rows = crew.lives.map((_, node) => readWholeRow(board, node));
    keeper.save({ timeNs, rows, incarnations: crew.lives });
  }

  private deadlock(): RunFailure {
    const nodes = this.reports.standingsOf((node) => this.board.get(node, 'finished') === 0);
    const why = this.faults ? 'stalled' : 'nothing is left to happen';
    return deadlock(nodes, this.board.nodeCount, this.timeNs, why);
  }

  private result(): RunResult {
    const { board, timeNs, faults } = this;
    const nodes = board.accounts(timeNs);
    this.reports.writeItems(nodes);
    const injected = faults?.schedule.faults ?? [];
    const crashed = injected.some(({ kind, nodes }) => kind === 'crash' && nodes.length > 0);
    return {
      outcome: this.outcome ?? 'failed',
      failure: this.failure,
      timeNs,
      events: this.events,
      digest: '',
      messages: this.messages,
      bytes: board.sum('bytesSent'),
      // Sent and never taken: by an ended node or, at the very end, by one with no use for it.
      messagesLost: crashed ? Math.max(0, board.sum('sent') - board.sum('received')) : 0,
      faults: [...injected],
      idleRules: faults?.schedule.idleRules() ?? [],
      nodes,
      links: emptyColumns(LINK_FIGURES, 0),
      linkTimeline: new Float32Array(0),
    };
  }
}

/**
 * Who runs the nodes of a real run, one runner for each node that is up: threads or processes, started, told of each
 * other and ended. A node whose runner has ended may get another for its next incarnation. It knows neither what the
 * nodes do nor why runners are ended.
 */
import type { NodeId } from '../../../engine/world.ts';
import type { FromNode, ToNode } from '../board.ts';
import { FileDisk } from '../file-disk.ts';
import type { LinkShape } from '../shaped-mail.ts';
import { type BoardMemory, SharedBoard } from './shared-board.ts';

/** Start data of a node's runner. `work` is what its node factory needs, such as a scenario and its data. */
export interface NodeSetup {
  readonly node: NodeId;
  readonly seed: number;
  /** Of the node, in this run: more than 0 where it goes on from an earlier one. */
  readonly firstIncarnation: number;
  /** Infinity where there is no limit. */
  readonly memoryBytes: number;
  readonly board: BoardMemory;
  /** The network that the run plays; null where it has what the machine gives. */
  readonly shape: LinkShape | null;
  /** How many jobs and messages of the node are traced; null where there is no trace. */
  readonly traceLimit: number | null;
  /** Whether watching has an effect. */
  readonly canFail: boolean;
  /**
   * The folder of the storage that outlives the nodes, or `board` where somebody else has it and the board brings
   * values there and back; null where there is none.
   */
  readonly storage: { readonly folder: string } | 'board' | null;
  /** The folder of the nodes' own disks. */
  readonly disks: string;
  /** What is on the node's own, where the board brings records there; left out where the node has the folder. */
  readonly record?: object | null;
  readonly work: unknown;
}

/** With the known incarnation of each node; its own is this one. */
export interface PlacedSetup extends NodeSetup {
  readonly incarnations: readonly number[];
}

/** What runs one incarnation of a node. */
export interface Runner {
  tell(message: ToNode): void;
  /** Ends it at once; when that resolves it does nothing any more. */
  end(): Promise<void>;
}

export interface RunnerListener {
  heard(message: FromNode): void;
  /** It has ended by itself, or has not begun. */
  lost(what: string): void;
}

export interface CrewClient {
  /** A report of a node's present runner, or a last note or trace of an ended one. */
  heard(node: NodeId, message: FromNode): void;
  /** The node's runner has ended by itself. */
  lost(node: NodeId, what: string): void;
}

/** Makes the crew of a run. `folder` is the run's own, and is removed after it. */
export type CrewFactory = (
  setups: readonly NodeSetup[],
  client: CrewClient,
  folder: string,
) => Crew;

export abstract class Crew {
  /** The present incarnation of each node, or the last one. */
  private readonly incarnations: number[];
  /** Whether each node's incarnation has begun: a runner is started before its incarnation begins. */
  private readonly isOn: boolean[];
  protected readonly setups: readonly NodeSetup[];
  /** Figures of all nodes. */
  protected readonly board: SharedBoard;
  private readonly client: CrewClient;
  /** The present runner of each node; null where there is none. */
  private readonly present: (Runner | null)[];
  private readonly all = new Set<Runner>();
  private readonly readied: (() => void)[];

  constructor(setups: readonly NodeSetup[], client: CrewClient) {
    this.setups = setups;
    this.client = client;
    this.board = new SharedBoard(setups[0].board);
    this.incarnations = setups.map(({ firstIncarnation }) => firstIncarnation);
    this.isOn = setups.map(() => true);
    this.present = setups.map(() => null);
    this.readied = setups.map(() => () => {});
  }

  /** Starts what will run the node. It does nothing before `start` is told. */
  protected abstract start(setup: PlacedSetup, listener: RunnerListener): Runner;

  /**
   * Called now and then: true if the board shows every node as it was at some moment since the last call.
   */
  abstract look(): boolean;

  /**
   * Starts a runner for the node's first incarnation, or for the next one after `dismiss`; resolves when its node is
   * placed and waits for `start`.
   */
  hire(node: NodeId): Promise<void> {
    const incarnations = [...this.incarnations];
    if (!this.isOn[node]) incarnations[node]++;
    const runner: Runner = this.start(
      { ...this.setups[node], incarnations },
      {
        heard: (message) => this.heard(node, runner, message),
        lost: (what) => this.lost(node, runner, what),
      },
    );
    this.present[node] = runner;
    this.all.add(runner);
    return new Promise((resolve) => (this.readied[node] = resolve));
  }

  /** Ends the node's runner; when that resolves it does nothing any more. */
  async dismiss(node: NodeId): Promise<void> {
    const runner = this.present[node];
    this.present[node] = null;
    this.isOn[node] = false;
    if (runner === null) return;
    await runner.end();
    this.all.delete(runner);
  }

  /** The node's next incarnation begins. Informs all other nodes. */
  revive(node: NodeId): void {
    const incarnation = ++this.incarnations[node];
    this.isOn[node] = true;
    for (const [other, runner] of this.present.entries())
      if (runner && other !== node) runner.tell({ kind: 'returned', peer: node, incarnation });
  }

  /** No effect on a node without a runner. */
  tell(node: NodeId, message: ToNode): void {
    this.present[node]?.tell(message);
  }

  tellAll(message: ToNode): void {
    for (const runner of this.present) runner?.tell(message);
  }

  /** Holds the node before the next thing it does. */
  hold(node: NodeId, nowNs: number): void {
    this.board.hold(node, nowNs);
  }

  /** Releases the node; no effect if it is not held. */
  release(node: NodeId): void {
    this.board.release(node);
  }

  /** From now on the node's jobs take that many times as long. */
  pace(node: NodeId, slowness: number): void {
    this.board.set(node, 'slowness', slowness);
  }

  /** The disk of a node without a runner is lost with its record. */
  loseDisk(node: NodeId): void {
    new FileDisk(this.setups[node].disks, node).lose();
  }

  /** The present incarnation of each node, or the last one. */
  get lives(): readonly number[] {
    return this.incarnations;
  }

  /** Number of nodes with a runner. */
  get size(): number {
    return this.present.filter((runner) => runner !== null).length;
  }

  /** Ends all runners. */
  async disband(): Promise<void> {
    this.present.fill(null);
    await Promise.all([...this.all].map((runner) => runner.end()));
  }

  /** The runner of that incarnation of the node, if it is the present one and has begun. */
  protected runnerOf(node: NodeId, incarnation: number): Runner | null {
    const isPresent = this.isOn[node] && incarnation === this.incarnations[node];
    return isPresent ? this.present[node] : null;
  }

  private heard(node: NodeId, runner: Runner, message: FromNode): void {
    const isPresent = this.present[node] === runner;
    if (isPresent && message.kind === 'ready') this.readied[node]();
    else if (isPresent || message.kind === 'note' || message.kind === 'traced')
      this.client.heard(node, message);
  }

  private lost(node: NodeId, runner: Runner, what: string): void {
    if (this.present[node] === runner) this.client.lost(node, what);
  }
}

/**
 * The worker threads of a run: one for each node that is up; started, introduced to each other and ended. A node
 * whose thread has ended may get another for its next incarnation. It knows neither what the nodes do nor why threads
 * are ended.
 */
import { Worker } from 'node:worker_threads';
import type { NodeId } from '../../../engine/world.ts';
import { BUNDLED_WORKER_OPTIONS } from '../bundle.ts';
import type { FromThread, ThreadSetup, ToThread } from './thread-messages.ts';

export interface CrewClient {
  /** A report of a node's present thread, or a last note of an ended one. */
  heard(node: NodeId, message: FromThread): void;
  /** The node's thread has ended by itself. */
  lost(node: NodeId, what: string): void;
}

/** Start data of a node's thread, without the incarnations of all. */
type NodeSetup = Omit<ThreadSetup, 'incarnations'>;

export class ThreadCrew {
  /** The present incarnation of each node, or the last one. */
  private readonly incarnations: number[];
  /** Whether each node's incarnation has begun: a thread is started before its incarnation begins. */
  private readonly isOn: boolean[];
  private readonly bundle: string;
  private readonly setups: readonly NodeSetup[];
  private readonly client: CrewClient;
  /** The present thread of each node; null where there is none. */
  private readonly present: (Worker | null)[];
  private readonly all = new Set<Worker>();
  private readonly readied: (() => void)[];

  constructor(bundle: string, setups: readonly NodeSetup[], client: CrewClient) {
    this.bundle = bundle;
    this.setups = setups;
    this.client = client;
    this.incarnations = setups.map(() => 0);
    this.isOn = setups.map(() => true);
    this.present = setups.map(() => null);
    this.readied = setups.map(() => () => {});
  }

  /**
   * Starts a thread for the node's first incarnation, or for the next one after `dismiss`; resolves when its node is
   * placed and waits for `start`.
   */
  hire(node: NodeId): Promise<void> {
    const incarnations = [...this.incarnations];
    if (!this.isOn[node]) incarnations[node]++;
    const setup: ThreadSetup = { ...this.setups[node], incarnations };
    const worker = new Worker(this.bundle, {
      ...BUNDLED_WORKER_OPTIONS,
      workerData: setup,
      name: `node ${node}`,
    });
    this.present[node] = worker;
    this.all.add(worker);
    worker.on('message', (message: FromThread) => this.heard(node, worker, message));
    worker.on('error', (error) => this.lost(node, worker, `its thread failed: ${error.message}`));
    worker.on('exit', (code) => this.lost(node, worker, `its thread ended with code ${code}`));
    return new Promise((resolve) => (this.readied[node] = resolve));
  }

  /** Ends the node's thread; when that resolves it does nothing any more. */
  async dismiss(node: NodeId): Promise<void> {
    const worker = this.present[node];
    this.present[node] = null;
    this.isOn[node] = false;
    await worker?.terminate();
  }

  /** The node's next incarnation begins. Informs all other nodes. */
  revive(node: NodeId): void {
    const incarnation = ++this.incarnations[node];
    this.isOn[node] = true;
    for (const [other, worker] of this.present.entries())
      if (worker && other !== node)
        worker.postMessage({ kind: 'returned', peer: node, incarnation });
  }

  /** No effect on a node without a thread. */
  tell(node: NodeId, message: ToThread): void {
    this.present[node]?.postMessage(message);
  }

  tellAll(message: ToThread): void {
    for (const worker of this.present) worker?.postMessage(message);
  }

  /** Number of nodes with a thread. */
  get size(): number {
    return this.present.filter((worker) => worker !== null).length;
  }

  /** Ends all threads. */
  async disband(): Promise<void> {
    this.present.fill(null);
    await Promise.all([...this.all].map((worker) => worker.terminate()));
  }

  private heard(node: NodeId, worker: Worker, message: FromThread): void {
    if (this.present[node] !== worker) {
      if (message.kind === 'note') this.client.heard(node, message);
      return;
    }
    if (message.kind === 'ready') this.readied[node]();
    else if (message.kind === 'connect') this.introduce(node, message);
    else this.client.heard(node, message);
  }

  /** A connection to an incarnation that is over, or has not begun, is closed: what is sent on it is lost. */
  private introduce(
    node: NodeId,
    { peer, incarnation, port }: FromThread & { kind: 'connect' },
  ): void {
    const worker = this.present[peer];
    if (worker && this.isOn[peer] && incarnation === this.incarnations[peer])
      worker.postMessage({ kind: 'connect', peer: node, port }, [port]);
    else port.close();
  }

  private lost(node: NodeId, worker: Worker, what: string): void {
    this.all.delete(worker);
    if (this.present[node] === worker) this.client.lost(node, what);
  }
}

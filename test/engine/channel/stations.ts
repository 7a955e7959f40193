/** Nodes that are nothing but ends of the reliable transport, and a clock to play faults and sendings by. */
import { Accounting } from '../../../engine/accounting.ts';
import { PrefixCheck } from '../../../engine/channel/prefix-check.ts';
import type { Distribution } from '../../../engine/distribution.ts';
import { Kernel } from '../../../engine/kernel.ts';
import type { Sharing } from '../../../engine/network/build.ts';
import type { Topology } from '../../../engine/network/topology.ts';
import type { Observer } from '../../../engine/observer.ts';
import { Observers } from '../../../engine/observers.ts';
import { ReliableTransport } from '../../../engine/reliable-transport.ts';
import type { Message, NodeId } from '../../../engine/world.ts';

export interface Numbered extends Message {
  readonly n: number;
}

export interface StationOptions {
  topology: Topology;
  sharing?: Sharing;
  seed?: number;
  latencyJitter?: Distribution;
  detector?: { heartbeatNs: number; misses: number };
  rerouteAfterNs?: number;
  observer?: Observer;
}

export class Stations {
  readonly kernel: Kernel;
  readonly transport: ReliableTransport;
  readonly check = new PrefixCheck();
  /** By node: what it was handed, as `from:n`, with the times beside it. */
  readonly got: string[][];
  readonly gotNs: number[][];
  /** By node: whom it suspected, and when. */
  readonly suspicions: { peer: NodeId; timeNs: number }[][];
  private readonly accounting: Accounting;
  private readonly calls: (() => void)[] = [];
  private readonly calling: number;

  constructor(options: StationOptions) {
    const { topology, observer } = options;
    const { nodeCount } = topology;
    this.kernel = new Kernel(options.seed ?? 1);
    this.accounting = new Accounting(nodeCount);
    const observers = new Observers(observer ? [this.check, observer] : [this.check]);
    this.transport = new ReliableTransport(
      this.kernel,
      this.accounting,
      observers,
      {
        seed: options.seed ?? 1,
        topology,
        sharing: options.sharing ?? 'fifo',
        latencyJitter: options.latencyJitter,
        rerouteAfterNs: options.rerouteAfterNs,
      },
      options.detector ?? { heartbeatNs: 10_000, misses: 3 },
    );
    const each = <T>(make: () => T): T[] => Array.from({ length: nodeCount }, make);
    this.got = each(() => []);
    this.gotNs = each(() => []);
    this.suspicions = each(() => []);
    for (let node = 0; node < nodeCount; node++)
      this.transport.receivers.push({
        deliver: (message, from) => {
          this.got[node].push(`${from}:${(message as Numbered).n}`);
          this.gotNs[node].push(this.kernel.now);
        },
        suspect: (peer) => this.suspicions[node].push({ peer, timeNs: this.kernel.now }),
      });
    this.calling = this.kernel.register((index) => this.calls[index]());
  }

  /** Has something done at that time. */
  at(timeNs: number, call: () => void): void {
    this.kernel.schedule(timeNs, this.calling, this.calls.push(call) - 1, 0);
  }

  send(from: NodeId, to: NodeId, n: number, bytes = 100): void {
    this.transport.send(from, to, { kind: 'numbered', n } as Numbered, bytes);
  }

  remind(from: NodeId, to: NodeId, n: number, bytes = 100): void {
    const reminder: Numbered = { kind: 'numbered reminder', n, isReminder: true };
    this.transport.send(from, to, reminder, bytes);
  }

  crash(node: NodeId): void {
    this.check.crashed(node);
    this.transport.crashed(node);
  }

  /** Runs until nothing is left to happen, or that time; returns whether something is left. */
  run(untilNs = Infinity): boolean {
    while (this.kernel.now <= untilNs && this.kernel.run(1) > 0);
    return this.kernel.pending > 0;
  }

  stateOf(node: NodeId): string {
    return this.accounting.stateOf(node, this.kernel.now);
  }

  /** True if the books of every node say that nothing is under way. */
  get isQuiet(): boolean {
    return this.got.every((_, node) => this.stateOf(node) === 'idle');
  }
}

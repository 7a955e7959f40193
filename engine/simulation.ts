/**
 * The simulated world: hosts, a network and the nodes placed on them, run event by event to the end. The same
 * options give the same events, the same digest and the same result, whoever watches. It must not know what the
 * nodes compute.
 */
import { Accounting } from './accounting.ts';
import { Alarms } from './alarms.ts';
import type { Distribution } from './distribution.ts';
import type { DetectorSpec, FaultRule, StorageSpec } from './faults/fault-rule.ts';
import type { HostSpec } from './host-spec.ts';
import type { HostKeeper, HostServices } from './host.ts';
import { Host } from './host.ts';
import { Kernel } from './kernel.ts';
import { OutOfMemory } from './ledger.ts';
import type { Sharing } from './network/build.ts';
import { LinkHistory } from './network/link-history.ts';
import type { Topology } from './network/topology.ts';
import { NodeWorld } from './node-world.ts';
import type { Observer } from './observer.ts';
import { Observers } from './observers.ts';
import type { LinkUse, NodeAccount, RunFailure, RunOutcome, RunResult } from './result.ts';
import { Transport } from './transport.ts';
import type { NodeFactory } from './world.ts';

export interface SimulationOptions {
  /** A whole number from 0 to 2^53: all chance of the run comes from it. */
  readonly seed: number;
  /** One a node. */
  readonly hosts: readonly HostSpec[];
  readonly topology: Topology;
  readonly sharing: Sharing;
  /** Factors on the time of every job and on the latency of every message. */
  readonly jitter?: { readonly compute?: Distribution; readonly latency?: Distribution };
  /** False where jobs cost time but are never run. */
  readonly runJobs: boolean;
  readonly observers?: readonly Observer[];
  /** Shows each node's present state code (its index in NODE_STATES); may lie in shared memory. */
  readonly states?: Uint8Array;
  /** What goes wrong, and how nodes find out; without it nothing fails, and nobody is watched. */
  readonly faults?: { readonly rules: readonly FaultRule[]; readonly detector: DetectorSpec };
  /** Without it `save` and `load` are errors. */
  readonly storage?: StorageSpec;
  /** The run ends as `stopped` at this time, if it has not ended before. */
  readonly stopAtNs?: number;
  readonly place: NodeFactory;
}

export class Simulation implements HostKeeper {
  private readonly kernel: Kernel;
  private readonly accounting: Accounting;
  private readonly transport: Transport;
  private readonly history: LinkHistory;
  private readonly hosts: Host[] = [];
  private unfinishedNodes = 0;
  private outcome: RunOutcome | null = null;
  private failure: RunFailure | null = null;

  constructor(options: SimulationOptions) {
    const { hosts, topology, jitter } = options;
    if (hosts.length !== topology.nodeCount)
      throw new RangeError(
        `hosts: there are ${hosts.length}, the topology has ${topology.nodeCount} nodes`,
      );
    this.kernel = new Kernel(options.seed);
    this.accounting = new Accounting(hosts.length, options.states);
    const observers = new Observers(options.observers ?? []);
    this.transport = new Transport(this.kernel, this.accounting, observers, {
      seed: options.seed,
      topology,
      sharing: options.sharing,
      latencyJitter: jitter?.latency,
    });
    this.history = new LinkHistory(topology.linkCount);
    const services: HostServices = {
      seed: options.seed,
      kernel: this.kernel,
      accounting: this.accounting,
      observers,
      keeper: this,
      runJobs: options.runJobs,
      computeJitter: jitter?.compute ?? null,
      jobEnd: this.kernel.register((node) => this.hosts[node].endJob()),
    };
    this.settle(options, services);
  }

  /** Runs up to that many events. True while there is more to do: call again. */
  run(maxEvents: number): boolean {
    if (this.outcome !== null) return false;
    this.runSampled(maxEvents);
    if (this.outcome === null && this.kernel.pending === 0) this.failDeadlocked();
    return this.outcome === null;
  }

  /** Ends the run after the current event, or now if there is none. A run that has ended stays as it is. */
  stop(outcome: 'stopped' | 'interrupted'): void {
    if (this.outcome === null) this.end(outcome);
  }

  /** Nanoseconds since the run began. */
  get timeNs(): number {
    return this.kernel.now;
  }

  get events(): number {
    return this.kernel.events;
  }

  /** Messages sent over the network. */
  get messages(): number {
    return this.transport.messages;
  }

  /** Bytes sent over the network, headers included. */
  get bytes(): number {
    return this.transport.bytes;
  }

  /** Nodes that are not finished. */
  get unfinished(): number {
    return this.unfinishedNodes;
  }

  get failed(): boolean {
    return this.failure !== null;
  }

  /** Each node's books up to now. */
  accounts(): NodeAccount[] {
    const now = this.kernel.now;
    return this.hosts.map((host) => {
      const [downNs, busyNs, redoNs, commNs, idleNs] = this.accounting.timesOf(host.self, now);
      return {
        node: host.self,
        downNs,
        busyNs,
        redoNs,
        commNs,
        idleNs,
        jobs: host.jobs,
        flops: host.flops,
        ...this.transport.traffic[host.self],
        peakMemoryBytes: host.ledger.peakBytes,
        memoryItems: host.ledger.peaks(),
      };
    });
  }

  /** Use of every link up to now. */
  links(): LinkUse[] {
    return this.transport.use();
  }

  /** What the run left; an error before its end. */
  result(): RunResult {
    if (this.outcome === null)
      throw new Error("result: the run has not ended; run it on, or stop('interrupted') it first");
    return {
      outcome: this.outcome,
      failure: this.failure,
      timeNs: this.kernel.now,
      events: this.kernel.events,
      digest: this.kernel.digest,
      messages: this.transport.messages,
      bytes: this.transport.bytes,
      messagesLost: 0,
      strikes: [],
      idleRules: [],
      nodes: this.accounts(),
      links: this.links(),
      linkTimeline: this.history.timeline(this.kernel.now, this.transport.linkBusyNs()),
    };
  }

  nodeFinished(): void {
    this.unfinishedNodes--;
    if (this.unfinishedNodes === 0 && this.outcome === null) this.end('finished');
  }

  handlerFailed(host: Host, doing: string, error: unknown): void {
    if (this.failure) return;
    const text = error instanceof Error ? error.message : String(error);
    const node = host.self;
    const where = `node ${node} in phase '${host.node.phase}', ${doing}`;
    if (error instanceof OutOfMemory)
      this.failure = {
        kind: 'out-of-memory',
        message: `out of memory: ${where}: ${text}`,
        node,
        ledger: error.items,
        limitBytes: error.limitBytes,
      };
    else this.failure = { kind: 'error', message: `${where}: ${text}`, node };
    this.end('failed');
  }

  /** Runs up to that many events, in stretches that end where the history of the links wants a sample. */
  private runSampled(maxEvents: number): void {
    const { kernel, history } = this;
    const end = kernel.events + maxEvents;
    while (kernel.events < end) {
      const stretch = Math.min(end, history.due) - kernel.events;
      if (kernel.run(stretch) < stretch) return;
      if (kernel.events === history.due) history.sample(kernel.now, this.transport.linkBusyNs());
    }
  }

  /** Makes the hosts, places the nodes and schedules their start. */
  private settle(options: SimulationOptions, services: HostServices): void {
    const { kernel, transport } = this;
    const alarm = kernel.register((node, number) => this.hosts[node].alarmDue(number));
    const start = kernel.register((node) => this.hosts[node].start());
    const timeOut = kernel.register(() => this.timeOut());
    for (let node = 0; node < options.hosts.length; node++) {
      const host = new Host(node, options.hosts[node], services, new Alarms(kernel, alarm, node));
      this.hosts.push(host);
      transport.receivers.push(host);
    }
    this.unfinishedNodes = this.hosts.length;
    for (const host of this.hosts) {
      try {
        host.node = options.place(new NodeWorld(host, services, transport));
      } catch (error) {
        if (!(error instanceof OutOfMemory)) throw error;
        this.handlerFailed(host, 'being placed', error);
        return;
      }
    }
    for (const host of this.hosts) kernel.schedule(0, start, host.self, 0);
    if (options.stopAtNs !== undefined) kernel.schedule(options.stopAtNs, timeOut, 0, 0);
  }

  private timeOut(): void {
    if (this.kernel.pending === 0) this.failDeadlocked();
    else this.stop('stopped');
  }

  private failDeadlocked(): void {
    const standing = this.hosts.filter((host) => !host.isFinished).map((host) => host.standing());
    this.failure = {
      kind: 'deadlock',
      message:
        `deadlock after ${this.kernel.now} ns: nothing is left to happen, ` +
        `but ${standing.length} of ${this.hosts.length} nodes are not finished`,
      nodes: standing,
    };
    this.end('failed');
  }

  private end(outcome: RunOutcome): void {
    this.outcome = outcome;
    this.kernel.stop();
  }
}

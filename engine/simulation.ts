/**
 * The simulated world: hosts, a network and the nodes placed on them, run event by event to the end. The same
 * options give the same events, the same digest and the same result, whoever watches. It must not know what the
 * nodes compute.
 */
import { Accounting } from './accounting.ts';
import { Alarms } from './alarms.ts';
import { Disks } from './storage/disks.ts';
import { FaultInjector, type HostRegister } from './faults/fault-injector.ts';
import { StallWatch } from './faults/stall-watch.ts';
import { Host } from './host/host.ts';
import { coresOfMachines } from './host/shared-cores.ts';
import { END_NS, Kernel } from './kernel.ts';
import { OutOfMemory } from './ledger.ts';
import { LinkHistory } from './network/link-history.ts';
import { accountsOf } from './node-accounts.ts';
import { NodeWorld, type WorldServices } from './node-world.ts';
import { Observers } from './observers.ts';
import { ReliableTransport } from './reliable-transport.ts';
import type { RunFailure, RunResult } from './result.ts';
import { RunEnd } from './run-end.ts';
import type { SimulationOptions } from './simulation-options.ts';
import { Storage } from './storage/storage.ts';
import { GivenUp } from './verbs.ts';
import { Transport, type MessageCarrier } from './transport.ts';
import type { WastedJobs } from './work-log.ts';
import type { NodeFactory, NodeId } from './world.ts';

export type { SimulationOptions } from './simulation-options.ts';

export class Simulation implements HostRegister {
  private readonly kernel: Kernel;
  private readonly accounting: Accounting;
  private readonly transport: MessageCarrier;
  private readonly history: LinkHistory;
  private readonly hosts: Host[] = [];
  private readonly services: WorldServices;
  private readonly place: NodeFactory;
  private readonly ending: RunEnd;

  constructor(options: SimulationOptions) {
    const { hosts, topology, jitter } = options;
    if (hosts.length !== topology.nodeCount)
      throw new RangeError(
        `hosts: there are ${hosts.length}, the topology has ${topology.nodeCount} nodes`,
      );
    this.kernel = new Kernel(options.seed);
    this.place = options.place;
    const isFallible = options.faults !== undefined || options.dropsWork;
    this.accounting = new Accounting(hosts.length, isFallible);
    const observers = new Observers(options.observers ?? []);
    const carrying = { seed: options.seed, topology, sharing: options.sharing };
    const { rerouteAfterNs } = options.faults ?? {};
    const wire = { ...carrying, latencyJitter: jitter?.latency, rerouteAfterNs };
    const faultable = options.faults
      ? new ReliableTransport(
          this.kernel,
          this.accounting,
          observers,
          wire,
          options.faults.detector,
        )
      : null;
    this.transport = faultable ?? new Transport(this.kernel, this.accounting, observers, wire);
    this.history = new LinkHistory(topology.linkCount);
    const readLinks = () => this.transport.linkBusyNs();
    this.kernel.onStep(1, () =>
      this.history.sample(this.kernel.now, this.kernel.events, readLinks),
    );
    const jobEnd = this.kernel.register((node) => this.hosts[node].endJob());
    const alarm = this.kernel.register((node, number) => this.hosts[node].alarmDue(number));
    const start = this.kernel.register((node) => this.hosts[node].start());
    const timeOut = this.kernel.register(() => this.timeOut());
    const storage = options.storage
      ? new Storage(this.kernel, this.accounting, options.storage, this.hosts)
      : null;
    const { kernel, transport } = this;
    this.ending = new RunEnd({ ...options, kernel, transport, storage, hosts: this.hosts });
    this.services = {
      seed: options.seed,
      ...{ nodeCount: options.hosts.length, kernel, accounting: this.accounting },
      observers,
      keeper: this.ending,
      runJobs: options.runJobs,
      computeJitter: jitter?.compute ?? null,
      jobEnd,
      coresOf: coresOfMachines(),
      transport: this.transport,
      faultable,
      storage,
      disks: new Disks(this.kernel, this.accounting, hosts, this.hosts),
    };
    this.placeNodes(options, alarm);
    if (this.ending.outcome !== null) return;
    for (const { self } of this.hosts) this.kernel.schedule(0, start, self, 0);
    const { stopAtNs = END_NS } = options;
    if (stopAtNs < END_NS) this.kernel.schedule(stopAtNs, timeOut, 0, 0);
    if (options.faults) this.scheduleFaults(options.faults);
  }

  /** Runs up to that many events. True while there is more to do: call again. */
  run(maxEvents: number): boolean {
    const { ending, kernel } = this;
    if (ending.outcome !== null) return false;
    kernel.run(maxEvents);
    if (ending.outcome === null && kernel.pending === 0) ending.failDeadlocked();
    return ending.outcome === null;
  }

  /** Ends the run after the current event, or now if there is none. No effect on a run that has ended. */
  stop(outcome: 'stopped' | 'interrupted'): void {
    this.ending.end(outcome);
  }

  /** Ends the run as failed. No effect on a run that has ended. */
  fail(failure: RunFailure): void {
    this.ending.end('failed', failure);
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

  /** Nodes that are up and not finished. */
  get unfinished(): number {
    return this.ending.unfinishedNodes;
  }

  get failed(): boolean {
    return this.ending.failed;
  }

  /** Moves busy time of a node to redo: see `Accounting.writeOff`. */
  writeOff(wasted: WastedJobs): void {
    this.accounting.writeOff(wasted, this.kernel.now);
  }

  /** Writes the nanoseconds that a node has spent in each of the NODE_STATES up to now into as many places. */
  readTimes(node: NodeId, into: Float64Array): void {
    this.accounting.readTimes(node, this.kernel.now, into);
  }

  /** The most bytes that any node has held so far. */
  get peakMemoryBytes(): number {
    return this.hosts.reduce((most, { ledger }) => Math.max(most, ledger.peakBytes), 0);
  }

  /** Nanoseconds of full use of every link up to now. */
  linkBusyNs(): Float64Array {
    return this.transport.linkBusyNs();
  }

  /** The result of the run; an error before its end. */
  result(): RunResult {
    const { outcome, failure, injector } = this.ending;
    if (outcome === null)
      throw new Error("result: the run has not ended; run it on, or stop('interrupted') it first");
    return {
      outcome,
      failure,
      timeNs: this.kernel.now,
      events: this.kernel.events,
      digest: this.kernel.digest,
      messages: this.transport.messages,
      bytes: this.transport.bytes,
      messagesLost: this.services.faultable?.messagesLost ?? 0,
      faults: injector?.schedule.faults ?? [],
      idleRules: injector?.schedule.idleRules() ?? [],
      nodes: accountsOf(this.hosts, this.accounting, this.transport.traffic, this.kernel.now),
      links: this.transport.use(),
      linkTimeline: this.history.timeline(this.kernel.now, this.transport.linkBusyNs()),
    };
  }

  hostLost(wasFinished: boolean): void {
    this.ending.hostLost(wasFinished);
  }

  hostBack(host: Host): void {
    this.ending.unfinishedNodes++;
    try {
      host.node = this.place(new NodeWorld(host, this.services));
    } catch (error) {
      this.ending.handlerFailed(host, 'being placed', error);
      return;
    }
    host.start();
  }

  faultOver(): void {
    this.ending.endIfDone();
  }

  /** Makes the hosts and places their nodes. `alarm` is the kind of their alarm events. */
  private placeNodes(options: SimulationOptions, alarm: number): void {
    const { kernel, transport, services } = this;
    for (let node = 0; node < options.hosts.length; node++) {
      const host = new Host(node, options.hosts[node], services, new Alarms(kernel, alarm, node));
      this.hosts.push(host);
      transport.receivers.push(host);
    }
    this.ending.unfinishedNodes = this.hosts.length;
    for (const host of this.hosts) {
      try {
        host.node = this.place(new NodeWorld(host, services));
      } catch (error) {
        if (!(error instanceof OutOfMemory || error instanceof GivenUp)) throw error;
        this.ending.handlerFailed(host, 'being placed', error);
        return;
      }
    }
  }

  /** Schedules the faults, and the watch for runs that make no progress. */
  private scheduleFaults({ rules, detector }: NonNullable<SimulationOptions['faults']>): void {
    const { kernel, hosts, accounting } = this;
    const { seed, observers, storage, disks } = this.services;
    const transport = this.services.faultable!;
    const parts = { seed, kernel, observers, hosts, transport, storage, disks, register: this };
    const injector = new FaultInjector(rules, parts);
    this.ending.injector = injector;
    const { schedule } = injector;
    transport.expectPeace(schedule.firstNs);
    const stalled = (why: string) => this.ending.failDeadlocked(why);
    new StallWatch(detector, {
      ...{ kernel, accounting, hosts, transport, schedule, storage, stalled },
    });
  }

  private timeOut(): void {
    if (this.kernel.pending === 0) this.ending.failDeadlocked();
    else this.stop('stopped');
  }
}

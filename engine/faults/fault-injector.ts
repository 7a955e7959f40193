/**
 * Applies faults to hosts and wires: which host loses its memory, pauses, slows down or returns, and who is told, in
 * which order. It must not know when faults begin, nor what the nodes make of them.
 */
import type { Disks } from '../storage/disks.ts';
import type { Host } from '../host/host.ts';
import type { Kernel } from '../kernel.ts';
import type { Observers } from '../observers.ts';
import type { Storage } from '../storage/storage.ts';
import type { NodeId } from '../world.ts';
import type { FaultEffect, FaultRule, InjectedFault } from './fault-rule.ts';
import type { FaultSubjects } from './fault-schedule.ts';
import { FaultSchedule } from './fault-schedule.ts';
import type { FaultableTransport } from './faultable-transport.ts';

/** What the simulation does about hosts that go and return. */
export interface HostRegister {
  /** The host has crashed. */
  hostLost(wasFinished: boolean): void;
  /** The host is back: its node must be placed and started. */
  hostBack(host: Host): void;
  /** The begin or end of a fault has been applied to all its hosts and wires. */
  faultOver(): void;
}

interface FaultParts {
  readonly seed: number;
  readonly kernel: Kernel;
  readonly observers: Observers;
  readonly hosts: readonly Host[];
  readonly transport: FaultableTransport;
  readonly storage: Storage | null;
  readonly disks: Disks;
  readonly register: HostRegister;
}

export class FaultInjector implements FaultSubjects {
  readonly schedule: FaultSchedule;
  /** Hosts that are down and will come back. */
  returning = 0;
  private readonly parts: FaultParts;
  /** Numbers of the faults that pause each host. */
  private readonly pauses: readonly Set<number>[];

  constructor(rules: readonly FaultRule[], parts: FaultParts) {
    const { kernel, observers, seed, hosts } = parts;
    this.parts = parts;
    this.pauses = hosts.map(() => new Set<number>());
    this.schedule = new FaultSchedule(kernel, observers, rules, seed, hosts.length, this);
  }

  isUp(node: NodeId): boolean {
    return this.parts.hosts[node].isUp;
  }

  isFelt({ number }: InjectedFault, effect: FaultEffect): boolean {
    if (effect.kind === 'crash' || effect.kind === 'pause' || effect.kind === 'slow') return true;
    return this.parts.transport.feltWireFault(number, effect);
  }

  begin(fault: InjectedFault, effect: FaultEffect): void {
    if (effect.kind === 'crash') this.crash(fault, effect.disk === 'lost');
    else if (effect.kind === 'pause') for (const node of fault.nodes) this.pause(node, fault);
    else if (effect.kind === 'slow')
      for (const node of fault.nodes)
        this.parts.hosts[node].processor.slow(fault.number, effect.factor);
    else this.parts.transport.beginWireFault(fault.number, effect);
    this.parts.register.faultOver();
  }

  end(fault: InjectedFault, effect: FaultEffect): void {
    if (effect.kind === 'crash') this.comeBack(fault);
    else if (effect.kind === 'pause') for (const node of fault.nodes) this.goOn(node, fault);
    else if (effect.kind === 'slow')
      for (const node of fault.nodes) this.parts.hosts[node].processor.slowNoMore(fault.number);
    else this.parts.transport.endWireFault(fault.number);
    this.parts.register.faultOver();
  }

  /** All hosts of the fault are down before the transport hears of any. */
  private crash({ nodes, endNs }: InjectedFault, isDiskLost: boolean): void {
    const { hosts, transport, storage, disks, register } = this.parts;
    for (const node of nodes) {
      register.hostLost(hosts[node].isFinished);
      this.pauses[node].clear();
      storage?.drop(node);
      disks.drop(node, isDiskLost);
      hosts[node].crash();
    }
    for (const node of nodes) transport.crashed(node);
    if (endNs !== null) this.returning += nodes.length;
  }

  /** All hosts of the fault are up before any of their nodes starts. */
  private comeBack({ nodes }: InjectedFault): void {
    const { hosts, transport, register } = this.parts;
    for (const node of nodes) {
      hosts[node].comeBack();
      transport.returned(node, hosts[node].incarnation);
    }
    for (const node of nodes) {
      this.returning--;
      register.hostBack(hosts[node]);
    }
  }

  private pause(node: NodeId, { number }: InjectedFault): void {
    const { hosts, transport, storage, disks } = this.parts;
    if (this.pauses[node].add(number).size > 1) return;
    storage?.stop(node);
    disks.stop(node);
    hosts[node].stop();
    transport.paused(node);
  }

  /** Ends that pause of the host, unless a crash has. The host resumes when no other pause holds it. */
  private goOn(node: NodeId, { number }: InjectedFault): void {
    const { hosts, transport, storage, disks } = this.parts;
    if (!this.pauses[node].delete(number) || this.pauses[node].size > 0) return;
    storage?.goOn(node);
    disks.goOn(node);
    transport.resumed(node);
    hosts[node].goOn();
  }
}

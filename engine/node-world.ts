/** The world as one simulated node sees it in one incarnation. It must not know why nodes fail. */
import type { Disks } from './storage/disks.ts';
import type { FaultableTransport } from './faults/faultable-transport.ts';
import type { Host } from './host/host.ts';
import type { HostServices } from './host/host-services.ts';
import type { Storage } from './storage/storage.ts';
import type { MessageCarrier } from './transport.ts';
import { type RunFacts, Verbs } from './verbs.ts';
import type { Job, Message, NodeId, NoteValue, Stamp } from './world.ts';

/** What the worlds of a run share. */
export interface WorldServices extends HostServices, RunFacts {
  readonly transport: MessageCarrier;
  /** The transport again where nodes can fail, and null where they cannot. */
  readonly faultable: FaultableTransport | null;
  /** Null where there is none. */
  readonly storage: Storage | null;
  readonly disks: Disks;
}

export class NodeWorld extends Verbs<WorldServices> {
  private readonly host: Host;

  /** The world of the incarnation that the host is in. */
  constructor(host: Host, services: WorldServices) {
    super(host.self, host.incarnation, services.disks.recordOf(host.self), services);
    this.host = host;
  }

  now(): number {
    return this.services.kernel.now;
  }

  cancel(alarm: string): void {
    this.host.alarms.cancel(alarm);
  }

  hold(item: string, bytes: number): void {
    this.host.ledger.hold(item, bytes);
  }

  release(item: string, bytes: number): void {
    this.host.ledger.release(item, bytes);
  }

  note(name: string, value: NoteValue): void {
    this.services.observers.noted(this.self, this.services.kernel.now, name, value);
  }

  protected get jobAsked(): Job | null {
    return this.host.processor.job;
  }

  protected post(to: NodeId, message: Message, bytes: number): void {
    this.host.sends(to, bytes);
    this.services.transport.send(this.self, to, message, bytes);
  }

  protected begin(job: Job): void {
    this.host.begin(job);
  }

  protected setAlarm(alarm: string, afterNs: number): void {
    this.host.alarms.set(alarm, this.services.kernel.now + Math.ceil(afterNs));
  }

  protected beginWatch(peer: NodeId): void {
    this.services.faultable?.watch(this.self, peer);
  }

  protected endWatch(peer: NodeId): void {
    this.host.unsuspect(peer);
    this.services.faultable?.unwatch(this.self, peer);
  }

  protected dropSent(peer: NodeId, incarnation?: number): void {
    this.services.faultable?.hangUp(this.self, peer, incarnation);
  }

  protected write(name: string, value: object, bytes: number, stamp: Stamp): void {
    this.services.storage!.save(this.self, name, value, bytes, stamp);
  }

  protected read(name: string): void {
    this.services.storage!.load(this.self, name);
  }

  protected writeRecord(record: object, bytes: number): void {
    this.services.disks.persist(this.self, record, bytes);
  }
}

/**
 * The world as one simulated node sees it in one life: checks what the node asks for and passes it on. It must not
 * know why nodes fail.
 */
import type { FaultableTransport } from './faults/faultable-transport.ts';
import type { Host, HostServices } from './host.ts';
import { randomStream } from './random.ts';
import type { Storage } from './storage.ts';
import type { MessageCarrier } from './transport.ts';
import type { Job, Message, NodeId, NoteValue, RandomStream, Stamp, World } from './world.ts';

/** A node has said that the run cannot go on. */
export class GivenUp extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'GivenUp';
  }
}

/** What the worlds of a run share. */
export interface WorldServices extends HostServices {
  readonly transport: MessageCarrier;
  /** The transport again where nodes can fail, and null where they cannot. */
  readonly faultable: FaultableTransport | null;
  /** Null where there is none. */
  readonly storage: Storage | null;
}

export class NodeWorld implements World {
  readonly self: NodeId;
  readonly incarnation: number;
  private readonly host: Host;
  private readonly services: WorldServices;
  private streams: Map<string, RandomStream> | null = null;

  /** The world of the life that the host is in. */
  constructor(host: Host, services: WorldServices) {
    this.self = host.self;
    this.incarnation = host.incarnation;
    this.host = host;
    this.services = services;
  }

  now(): number {
    return this.services.kernel.now;
  }

  random(name: string): RandomStream {
    if (name === 'jitter')
      throw new Error(
        "random: the stream 'jitter' is the world's own, another name would be right",
      );
    this.streams ??= new Map();
    let stream = this.streams.get(name);
    if (!stream) {
      const life = this.incarnation === 0 ? '' : `#${this.incarnation}`;
      stream = randomStream(this.services.seed, `node/${this.self}${life}/${name}`);
      this.streams.set(name, stream);
    }
    return stream;
  }

  send(to: NodeId, message: Message, bytes: number): void {
    // The sentence is put together only where it is needed: this runs for every message.
    if (!this.isNode(to)) this.checkNode('send', `'${message.kind}' is for`, to);
    if (!(Number.isSafeInteger(bytes) && bytes >= 0))
      throw new RangeError(
        `send: '${message.kind}' has ${bytes} bytes, a whole number from 0 would be right`,
      );
    this.services.transport.send(this.self, to, message, bytes);
  }

  compute(job: Job): void {
    this.host.processor.begin(job);
    this.services.observers.jobStarted(this.self, job, this.services.kernel.now);
  }

  wake(alarm: string, afterNs: number): void {
    if (!(afterNs >= 0 && afterNs < Infinity))
      throw new RangeError(`wake: '${alarm}' is due after ${afterNs} ns, 0 or more would be right`);
    this.host.alarms.set(alarm, this.services.kernel.now + Math.ceil(afterNs));
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

  watch(peer: NodeId): void {
    this.checkPeer('watch', peer);
    this.services.faultable?.watch(this.self, peer);
  }

  unwatch(peer: NodeId): void {
    this.checkPeer('unwatch', peer);
    this.host.unsuspect(peer);
    this.services.faultable?.unwatch(this.self, peer);
  }

  hangUp(peer: NodeId): void {
    this.checkPeer('hangUp', peer);
    this.services.faultable?.hangUp(this.self, peer);
  }

  save(name: string, value: object, bytes: number, stamp?: Stamp): void {
    this.storageFor('save', name).save(this.self, name, value, bytes, stamp);
  }

  load(name: string): void {
    this.storageFor('load', name).load(this.self, name);
  }

  disown(lineage: number, node: NodeId, before?: number, after?: number): void {
    this.checkNode('disown', 'the jobs are those of', node);
    this.services.accounting.disown(node, lineage, this.services.kernel.now, before, after);
  }

  giveUp(reason: string): void {
    throw new GivenUp(reason);
  }

  note(name: string, value: NoteValue): void {
    this.services.observers.noted(this.self, this.services.kernel.now, name, value);
  }

  private storageFor(verb: string, name: string): Storage {
    if (!this.services.storage) throw new Error(`${verb}: there is no storage for '${name}'`);
    return this.services.storage;
  }

  private checkPeer(verb: string, peer: NodeId): void {
    this.checkNode(verb, 'the peer is', peer);
    if (peer === this.self)
      throw new RangeError(`${verb}: node ${peer} is this node itself, a peer would be right`);
  }

  private checkNode(verb: string, what: string, node: NodeId): void {
    if (this.isNode(node)) return;
    const last = this.services.transport.receivers.length - 1;
    throw new RangeError(`${verb}: ${what} node ${node}, a node from 0 to ${last} would be right`);
  }

  private isNode(node: NodeId): boolean {
    return Number.isInteger(node) && node >= 0 && node < this.services.transport.receivers.length;
  }
}

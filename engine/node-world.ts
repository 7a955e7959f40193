/** The world as one simulated node sees it: checks what the node asks for and passes it on. */
import type { Host, HostServices } from './host.ts';
import { randomStream } from './random.ts';
import type { Transport } from './transport.ts';
import type { Job, Message, NodeId, NoteValue, RandomStream, World } from './world.ts';

export class NodeWorld implements World {
  readonly self: NodeId;
  private readonly host: Host;
  private readonly services: HostServices;
  private readonly transport: Transport;
  private streams: Map<string, RandomStream> | null = null;

  constructor(host: Host, services: HostServices, transport: Transport) {
    this.self = host.self;
    this.host = host;
    this.services = services;
    this.transport = transport;
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
      stream = randomStream(this.services.seed, `node/${this.self}/${name}`);
      this.streams.set(name, stream);
    }
    return stream;
  }

  send(to: NodeId, message: Message, bytes: number): void {
    const nodeCount = this.transport.receivers.length;
    if (!(Number.isInteger(to) && to >= 0 && to < nodeCount))
      throw new RangeError(
        `send: '${message.kind}' is for node ${to}, a node from 0 to ${nodeCount - 1} would be right`,
      );
    if (!(Number.isSafeInteger(bytes) && bytes >= 0))
      throw new RangeError(
        `send: '${message.kind}' has ${bytes} bytes, a whole number from 0 would be right`,
      );
    this.transport.send(this.self, to, message, bytes);
  }

  compute(job: Job): void {
    this.host.compute(job);
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

  get incarnation(): number {
    return 0;
  }

  watch(): void {}

  unwatch(): void {}

  hangUp(): void {}

  save(name: string): void {
    throw new Error(`save: there is no storage for '${name}'`);
  }

  load(name: string): void {
    throw new Error(`load: there is no storage for '${name}'`);
  }

  disown(): void {}

  giveUp(reason: string): void {
    throw new Error(reason);
  }

  note(name: string, value: NoteValue): void {
    this.services.observers.noted(this.self, this.services.kernel.now, name, value);
  }
}

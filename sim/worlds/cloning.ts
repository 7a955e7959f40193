/**
 * For tests: proves that nodes give their messages away. The simulator passes references, threads move memory and
 * hosts copy it; a node that keeps writing to what it sent, or sends one array twice, would train differently in
 * each. It wraps the nodes of any world that places them in the calling thread.
 */
import { createHash } from 'node:crypto';
import { serialize } from 'node:v8';
import type { Job, Message, Node, NodeFactory, NodeId, World } from '../../engine/world.ts';

/** A message that was sent, and its content then. */
interface Sent {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly message: Message;
  readonly fingerprint: string;
}

function fingerprint(message: Message): string {
  return createHash('sha1').update(serialize(message)).digest('hex');
}

/** The memory of every array that owns its memory alone. Real worlds copy parts of a larger memory. */
function memories(value: unknown, into: ArrayBufferLike[] = []): ArrayBufferLike[] {
  if (typeof value !== 'object' || value === null) return into;
  if (ArrayBuffer.isView(value)) {
    if (value.byteLength > 0 && value.byteLength === value.buffer.byteLength)
      into.push(value.buffer);
    return into;
  }
  for (const part of Object.values(value)) memories(part, into);
  return into;
}

/**
 * - `reference` delivers what was sent, as the simulator does: finds messages changed before their delivery.
 * - `clone` delivers a deep copy and keeps the original: finds messages changed by their sender at any time, and a
 *   run whose results differ from the plain run's has a receiver that changes what its sender still reads.
 */
export type Delivery = 'reference' | 'clone';

export class Cloning {
  readonly place: NodeFactory;
  private readonly delivery: Delivery;
  /** By the object that is delivered. */
  private readonly underway = new Map<Message, Sent>();
  /** Originals whose receiver got a copy: they may never change. */
  private readonly kept: Sent[] = [];
  private readonly givenAway = new WeakSet<ArrayBufferLike>();
  private readonly found: string[] = [];
  private sentCount = 0;

  /** @param place the factory whose nodes are to be watched; hand `cloning.place` to the world instead of it */
  constructor(place: NodeFactory, delivery: Delivery) {
    this.delivery = delivery;
    this.place = (world) => new WatchedNode(this, place(this.watchedWorld(world)));
  }

  /** Messages sent so far, to other nodes. */
  get sent(): number {
    return this.sentCount;
  }

  /** Violations found so far, a sentence each; also checks every message that must still be unchanged. */
  violations(): string[] {
    const changed = [...this.kept, ...this.underway.values()].filter((sent) => this.changed(sent));
    return [...new Set([...this.found, ...changed.map((sent) => this.sentence(sent))])];
  }

  /** A message reached its node, which may change it from now on if it is the original. */
  delivered(message: Message): void {
    const sent = this.underway.get(message);
    if (sent === undefined) return;
    this.underway.delete(message);
    if (this.changed(sent)) this.found.push(this.sentence(sent));
    if (this.delivery === 'clone') this.kept.push(sent);
    else for (const memory of memories(message)) this.givenAway.delete(memory);
  }

  private send(world: World, to: NodeId, message: Message, bytes: number): void {
    for (const memory of memories(message)) {
      if (this.givenAway.has(memory))
        this.found.push(
          `node ${world.self} sent '${message.kind}' to node ${to} with an array that was given away before`,
        );
      this.givenAway.add(memory);
    }
    const carried = this.delivery === 'clone' ? structuredClone(message) : message;
    this.underway.set(carried, {
      from: world.self,
      to,
      message,
      fingerprint: fingerprint(message),
    });
    if (to !== world.self) this.sentCount++;
    world.send(to, carried, bytes);
  }

  private changed(sent: Sent): boolean {
    return fingerprint(sent.message) !== sent.fingerprint;
  }

  private sentence(sent: Sent): string {
    return `node ${sent.from} changed the message '${sent.message.kind}' after sending it to node ${sent.to}`;
  }

  private watchedWorld(world: World): World {
    return {
      self: world.self,
      incarnation: world.incarnation,
      disk: world.disk,
      now: () => world.now(),
      random: (stream) => world.random(stream),
      send: (to, message, bytes) => this.send(world, to, message, bytes),
      compute: (job) => world.compute(job),
      wake: (alarm, afterNs) => world.wake(alarm, afterNs),
      cancel: (alarm) => world.cancel(alarm),
      hold: (item, bytes) => world.hold(item, bytes),
      release: (item, bytes) => world.release(item, bytes),
      watch: (peer) => world.watch(peer),
      unwatch: (peer) => world.unwatch(peer),
      hangUp: (peer, incarnation) => world.hangUp(peer, incarnation),
      save: (name, value, bytes, stamp) => world.save(name, value, bytes, stamp),
      load: (name) => world.load(name),
      persist: (record, bytes) => world.persist(record, bytes),
      giveUp: (reason) => world.giveUp(reason),
      note: (name, value) => world.note(name, value),
    };
  }
}

class WatchedNode implements Node {
  private readonly watch: Cloning;
  private readonly inner: Node;

  constructor(watch: Cloning, inner: Node) {
    this.watch = watch;
    this.inner = inner;
  }

  get phase(): string {
    return this.inner.phase;
  }

  get finished(): boolean {
    return this.inner.finished;
  }

  start(): void {
    this.inner.start();
  }

  receive(message: Message, from: NodeId): void {
    this.watch.delivered(message);
    this.inner.receive(message, from);
  }

  computed(job: Job): void {
    this.inner.computed(job);
  }

  suspected(peer: NodeId): void {
    this.inner.suspected?.(peer);
  }

  saved(name: string, isNewest: boolean): void {
    this.inner.saved?.(name, isNewest);
  }

  loaded(name: string, value: object | null): void {
    this.inner.loaded?.(name, value);
  }

  persisted(): void {
    this.inner.persisted?.();
  }

  woken(alarm: string): void {
    this.inner.woken(alarm);
  }

  waitsFor(): string {
    return this.inner.waitsFor();
  }
}

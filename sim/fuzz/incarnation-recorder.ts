/**
 * Wraps every node and its world, and records each incarnation: what its ledger should hold, what it reads from
 * storage, and handlers that are called after its end. It passes everything on unchanged.
 */
import type {
  Job,
  Message,
  Node,
  NodeFactory,
  NodeId,
  NoteValue,
  RandomStream,
  Stamp,
  World,
} from '../../engine/world.ts';
import type { IncarnationSeen } from '../../models/claims/evidence.ts';

class RecordedWorld implements World {
  private readonly world: World;
  private readonly seen: IncarnationSeen;
  private heldBytes = 0;

  constructor(world: World, seen: IncarnationSeen) {
    this.world = world;
    this.seen = seen;
  }

  get self(): NodeId {
    return this.world.self;
  }

  get incarnation(): number {
    return this.world.incarnation;
  }

  get disk(): object | null {
    return this.world.disk;
  }

  now(): number {
    return this.world.now();
  }

  random(stream: string): RandomStream {
    return this.world.random(stream);
  }

  send(to: NodeId, message: Message, bytes: number): void {
    this.world.send(to, message, bytes);
  }

  compute(job: Job): void {
    this.world.compute(job);
  }

  wake(alarm: string, afterNs: number): void {
    this.world.wake(alarm, afterNs);
  }

  cancel(alarm: string): void {
    this.world.cancel(alarm);
  }

  watch(peer: NodeId): void {
    this.world.watch(peer);
  }

  unwatch(peer: NodeId): void {
    this.world.unwatch(peer);
  }

  hangUp(peer: NodeId, incarnation?: number): void {
    this.world.hangUp(peer, incarnation);
  }

  save(name: string, value: object, bytes: number, stamp?: Stamp): void {
    this.world.save(name, value, bytes, stamp);
  }

  load(name: string): void {
    this.seen.loads.push({ timeNs: this.now(), name });
    this.world.load(name);
  }

  persist(record: object, bytes: number): void {
    this.world.persist(record, bytes);
  }

  giveUp(reason: string): void {
    this.world.giveUp(reason);
  }

  hold(item: string, bytes: number): void {
    this.world.hold(item, bytes);
    this.enter(item, bytes);
  }

  release(item: string, bytes: number): void {
    this.world.release(item, bytes);
    this.enter(item, -bytes);
  }

  note(name: string, value: NoteValue): void {
    this.world.note(name, value);
  }

  private enter(item: string, bytes: number): void {
    const { held } = this.seen;
    held[item] = (held[item] ?? 0) + bytes;
    this.heldBytes += bytes;
    this.seen.peakBytes = Math.max(this.seen.peakBytes, this.heldBytes);
  }
}

class RecordedNode implements Node {
  private readonly node: Node;
  private readonly called: (handler: string) => void;

  constructor(node: Node, called: (handler: string) => void) {
    this.node = node;
    this.called = called;
  }

  get phase(): string {
    return this.node.phase;
  }

  get finished(): boolean {
    return this.node.finished;
  }

  start(): void {
    this.called('start');
    this.node.start();
  }

  receive(message: Message, from: NodeId): void {
    this.called(`receive ${message.kind}`);
    this.node.receive(message, from);
  }

  computed(job: Job): void {
    this.called(`computed ${job.name}`);
    this.node.computed(job);
  }

  woken(alarm: string): void {
    this.called(`woken ${alarm}`);
    this.node.woken(alarm);
  }

  suspected(peer: NodeId): void {
    this.called(`suspected ${peer}`);
    this.node.suspected?.(peer);
  }

  saved(name: string, isNewest: boolean): void {
    this.called(`saved ${name}`);
    this.node.saved?.(name, isNewest);
  }

  loaded(name: string, value: object | null): void {
    this.called(`loaded ${name}`);
    this.node.loaded?.(name, value);
  }

  persisted(): void {
    this.called('persisted');
    this.node.persisted?.();
  }

  waitsFor(): string {
    return this.node.waitsFor();
  }
}

export class IncarnationRecorder {
  /** In the order they began. */
  readonly seen: IncarnationSeen[] = [];
  private readonly newest = new Map<NodeId, IncarnationSeen>();

  readonly wrap = (place: NodeFactory): NodeFactory => {
    return (world) => {
      const { self: node, incarnation } = world;
      const seen: IncarnationSeen = {
        node,
        incarnation,
        held: {},
        peakBytes: 0,
        loads: [],
        calledAfterEnd: null,
      };
      this.seen.push(seen);
      this.newest.set(node, seen);
      return new RecordedNode(place(new RecordedWorld(world, seen)), (handler) => {
        if (this.newest.get(node) !== seen) seen.calledAfterEnd ??= handler;
      });
    };
  };
}

/**
 * For tests: wraps nodes and their worlds and records every verb used and every handler called, in order. It changes
 * nothing. Works in any world that places nodes in the calling thread.
 */
import type { Job, Message, Node, NodeFactory, NodeId, World } from '../../engine/world.ts';

type Handler =
  'start' | 'receive' | 'computed' | 'woken' | 'suspected' | 'saved' | 'loaded' | 'persisted';
type Verb =
  | 'send'
  | 'compute'
  | 'wake'
  | 'cancel'
  | 'watch'
  | 'unwatch'
  | 'hangUp'
  | 'save'
  | 'load'
  | 'persist'
  | 'giveUp'
  | 'hold'
  | 'release'
  | 'note';

/** One call. A handler's entry comes before the entries of the verbs it used. */
interface RecordedCall {
  readonly node: NodeId;
  readonly timeNs: number;
  readonly name: Handler | Verb;
  /** The node's phase when the call was made; '' while the node is being made. */
  readonly phase: string;
  /** The call's own arguments, by reference. */
  readonly args: readonly unknown[];
}

/** The name of a job, a message or anything else in a line of text. */
function word(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if ('kind' in value) return (value as Message).kind;
  return 'name' in value ? (value as Job).name : 'data';
}

export class Recording {
  /** Every call so far, of all nodes, in order. */
  readonly calls: RecordedCall[] = [];
  readonly place: NodeFactory;

  /** @param place the factory whose nodes are to be heard; hand `recording.place` to the world instead of it */
  constructor(place: NodeFactory) {
    this.place = (world) => new RecordedNode(this.calls, world, place);
  }

  /** The calls of one node, or of all, one line each: `1500 node 2 receive pull 1`. */
  lines(node?: NodeId): string[] {
    return this.calls
      .filter((call) => node === undefined || call.node === node)
      .map((call) =>
        [call.timeNs, 'node', call.node, call.name, ...call.args.map((arg) => word(arg))].join(' '),
      );
  }
}

class RecordedNode implements Node {
  private readonly calls: RecordedCall[];
  private readonly world: World;
  private readonly inner: Node;
  private made = false;

  constructor(calls: RecordedCall[], world: World, place: NodeFactory) {
    this.calls = calls;
    this.world = world;
    this.inner = place(this.heardWorld());
    this.made = true;
  }

  get phase(): string {
    return this.inner.phase;
  }

  get finished(): boolean {
    return this.inner.finished;
  }

  start(): void {
    this.hear('start', []);
    this.inner.start();
  }

  receive(message: Message, from: NodeId): void {
    this.hear('receive', [message, from]);
    this.inner.receive(message, from);
  }

  computed(job: Job): void {
    this.hear('computed', [job]);
    this.inner.computed(job);
  }

  suspected(peer: NodeId): void {
    this.hear('suspected', [peer]);
    this.inner.suspected?.(peer);
  }

  saved(name: string, isNewest: boolean): void {
    this.hear('saved', [name, isNewest]);
    this.inner.saved?.(name, isNewest);
  }

  loaded(name: string, value: object | null): void {
    this.hear('loaded', [name]);
    this.inner.loaded?.(name, value);
  }

  persisted(): void {
    this.hear('persisted', []);
    this.inner.persisted?.();
  }

  woken(alarm: string): void {
    this.hear('woken', [alarm]);
    this.inner.woken(alarm);
  }

  waitsFor(): string {
    return this.inner.waitsFor();
  }

  private hear(name: Handler | Verb, args: readonly unknown[]): void {
    const phase = this.made ? this.inner.phase : '';
    this.calls.push({ node: this.world.self, timeNs: this.world.now(), name, phase, args });
  }

  private heardWorld(): World {
    const { world } = this;
    const heard =
      <A extends unknown[]>(name: Verb, verb: (...args: A) => void) =>
      (...args: A): void => {
        this.hear(name, args);
        verb(...args);
      };
    return {
      self: world.self,
      incarnation: world.incarnation,
      disk: world.disk,
      now: () => world.now(),
      random: (stream) => world.random(stream),
      send: heard('send', (to, message, bytes) => world.send(to, message, bytes)),
      compute: heard('compute', (job) => world.compute(job)),
      wake: heard('wake', (alarm, afterNs) => world.wake(alarm, afterNs)),
      cancel: heard('cancel', (alarm) => world.cancel(alarm)),
      hold: heard('hold', (item, bytes) => world.hold(item, bytes)),
      release: heard('release', (item, bytes) => world.release(item, bytes)),
      watch: heard('watch', (peer) => world.watch(peer)),
      unwatch: heard('unwatch', (peer) => world.unwatch(peer)),
      hangUp: heard('hangUp', (peer, incarnation) => world.hangUp(peer, incarnation)),
      save: heard('save', (name, value, bytes, stamp) => world.save(name, value, bytes, stamp)),
      load: heard('load', (name) => world.load(name)),
      persist: heard('persist', (record, bytes) => world.persist(record, bytes)),
      giveUp: heard('giveUp', (reason) => world.giveUp(reason)),
      note: heard('note', (name, value) => world.note(name, value)),
    };
  }
}

/** Two nodes that send messages to each other, to measure what carries them, and what they cost at both ends. */
import type { Job, Message, Node, World } from '../../engine/world.ts';
import { median } from './median.ts';

/** What the nodes get. */
export interface ProbeWork {
  /** Sizes of messages, in bytes. */
  readonly sizes: readonly number[];
  /** How often each goes there and back. */
  readonly rounds: number;
}

/** Of a message of that size, the median of all rounds. */
export interface ProbeNote {
  readonly bytes: number;
  /** From its sending to its receiver's hearing of it: half of what there and back takes. */
  readonly oneWayNs: number;
  /** What its sending takes of its sender's time. */
  readonly sendNs: number;
  /** What a receiver takes for it that has done something else while it came. */
  readonly receiveNs: number;
}

/** `ball` comes back at once; those of a `flood` are counted. */
interface Ball extends Message {
  readonly kind: 'ball' | 'drop';
  readonly content: Uint8Array;
}

/** So many drops of that size come while the receiver is busy. */
interface Flood extends Message {
  readonly kind: 'flood';
  readonly drops: number;
}

interface Counted extends Message {
  readonly kind: 'counted';
  readonly dropNs: number;
}

const LAST: Message = { kind: 'last' };
const FLOODS = 9;
/** A flood has as many drops as make about so many bytes, but not more than that many. */
const [FLOOD_BYTES, MOST_DROPS] = [2 ** 18, 16];
/** The receiver is busy for so long: all drops are there by then. */
const BUSY_NS = 20_000_000;

abstract class Player implements Node {
  readonly phase = 'playing';
  finished = false;
  protected readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  abstract receive(message: Message): void;
  start(): void {}
  computed(): void {}
  woken(): void {}
  waitsFor(): string {
    return 'the ball';
  }

  /** The nanoseconds that it takes. */
  protected send<Sent extends Message>(message: Sent, bytes = 0): number {
    const beganNs = this.world.now();
    this.world.send(1 - this.world.self, message, bytes);
    return this.world.now() - beganNs;
  }
}

/** Node 0: serves, and measures. */
class Server extends Player {
  private readonly work: ProbeWork;
  private size = 0;
  private sentNs = 0;
  private oneWayNs: number[] = [];
  private sendNs: number[] = [];
  private receiveNs: number[] = [];

  constructor(world: World, work: ProbeWork) {
    super(world);
    this.work = work;
  }

  override start(): void {
    this.serve();
  }

  receive(message: Message): void {
    if (message.kind === 'ball') this.back();
    else this.counted((message as Counted).dropNs);
  }

  private get bytes(): number {
    return this.work.sizes[this.size];
  }

  private serve(): void {
    const content = new Uint8Array(this.bytes);
    this.sentNs = this.world.now();
    this.sendNs.push(this.send<Ball>({ kind: 'ball', content }, this.bytes));
  }

  private back(): void {
    this.oneWayNs.push((this.world.now() - this.sentNs) / 2);
    if (this.oneWayNs.length < this.work.rounds) this.serve();
    else this.flood();
  }

  private flood(): void {
    const { bytes } = this;
    const drops = Math.min(MOST_DROPS, Math.max(2, Math.floor(FLOOD_BYTES / (bytes + 1))));
    this.send<Flood>({ kind: 'flood', drops });
    for (let drop = 0; drop < drops; drop++)
      this.send<Ball>({ kind: 'drop', content: new Uint8Array(bytes) }, bytes);
  }

  private counted(dropNs: number): void {
    this.receiveNs.push(dropNs);
    if (this.receiveNs.length < FLOODS) return this.flood();
    const { bytes } = this;
    const times = { oneWayNs: median(this.oneWayNs), sendNs: median(this.sendNs) };
    const note: ProbeNote = { bytes, ...times, receiveNs: median(this.receiveNs) };
    this.world.note('probe', note);
    [this.oneWayNs, this.sendNs, this.receiveNs] = [[], [], []];
    if (++this.size < this.work.sizes.length) return this.serve();
    this.send(LAST);
    this.finished = true;
  }
}

/** Node 1: sends balls back, and counts drops. */
class Returner extends Player {
  private drops = 0;
  private left = 0;
  private freeNs = 0;

  receive(message: Message): void {
    if (message.kind === 'last') this.finished = true;
    else if (message.kind === 'ball') this.send(message, (message as Ball).content.length);
    else if (message.kind === 'flood') this.beBusy((message as Flood).drops);
    else this.count();
  }

  private beBusy(drops: number): void {
    this.drops = this.left = drops;
    const { world } = this;
    const run = (): void => {
      const untilNs = world.now() + BUSY_NS;
      while ((this.freeNs = world.now()) < untilNs);
    };
    world.compute({ name: 'busy', flops: 0, run } satisfies Job);
  }

  private count(): void {
    if (--this.left > 0) return;
    const dropNs = (this.world.now() - this.freeNs) / this.drops;
    this.send<Counted>({ kind: 'counted', dropNs });
  }
}

export function probeNode(world: World, work: ProbeWork): Node {
  return world.self === 0 ? new Server(world, work) : new Returner(world);
}

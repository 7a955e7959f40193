/** Two nodes that send a message to and fro, to measure what carries it. */
import type { Message, Node, World } from '../../engine/world.ts';

/** What the nodes get. */
export interface ProbeWork {
  /** Sizes of messages, in bytes. */
  readonly sizes: readonly number[];
  /** How often each goes there and back. */
  readonly rounds: number;
}

/** A message of that size went one way in that time: half of what there and back takes, the median of all rounds. */
export interface ProbeNote {
  readonly bytes: number;
  readonly oneWayNs: number;
}

interface Ball extends Message {
  readonly kind: 'ball';
  readonly content: Uint8Array;
}

const LAST: Message = { kind: 'last' };

export class ProbeNode implements Node {
  readonly phase = 'playing';
  finished = false;
  private readonly world: World;
  private readonly work: ProbeWork;
  private size = 0;
  private sentNs = 0;
  private took: number[] = [];

  constructor(world: World, work: ProbeWork) {
    this.world = world;
    this.work = work;
  }

  start(): void {
    if (this.world.self === 0) this.serve(new Uint8Array(this.work.sizes[0]));
  }

  receive(message: Message): void {
    if (message.kind === 'last') {
      this.finished = true;
      return;
    }
    const { content } = message as Ball;
    if (this.world.self === 0) this.back(content);
    else this.send(content);
  }

  computed(): void {}
  woken(): void {}
  waitsFor(): string {
    return 'the ball';
  }

  private serve(content: Uint8Array): void {
    this.sentNs = this.world.now();
    this.send(content);
  }

  private back(content: Uint8Array): void {
    const { rounds, sizes } = this.work;
    this.took.push((this.world.now() - this.sentNs) / 2);
    if (this.took.length < rounds) return this.serve(content);
    const oneWayNs = this.took.sort((one, other) => one - other)[Math.floor(rounds / 2)];
    this.world.note('probe', { bytes: content.length, oneWayNs } satisfies ProbeNote);
    this.took = [];
    if (++this.size < sizes.length) return this.serve(new Uint8Array(sizes[this.size]));
    this.world.send(1, LAST, 0);
    this.finished = true;
  }

  private send(content: Uint8Array): void {
    const ball: Ball = { kind: 'ball', content };
    this.world.send(1 - this.world.self, ball, content.length);
  }
}

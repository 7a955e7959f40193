/**
 * One attempt of a node to train to the end: the protocol's own node in a world that can be thrown away. What it sends and
 * notes says the epoch of the attempt, what it holds is given back when the attempt is over, and its jobs can be kept
 * waiting. It knows no checkpoint.
 */
import type { Job, Message, Node, NodeId, NoteValue, World } from '../../engine/world.ts';
import { NOTES } from '../spec/notes.ts';

/** Notes that say of which epoch they are. */
const STAMPED: ReadonlySet<string> = new Set([NOTES.iteration, NOTES.weights]);

export class Attempt {
  readonly epoch: number;
  /** Steps that it has begun a job of, since the beginning of the run; null before it begins. */
  begun: number | null = null;
  private readonly world: World;
  private node: Node | null = null;
  /** A job that it has asked for, and that may not begin yet. */
  private waiting: Job | null = null;
  private isHeld = false;
  /** Messages that came before the attempt began, or while a job waits. */
  private readonly early: { readonly message: Message; readonly from: NodeId }[] = [];
  private readonly ledger = new Map<string, number>();

  constructor(world: World, epoch: number) {
    this.world = world;
    this.epoch = epoch;
  }

  get phase(): string {
    return this.node?.phase ?? 'loading';
  }

  get finished(): boolean {
    return this.node?.finished ?? false;
  }

  waitsFor(): string {
    return this.node?.waitsFor() ?? 'its part of a checkpoint';
  }

  /** After so many steps. */
  begin(version: number, create: (world: World) => Node): void {
    this.begun = version;
    this.node = create(this.ownWorld());
    this.node.start();
    this.handOver();
  }

  receive(message: Message, from: NodeId): void {
    this.early.push({ message, from });
    this.handOver();
  }

  /** Its job is over. */
  computed(job: Job): void {
    // Its node hears first of what came while the job waited, as if that had come while it ran.
    this.handOver();
    this.node!.computed(job);
  }

  /** No job begins until `release`. */
  hold(): void {
    this.isHeld = true;
  }

  release(): void {
    this.isHeld = false;
    const { waiting } = this;
    this.waiting = null;
    if (waiting !== null) this.compute(waiting);
  }

  /** It is over: nothing of it is held any more. */
  drop(): void {
    this.waiting = null;
    for (const [item, bytes] of this.ledger) if (bytes > 0) this.world.release(item, bytes);
  }

  /** A node is told of nothing before it begins, nor while a job that it has asked for waits. */
  private handOver(): void {
    while (this.node !== null && this.waiting === null && this.early.length > 0) {
      const { message, from } = this.early.shift()!;
      this.node.receive(message, from);
    }
  }

  private ownWorld(): World {
    const { world, epoch } = this;
    return {
      ...{ self: world.self, incarnation: 0, disk: null },
      now: () => world.now(),
      random: (stream) => world.random(stream),
      send: (to, message, bytes) => world.send(to, { ...message, epoch } as Message, bytes),
      compute: (job) => this.compute(job),
      hold: (item, bytes) => this.enter(item, bytes),
      release: (item, bytes) => this.enter(item, -bytes),
      giveUp: (reason) => world.giveUp(reason),
      note: (name, value) => world.note(name, this.stamped(name, value)),
      wake: refuse('wake'),
      cancel: refuse('cancel'),
      watch: refuse('watch'),
      unwatch: refuse('unwatch'),
      hangUp: refuse('hangUp'),
      save: refuse('save'),
      load: refuse('load'),
      persist: refuse('persist'),
    };
  }

  private compute(job: Job): void {
    if (this.waiting !== null) throw new Error(`'${job.name}' is asked for, and another one waits`);
    if (this.isHeld) {
      this.waiting = job;
      return;
    }
    if (job.step !== undefined) this.begun = Math.max(this.begun!, job.step + 1);
    this.world.compute(job);
  }

  private enter(item: string, bytes: number): void {
    if (bytes < 0) this.world.release(item, -bytes);
    else this.world.hold(item, bytes);
    this.ledger.set(item, (this.ledger.get(item) ?? 0) + bytes);
  }

  private stamped(name: string, value: NoteValue): NoteValue {
    return STAMPED.has(name) ? { ...(value as object), epoch: this.epoch } : value;
  }
}

/** Alarms, storage and detection are those of the restart: a protocol that uses them has a recovery of its own. */
function refuse(verb: string): () => never {
  return () => {
    throw new Error(`${verb}: a protocol that is restarted as a whole has no use for it`);
  };
}

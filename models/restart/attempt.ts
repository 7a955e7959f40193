/**
 * One attempt of a node to train to the end: the protocol's own node in a world that can be thrown away. What it sends and
 * notes says the epoch of the attempt; what it holds is given back when the attempt is over; and it is told of messages as
 * the world itself would tell it. It knows no checkpoint.
 */
import type {
  Job,
  Message,
  Node,
  NodeId,
  NoteValue,
  RandomStream,
  World,
} from '../../engine/world.ts';
import { NOTES } from '../spec/notes.ts';
import type { Engine } from './engine.ts';

/** Notes that say of which epoch they are. */
const STAMPED: ReadonlySet<string> = new Set([NOTES.iteration, NOTES.weights]);

export class Attempt {
  readonly epoch: number;
  /** Steps that it has begun a job of; 0 before the first. */
  begun = 0;
  private readonly world: World;
  private readonly engine: Engine;
  private node: Node | null = null;
  /** Messages that came before the attempt began, or during a job. */
  private readonly held: { readonly message: Message; readonly from: NodeId }[] = [];
  private readonly ledger = new Map<string, number>();

  constructor(world: World, engine: Engine, epoch: number) {
    this.world = world;
    this.engine = engine;
    this.epoch = epoch;
  }

  get phase(): string {
    return this.node?.phase ?? 'new';
  }

  get finished(): boolean {
    return this.node?.finished ?? false;
  }

  waitsFor(): string {
    return this.node?.waitsFor() ?? 'its beginning';
  }

  begin(create: (world: World) => Node): void {
    this.node = create(this.ownWorld());
    this.node.start();
    this.handOver();
  }

  receive(message: Message, from: NodeId): void {
    this.held.push({ message, from });
    this.handOver();
  }

  /** Its job is over: it hears first of what came meanwhile. */
  computed(job: Job): void {
    for (const { message, from } of this.held.splice(0)) this.node!.receive(message, from);
    this.node!.computed(job);
    this.handOver();
  }

  /** It is over: nothing of it is held any more. */
  drop(): void {
    this.engine.drop();
    for (const [item, bytes] of this.ledger) if (bytes > 0) this.world.release(item, bytes);
  }

  /** A node is told of nothing before it begins, and during its jobs. */
  private handOver(): void {
    while (this.node !== null && !this.engine.isAsked && this.held.length > 0) {
      const { message, from } = this.held.shift()!;
      this.node.receive(message, from);
    }
  }

  private ownWorld(): World {
    const { world, epoch } = this;
    return {
      self: world.self,
      incarnation: 0,
      disk: null,
      now: () => world.now(),
      random: (stream): RandomStream => world.random(stream),
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
    if (job.step !== undefined) this.begun = Math.max(this.begun, job.step + 1);
    this.engine.compute(job);
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

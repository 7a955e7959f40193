/** Small nodes, each of which looks at one promise of the world it lives in and logs what it saw by notes. */
import type { Job, Message, Node, World } from '../../../engine/world.ts';
import { awaitSignal, signal, stand } from './flags.ts';

/** As long as a message takes at most, on a busy machine. */
const TRANSIT_MS = 500;

let flags = '';

/** Every run has its own flags; a node gets them with its work. */
export function useFlags(file: string): void {
  flags = file;
}

interface Numbered extends Message {
  number: number;
  values: Float64Array;
}

/** A node whose handlers do nothing until a case says otherwise. */
export class Quiet implements Node {
  phase = 'waiting';
  finished = false;
  readonly world: World;
  constructor(world: World) {
    this.world = world;
  }
  start(): void {}
  receive(_message: Message, _from: number): void {}
  computed(_job: Job): void {}
  woken(_alarm: string): void {}
  persisted(): void {}
  waitsFor(): string {
    return `a message that never comes to node ${this.world.self}`;
  }
  log(text: string): void {
    this.world.note('log', { text });
  }
  finish(): void {
    this.phase = 'done';
    this.finished = true;
  }
}

export const ORDER_COUNT = 150;

/** Node 0 sends numbered arrays to all others by turns, parts of larger arrays among them. */
export class Orderly extends Quiet {
  private got = 0;
  override start(): void {
    if (this.world.self !== 0) return;
    for (let number = 0; number < ORDER_COUNT; number++)
      for (const to of [1, 2]) {
        const large = Float64Array.from([number, number + to, -1, -2]);
        const values = number % 2 === 0 ? large : large.subarray(0, 2);
        this.world.send(to, { kind: 'numbered', number, values } as Message, 16);
      }
    this.finish();
  }
  override receive(message: Message, from: number): void {
    const { number, values } = message as Numbered;
    const right = values[0] === number && values[1] === number + this.world.self;
    this.log(`${number} from ${from} ${right ? 'right' : 'wrong'}`);
    if (++this.got === ORDER_COUNT) this.finish();
  }
}

/** Node 1 works while node 0 sends it five messages. */
export class Busy extends Quiet {
  override start(): void {
    if (this.world.self === 0) this.world.send(1, { kind: 'hello' }, 0);
  }
  override receive(message: Message, from: number): void {
    this.log(message.kind);
    if (message.kind === 'hello') {
      this.world.send(from, { kind: 'go' }, 0);
      this.world.compute({ name: 'work', flops: 1e9, run: () => this.work() });
      this.log('asked');
    }
    if (message.kind === 'go') {
      for (let number = 0; number < 5; number++) this.world.send(1, { kind: `late ${number}` }, 8);
      signal(flags);
      this.finish();
    }
  }
  override computed(job: Job): void {
    this.log(`computed ${job.name}`);
    this.finish();
  }
  private work(): void {
    awaitSignal(flags);
    // Between processes the messages are still on their way.
    stand(TRANSIT_MS);
    this.log('ran');
  }
}

/** Asks for a job when it must not. */
export class Greedy extends Quiet {
  override start(): void {
    this.phase = 'grabbing';
    this.world.compute({ name: 'first', flops: 1, run: () => {} });
    this.world.compute({ name: 'second', flops: 1, run: () => {} });
  }
}

/** Asks for its next job between the end of one and its `computed`. */
export class Hasty extends Busy {
  override receive(message: Message, from: number): void {
    super.receive(message, from);
    if (message.kind === 'late 0')
      this.world.compute({ name: 'too early', flops: 1, run: () => {} });
  }
}

/** Sets its alarms anew where that took so long, on a real clock, that they would be due in another order. */
export class Alarmed extends Quiet {
  override start(): void {
    const { world } = this;
    let beganNs: number;
    do {
      beganNs = world.now();
      this.setAlarms();
    } while (world.now() - beganNs >= 1e6);
    this.log('started');
  }
  private setAlarms(): void {
    const { world } = this;
    world.wake('late', 4e6);
    world.wake('cancelled', 2e6);
    world.wake('moved', 1e6);
    world.wake('early', 3e6);
    world.wake('moved', 5e6);
    world.wake('at once', 0);
    world.cancel('cancelled');
    world.cancel('never set');
  }
  override woken(alarm: string): void {
    this.log(alarm);
    if (alarm === 'moved') this.finish();
  }
}

/** An alarm falls due while a job runs, and the next job is asked for at once. */
export class Overslept extends Quiet {
  private jobs = 0;
  override start(): void {
    this.world.wake('during', 1e6);
    this.work();
  }
  override computed(job: Job): void {
    this.log(`computed ${job.name}`);
    if (this.jobs < 2) this.work();
    else this.finish();
  }
  override woken(alarm: string): void {
    this.log(alarm);
  }
  private work(): void {
    const name = `job ${++this.jobs}`;
    this.world.compute({ name, flops: 1e10, run: () => this.wait(name) });
  }
  private wait(name: string): void {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    this.log(`ran ${name}`);
  }
}

export class Narcissus extends Quiet {
  override start(): void {
    this.world.send(0, { kind: 'to myself', values: Float32Array.of(1, 2) } as Message, 8);
    this.log('sent');
  }
  override receive(message: Message, from: number): void {
    this.log(`${message.kind} from ${from} ${(message as Numbered).values.join(' ')}`);
    this.finish();
  }
}

export class Hoarder extends Quiet {
  override start(): void {
    if (this.world.self !== 1) return this.finish();
    this.phase = 'hoarding';
    this.world.hold('gold', 600);
    this.world.release('gold', 100);
    this.world.hold('silver', 300);
    this.world.hold('gold', 400);
  }
}

export class Clumsy extends Quiet {
  override start(): void {
    if (this.world.self === 0) this.world.send(1, { kind: 'banana' }, 0);
  }
  override receive(): void {
    this.phase = 'slipping';
    throw new Error('there was a banana skin');
  }
}

export class Waiting extends Quiet {
  override start(): void {
    this.phase = 'waiting for the other';
    if (this.world.self === 2) this.finish();
  }
}

export class Gambler extends Quiet {
  override start(): void {
    const dice = this.world.random('dice');
    this.log([dice.next(), this.world.random('dice').next(), dice.below(6)].join(' '));
    this.finish();
  }
}

/** Gives three records at once, and touches the first again. */
export class Forgetful extends Quiet {
  private writes = 0;
  override start(): void {
    const record = { values: Float64Array.of(1) };
    this.world.persist(record, 8);
    record.values[0] = 9;
    this.world.persist({ number: 2 }, 8);
    this.world.persist({ number: 3 }, 8);
    this.log(`given, and ${this.world.disk} was there`);
  }
  override persisted(): void {
    this.log(`persisted ${++this.writes}`);
    if (this.writes === 2) this.world.wake('later', 50e6);
  }
  override woken(): void {
    this.finish();
  }
}

/** Tells in each incarnation what it finds, and leaves a record that it touches again, as it does what it has found. */
export class Diarist extends Quiet {
  override start(): void {
    const { disk, incarnation } = this.world;
    const found = disk as { values: Float64Array } | null;
    this.log(found === null ? 'nothing' : `${found.values.constructor.name} ${found.values}`);
    if (found) found.values[0] = -1;
    if (incarnation === DIARY_LIVES - 1) return this.finish();
    if (incarnation === 1) return this.log('left as it is');
    const record = { values: Float64Array.of(incarnation, 0.5) };
    this.world.persist(record, 16);
    record.values[0] = -2;
  }
  override persisted(): void {
    this.log('persisted');
  }
}

export const DIARY_LIVES = 4;

/** Asks for what no world grants, and logs what it is told. */
export class Unreasonable extends Quiet {
  override start(): void {
    const { world } = this;
    const message = { kind: 'greeting' };
    const job = { name: 'sum', flops: 1, run: () => {} };
    const asked: (() => unknown)[] = [
      () => world.random('jitter'),
      () => world.send(7, message, 1),
      () => world.send(0.5, message, 1),
      () => world.send(1, message, -1),
      () => world.compute({ ...job, flops: NaN }),
      () => world.wake('bell', -1),
      () => world.watch(world.self),
      () => world.unwatch(2),
      () => world.hangUp(-1),
      () => world.save('state', {}, 1),
      () => world.load('state'),
      () => world.persist({}, 0.5),
      () => world.persist({ f() {} }, 1),
    ];
    for (const ask of asked)
      try {
        ask();
        this.log('granted');
      } catch (error) {
        this.log((error as Error).message);
      }
    this.finish();
  }
}

/** Small nodes that look at one promise of a world in which hosts fail, and log what they saw by notes. */
import { NOTES, type WastedNote } from '../../../models/spec/notes.ts';
import { signals, stand } from './flags.ts';
import type { Job, Message, Node, World } from '../../../engine/world.ts';

/** What the nodes of a case are told. */
export interface FaultWork {
  /** Name of the class, one of NODES. */
  readonly node: string;
  /** How many strikes are to come, and where each gives a signal. */
  readonly strikes: number;
  readonly flags: string;
}

let awaited: Pick<FaultWork, 'strikes' | 'flags'> = { strikes: 0, flags: '' };

/** A node gets them with its work. */
export function awaitStrikes(work: FaultWork): void {
  awaited = work;
}

interface Numbered extends Message {
  readonly number: number;
}

/** A node whose handlers do nothing until a case says otherwise; node 0 watches node 1. */
class Quiet implements Node {
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
  suspected(_peer: number): void {}
  saved(_name: string): void {}
  loaded(_name: string, _value: object | null): void {}
  waitsFor(): string {
    return 'something to happen';
  }
  log(text: string): void {
    this.world.note('log', { text });
  }
  finish(): void {
    this.phase = 'done';
    this.finished = true;
  }
  send(to: number, number: number): void {
    this.world.send(to, { kind: 'number', number } as Message, 8);
  }
}

/** Node 0 watches node 1 until it suspects it. */
class Watchful extends Quiet {
  override start(): void {
    if (this.world.self === 0) this.world.watch(1);
    else if (this.world.incarnation > 0) this.finish();
  }
  override suspected(peer: number): void {
    this.log(`suspected ${peer} at ${this.world.now()}`);
    this.finish();
  }
}

/** Node 1 computes for many heartbeats, watched by node 0 and watching it. */
class Busy extends Quiet {
  override start(): void {
    this.world.watch(1 - this.world.self);
    if (this.world.self === 1)
      this.world.compute({ name: 'toil', flops: 1, run: () => stand(300) });
    else this.world.wake('patience', 400e6);
  }
  override computed(): void {
    this.finish();
  }
  override woken(): void {
    this.finish();
  }
  override suspected(peer: number): void {
    this.log(`suspected ${peer}`);
  }
}

/** Two nodes count together; the second crashes, and its next incarnation begins at the beginning. */
class Counting extends Quiet {
  private count = 0;
  override start(): void {
    const { self, incarnation } = this.world;
    this.log(
      `incarnation ${incarnation} begins with ${this.count}, ${this.world.random('dice').next()}`,
    );
    if (self === 0) this.world.watch(1);
    if (self === 0 || incarnation > 0) this.send(1 - self, 0);
  }
  override receive(message: Message): void {
    const { number } = message as Numbered;
    if (number < this.count) this.log(`${number} after ${this.count}`);
    this.count = number + 1;
    if (this.world.incarnation > 0 && number >= 20) this.finish();
    else this.world.wake('answer', 1e6);
    if (this.world.self === 0 && this.phase === 'told' && number >= 20) this.finish();
  }
  override woken(): void {
    this.send(1 - this.world.self, this.count);
  }
  override suspected(peer: number): void {
    this.phase = 'told';
    this.log(`suspected ${peer}`);
    this.count = 0;
    this.world.cancel('answer');
  }
}

/** Between two ticks of the held. */
export const TICK_NS = 200e6;

/**
 * Both watch each other; node 1 works once and ticks, so that an alarm is set when it is held. Node 0 says so when it
 * has heard a tick after its suspicion: at its next, node 1 tells the longest that it has waited for one.
 */
class Held extends Quiet {
  private setNs = 0;
  private longestNs = 0;
  override start(): void {
    const { self } = this.world;
    this.world.watch(1 - self);
    if (self !== 1) return;
    this.tick();
    this.world.compute({ name: 'toil', flops: 1, run: () => stand(20) });
  }
  override computed(): void {
    this.send(0, 1);
  }
  override woken(): void {
    this.longestNs = Math.max(this.longestNs, this.world.now() - this.setNs);
    if (this.phase !== 'told') {
      this.send(0, 2);
      return this.tick();
    }
    this.log(`waited ${this.longestNs}`);
    this.finish();
  }
  override suspected(peer: number): void {
    this.log(`suspected ${peer}`);
    this.phase = 'suspecting';
  }
  override receive(message: Message): void {
    const { number } = message as Numbered;
    if (number === 3) this.phase = 'told';
    else if (number === 1 || this.phase === 'suspecting') this.log(`heard ${number}`);
    if (number !== 2 || this.phase !== 'suspecting') return;
    this.send(1, 3);
    this.finish();
  }
  private tick(): void {
    this.setNs = this.world.now();
    this.world.wake('tick', TICK_NS);
  }
}

/** When all has struck that is to strike, twenty jobs of ten milliseconds in a row. */
class Diligent extends Quiet {
  private jobs = 0;
  private beganNs = 0;
  override start(): void {
    this.world.wake('work', 1e6);
  }
  override woken(): void {
    if (signals(awaited.flags) < awaited.strikes) return this.start();
    this.beganNs = this.world.now();
    this.work();
  }
  override computed(): void {
    if (++this.jobs < 20) return this.work();
    this.log(`done after ${this.world.now() - this.beganNs}`);
    this.finish();
  }
  private work(): void {
    const step = this.jobs;
    this.world.compute({ name: 'toil', flops: 1, step, run: () => stand(10) });
  }
}

/** As the diligent; when both have done all, node 0 says what was for nothing: half of its own, and most of node 1's. */
class Regretting extends Diligent {
  private left = 2;
  override finish(): void {
    if (this.world.self === 0) return this.oneIsDone();
    this.send(0, 1);
    super.finish();
  }
  override receive(): void {
    this.oneIsDone();
  }
  private oneIsDone(): void {
    if (--this.left > 0) return;
    this.world.note(NOTES.wasted, { node: 0, step: 10 } satisfies WastedNote);
    this.world.note(NOTES.wasted, { node: 1, step: 5 } satisfies WastedNote);
    super.finish();
  }
}

/** Node 1 has far more to do than it has time for; node 0 is finished when it finds that out. */
class Toiling extends Quiet {
  override start(): void {
    if (this.world.self === 0) this.world.watch(1);
    else this.world.compute({ name: 'toil', flops: 1, run: () => this.work() });
  }
  override suspected(): void {
    this.finish();
  }
  private work(): void {
    this.log('at work');
    stand(60_000);
  }
}

/** Saves, crashes, and loads in its next incarnation what the one before has saved. */
class Saving extends Quiet {
  override start(): void {
    if (this.world.incarnation > 0) {
      this.world.load('nothing');
      this.world.load('a/b');
    } else this.world.save('a/b', { values: Float32Array.of(1, 2.5), text: 'ü' }, 12);
  }
  override saved(name: string): void {
    this.log(`saved ${name}`);
    if (this.phase === 'waiting') this.world.save('a/b', { values: Float64Array.of(7) }, 8);
    this.phase = 'saved twice';
  }
  override loaded(name: string, value: object | null): void {
    const { values } = (value ?? {}) as { values?: Float64Array };
    this.log(
      `loaded ${name}: ${value === null ? 'nothing' : `${values!.constructor.name} ${values}`}`,
    );
    if (value !== null) this.finish();
  }
}

/** Node 1 is finished at once; in its next incarnation it is not, for some time after node 0 is. */
class Relapsing extends Quiet {
  override start(): void {
    const { self, incarnation } = this.world;
    if (self === 0) this.world.watch(1);
    else if (incarnation === 0) this.finish();
    else this.world.wake('later', 300e6);
  }
  override suspected(): void {
    this.finish();
  }
  override woken(): void {
    this.log('finished again');
    this.finish();
  }
}

/** Two nodes call each other; each is finished, in its second incarnation, when it has heard ten calls. */
class Calling extends Quiet {
  private heard = 0;
  override start(): void {
    this.woken();
  }
  override receive(): void {
    if (++this.heard === 10 && this.world.incarnation > 0) this.finish();
  }
  override woken(): void {
    this.send(1 - this.world.self, 0);
    this.world.wake('call', 5e6);
  }
}

/** Node 1 gives up. */
class Hopeless extends Quiet {
  override start(): void {
    if (this.world.self === 1) this.world.giveUp('all copies of the weights are gone');
  }
}

export const NODES: Readonly<Record<string, new (world: World) => Node>> = {
  Quiet,
  Watchful,
  Busy,
  Counting,
  Held,
  Diligent,
  Regretting,
  Toiling,
  Saving,
  Relapsing,
  Calling,
  Hopeless,
};

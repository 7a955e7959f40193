/**
 * A node that does whatever its stream of chance says, until its time is up, and checks that the world treats it as
 * the contract says: one handler at a time, none during a job, none before its incarnation or after it, none while its host
 * stands still.
 */
import { NOTES, type WastedNote } from '../../../models/spec/notes.ts';
import type { InjectedFault } from '../../../engine/faults/fault-rule.ts';
import type { Observer } from '../../../engine/observer.ts';
import type { Job, Message, Node, NodeId, World } from '../../../engine/world.ts';

/** Where each host is, as the strikes say, and what has gone against the contract. */
export class Witness implements Observer {
  readonly violations: string[] = [];
  /** Everything that was told to any node. */
  readonly log: string[] = [];
  /** The node that lives on each host. */
  readonly living: (Wanderer | null)[] = [];
  /** Values of all saves asked for. */
  readonly asked = new Set<string>();
  /** The node that was there when a message arrived. */
  readonly arrivedAt = new WeakMap<Message, Wanderer>();
  private readonly pauses: Set<number>[] = [];

  pausesOf(node: NodeId): Set<number> {
    return (this.pauses[node] ??= new Set());
  }

  messageDelivered(
    _transfer: number,
    _from: NodeId,
    to: NodeId,
    message: Message,
    timeNs: number,
  ): void {
    const node = this.living[to];
    if (node) this.arrivedAt.set(message, node);
    else this.violations.push(`${timeNs} a message arrived at node ${to}, which is down`);
  }

  faultBegan({ kind, nodes, number }: InjectedFault): void {
    for (const node of nodes) {
      if (kind === 'pause') this.pausesOf(node).add(number);
      if (kind !== 'crash') continue;
      if (!this.living[node]) this.violations.push(`node ${node} crashed while down`);
      this.living[node] = null;
      this.pausesOf(node).clear();
    }
  }

  faultEnded({ kind, nodes, number }: InjectedFault): void {
    if (kind === 'pause') for (const node of nodes) this.pausesOf(node).delete(number);
  }
}

export interface Habits {
  readonly nodeCount: number;
  readonly untilNs: number;
  readonly storage: boolean;
  readonly watching: boolean;
  /** Whether it is finished when its time is up, or merely does nothing any more. */
  readonly finishing: boolean;
}

export class Wanderer implements Node {
  phase = 'wandering';
  finished = false;
  private readonly world: World;
  private readonly witness: Witness;
  private readonly habits: Habits;
  private readonly chance: ReturnType<World['random']>;
  private handling = false;
  private working: Job | null = null;
  /** True from the run of the job to its `computed`, when messages may come. */
  private atEnd = false;
  private counter = 0;
  private held = 0;
  private tired = false;
  private readonly watched = new Set<NodeId>();
  private readonly alarms = new Set<string>();
  /** Names of the storage operations of this incarnation that have not ended, such as `save item 1`. */
  private readonly storing: string[] = [];

  constructor(world: World, witness: Witness, habits: Habits) {
    this.world = world;
    this.witness = witness;
    this.habits = habits;
    this.chance = world.random('habits');
    if (witness.living[world.self]) witness.violations.push(`node ${world.self} lives twice`);
    witness.living[world.self] = this;
  }

  start(): void {
    this.handle('start', () => {
      const leftNs = this.habits.untilNs - this.world.now();
      if (leftNs > 0 || this.habits.finishing) this.wake('end', Math.max(1, leftNs));
      else this.tired = true;
      if (this.habits.watching) this.watchOthers();
      this.wander();
    });
  }

  receive(message: Message, from: NodeId): void {
    const { body } = message as Message & { body: number[] };
    this.handle(`receive ${message.kind} ${body.join()} from ${from}`, () => {
      if (this.witness.arrivedAt.get(message) !== this)
        this.wrong('had mail of another incarnation');
      this.held = this.chance.below(3);
      if (!this.working) this.wander();
      else if (!this.tired && this.chance.below(2) === 0) this.send();
    });
  }

  computed(job: Job): void {
    this.handle(`computed ${job.name}`, () => {
      if (job !== this.working) this.wrong(`computed '${job.name}', which was not under way`);
      this.working = null;
      this.atEnd = false;
      this.wander();
    });
  }

  woken(alarm: string): void {
    this.handle(`woken ${alarm}`, () => {
      if (!this.alarms.delete(alarm)) this.wrong(`woken for '${alarm}', which was not set`);
      if (alarm === 'end') {
        this.finished = this.habits.finishing;
        this.tired = true;
      }
      this.wander();
    });
  }

  suspected(peer: NodeId): void {
    this.handle(`suspected ${peer}`, () => {
      if (!this.watched.delete(peer)) this.wrong(`suspected ${peer} without watching it`);
      if (this.chance.below(2) === 0) this.world.hangUp(peer);
      this.world.watch(peer);
      this.watched.add(peer);
      this.wander();
    });
  }

  saved(name: string): void {
    this.handle(`saved ${name}`, () => {
      this.stored(`save ${name}`);
      this.wander();
    });
  }

  loaded(name: string, value: object | null): void {
    this.handle(`loaded ${name} ${JSON.stringify(value)}`, () => {
      if (value && !this.witness.asked.has(JSON.stringify(value)))
        this.wrong(`loaded ${JSON.stringify(value)}, which nobody ever saved`);
      this.stored(`load ${name}`);
      this.wander();
    });
  }

  waitsFor(): string {
    return 'its time to be up';
  }

  private handle(what: string, handler: () => void): void {
    const { self } = this.world;
    const duringJob = this.working && !this.atEnd;
    if (this.handling) this.wrong(`${what}, inside another handler`);
    if (duringJob) this.wrong(`${what}, while '${this.working!.name}' runs`);
    if (this.witness.living[self] !== this) this.wrong(`${what}, after its incarnation`);
    if (this.witness.pausesOf(self).size > 0) this.wrong(`${what}, while it stands still`);
    this.witness.log.push(`${this.world.now()} ${self}/${this.world.incarnation} ${what}`);
    this.handling = true;
    handler();
    this.handling = false;
  }

  /** Does one to three things. */
  private wander(): void {
    if (this.tired && (!this.habits.finishing || this.chance.below(4) > 0)) return;
    for (let things = 1 + this.chance.below(3); things > 0; things--) this.doSomething();
  }

  private doSomething(): void {
    const { world, chance, habits } = this;
    const what = chance.below(9);
    if (what < 2 && !this.working) this.work();
    else if (what < 4 && this.held < 3) this.send();
    else if (what === 4) this.wake(`alarm ${chance.below(3)}`, chance.below(habits.untilNs / 20));
    else if (what === 5) this.cancel(`alarm ${chance.below(3)}`);
    else if (what === 6) {
      const wasted = { step: chance.below(30), node: chance.below(habits.nodeCount) };
      world.note(NOTES.wasted, wasted satisfies WastedNote);
    } else if (what === 7 && habits.watching) this.watchOthers();
    else if (habits.storage) this.store();
  }

  private wake(alarm: string, afterNs: number): void {
    this.alarms.add(alarm);
    this.world.wake(alarm, afterNs);
  }

  private cancel(alarm: string): void {
    this.alarms.delete(alarm);
    this.world.cancel(alarm);
  }

  /** Saves or loads. */
  private store(): void {
    const { world, chance } = this;
    const name = `item ${chance.below(2)}`;
    if (chance.below(2) === 0) {
      this.storing.push(`load ${name}`);
      world.load(name);
      return;
    }
    const value = { by: world.self, incarnation: world.incarnation, count: this.counter++ };
    this.witness.asked.add(JSON.stringify(value));
    this.storing.push(`save ${name}`);
    world.save(name, value, chance.below(2000));
  }

  /** Operations end in the order in which they were asked for. */
  private stored(operation: string): void {
    const first = this.storing.shift();
    if (first !== operation) this.wrong(`heard of '${operation}' instead of '${first}'`);
  }

  private work(): void {
    const { world, chance, habits } = this;
    const job: Job = {
      name: `job ${this.counter++}`,
      flops: chance.below(habits.untilNs / 20),
      redo: chance.below(5) === 0,
      step: chance.below(3) === 0 ? undefined : Math.floor((30 * world.now()) / habits.untilNs),
      run: () => {
        if (this.witness.living[world.self] !== this)
          this.wrong(`ran ${job.name} after its incarnation`);
        this.atEnd = true;
      },
    };
    this.working = job;
    world.compute(job);
  }

  private send(): void {
    const { world, chance, habits } = this;
    const to = chance.below(habits.nodeCount);
    const body = [world.self, world.incarnation, this.counter++];
    world.send(to, { kind: 'letter', body } as Message, chance.below(habits.untilNs / 200));
  }

  private watchOthers(): void {
    const { world, chance, habits } = this;
    for (let peer = 0; peer < habits.nodeCount; peer++) {
      if (peer === world.self) continue;
      if (chance.below(4) > 0) {
        world.watch(peer);
        this.watched.add(peer);
      } else {
        world.unwatch(peer);
        this.watched.delete(peer);
      }
    }
  }

  private wrong(what: string): void {
    const { self, incarnation } = this.world;
    this.witness.violations.push(
      `${this.world.now()} node ${self}, incarnation ${incarnation}: ${what}`,
    );
  }
}

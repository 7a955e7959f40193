/**
 * A protocol whose work is to count: the coordinator calls a step, all members work on it and answer, and once all
 * have it is
 * committed. All that membership must keep can be seen from it.
 */
import type { Job, Message, Node, NodeId, World } from '../../../engine/world.ts';
import type { Assembly, Decision, MembershipHost } from '../../../models/membership/host.ts';
import { Membership } from '../../../models/membership/membership.ts';
import type { View } from '../../../models/membership/view.ts';

/** What a node has counted, and the view it has counted in; -1: it has no state. */
export interface Count {
  readonly epoch: number;
  readonly steps: number;
}

export interface CountPlan {
  readonly steps: number;
  /** Nobody who is there has any state. */
  readonly isLost: boolean;
}

interface StepMessage extends Message {
  /** STEP: work on it; DONE: worked on it; LAST: the work is over. */
  readonly kind: 'STEP' | 'STEP-DONE' | 'LAST';
  readonly epoch: number;
  readonly step: number;
}

export interface CountSettings {
  readonly nodeCount: number;
  readonly heartbeatNs: number;
  readonly misses: number;
  /** Steps to commit. */
  readonly target: number;
  readonly flops: number;
  /** Neighbours of the ring watch each other, or the coordinator and all others. */
  readonly watch: 'ring' | 'star';
}

export class CountingNode implements Node, MembershipHost<Count, CountPlan> {
  readonly membership: Membership<Count, CountPlan>;
  count: Count;
  private readonly world: World;
  private readonly settings: CountSettings;
  private view: View | null = null;
  private isFrozen = true;
  private isWorking = false;
  private answered: NodeId[] = [];
  private waiting: StepMessage[] = [];

  constructor(world: World, settings: CountSettings) {
    this.world = world;
    this.settings = settings;
    this.count = { epoch: world.incarnation === 0 ? 0 : -1, steps: 0 };
    this.membership = new Membership(world, this, settings);
  }

  get phase(): string {
    return this.membership.phase;
  }

  get finished(): boolean {
    return this.membership.phase === 'finished';
  }

  start(): void {
    this.membership.start();
  }

  receive(message: Message, from: NodeId): void {
    if (this.membership.receive(message, from)) return;
    const step = message as StepMessage;
    if (!this.membership.admits(step.epoch, from)) return;
    if (this.isFrozen) this.waiting.push(step);
    else this.take(step, from);
  }

  computed(job: Job): void {
    this.isWorking = false;
    const { epoch, step } = job as unknown as StepMessage;
    if (!this.isFrozen && epoch === this.view!.epoch) this.worked(step);
    else this.workOn();
  }

  woken(alarm: string): void {
    this.membership.woken(alarm);
  }

  suspected(peer: NodeId): void {
    this.membership.suspected(peer);
  }

  persisted(): void {
    this.membership.persisted();
  }

  waitsFor(): string {
    return this.membership.waitsFor();
  }

  freeze(): void {
    this.isFrozen = true;
    this.waiting = [];
  }

  inventory(): Count {
    return this.count;
  }

  /**
   * Goes on from the newest state of the newest view that may be complete, or of a later one that came to nothing; if all
   * members of a view are here, and none has such state, there is none.
   */
  decide({ contributions, known }: Assembly<Count>): Decision<CountPlan> {
    for (const view of [...known].reverse()) {
      const [newest] = contributions
        .map(({ inventory }) => inventory)
        .filter(({ epoch }) => epoch >= view.epoch)
        .sort((one, other) => other.epoch - one.epoch || other.steps - one.steps);
      if (newest !== undefined) return { kind: 'go', plan: { steps: newest.steps, isLost: false } };
      const here = contributions.map(({ node }) => node);
      const missing = view.members.filter((member) => !here.includes(member));
      const reason = `nobody here has state of epoch ${view.epoch}`;
      if (missing.length > 0) return { kind: 'halt', reason, missing, againNs: null };
    }
    return { kind: 'go', plan: { steps: 0, isLost: true } };
  }

  install(view: View, plan: CountPlan): void {
    const { epoch, members, incarnations, joined } = view;
    this.isFrozen = false;
    this.view = view;
    this.count = { epoch, steps: plan.steps };
    this.answered = [];
    this.world.note('installed', { epoch, members, incarnations, joined, ...plan });
    this.call();
    for (const step of this.waiting.splice(0)) if (step.epoch === epoch) this.take(step, -1);
  }

  watched({ members }: View, node: NodeId): readonly NodeId[] {
    const at = members.indexOf(node);
    const { length } = members;
    if (this.settings.watch === 'star') return at === 0 ? members.slice(1) : [members[0]];
    const neighbours = [members[(at + 1) % length], members[(at + length - 1) % length]];
    return [...new Set(neighbours)].filter((member) => member !== node);
  }

  planBytes(): number {
    return 8;
  }

  inventoryBytes(): number {
    return 8;
  }

  drop(): void {
    this.isFrozen = true;
    this.waiting = [];
    this.count = { epoch: -1, steps: 0 };
  }

  halted(reason: string): void {
    this.world.note('halted', { reason });
  }

  repairing(epoch: number, gone: readonly NodeId[]): void {
    this.world.note('repair', { epoch, gone });
  }

  ended(): void {}

  private get coordinates(): boolean {
    return this.view!.members[0] === this.world.self;
  }

  /** The coordinator calls the next step, ends the work, or lets somebody in. */
  private call(): void {
    if (!this.coordinates) return;
    const { epoch, members } = this.view!;
    const isOver = this.count.steps >= this.settings.target;
    if (!isOver && this.membership.admitting()) return;
    const step = this.count.steps + 1;
    for (const member of members)
      if (member !== this.world.self)
        this.world.send(member, { kind: isOver ? 'LAST' : 'STEP', epoch, step } as Message, 8);
    if (isOver) this.membership.workDone();
    else this.take({ kind: 'STEP', epoch, step }, this.world.self);
  }

  private take({ kind, epoch, step }: StepMessage, from: NodeId): void {
    if (kind === 'STEP-DONE') return this.answer(from, step);
    // What is called now, or ended, comes after a step that all have committed.
    if (this.count.steps > 0 && this.answered.length > 0) this.membership.committed();
    if (kind === 'LAST') return this.membership.workDone();
    this.waiting.push({ kind, epoch, step });
    this.workOn();
  }

  private workOn(): void {
    if (this.isWorking || this.isFrozen) return;
    const step = this.waiting.shift();
    if (step === undefined) return;
    this.isWorking = true;
    const { flops } = this.settings;
    this.world.compute({ ...step, name: `step ${step.step}`, flops, run() {} } as Job);
  }

  private worked(step: number): void {
    const { epoch, members } = this.view!;
    this.count = { epoch, steps: step };
    if (this.coordinates) return this.answer(this.world.self, step);
    this.answered = [this.world.self];
    this.world.send(members[0], { kind: 'STEP-DONE', epoch, step } as Message, 8);
    this.workOn();
  }

  private answer(from: NodeId, step: number): void {
    this.answered.push(from);
    if (this.answered.length < this.view!.members.length) return;
    this.answered = [];
    this.world.note('committed', { epoch: this.view!.epoch, step });
    this.membership.committed();
    this.call();
  }
}

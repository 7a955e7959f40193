/**
 * What workers and servers have in common: each is a member of the view in use, takes what is said in it, and decides on
 * a new one where that falls to it (PROTOCOLS C and D). Where nothing can fail there is one view, which costs no event.
 */
import type { DetectorSpec } from '../../../engine/faults/fault-rule.ts';
import type { Job, Message, Node, NodeId, World } from '../../../engine/world.ts';
import { FixedView, type ViewService } from '../../membership/fixed-view.ts';
import type { Assembly, Decision, MembershipHost } from '../../membership/host.ts';
import { Membership } from '../../membership/membership.ts';
import type { View } from '../../membership/view.ts';
import { CHECKPOINT_INDEX, type CheckpointIndex } from '../../replication/checkpoints.ts';
import { NOTES } from '../../spec/notes.ts';
import type { TrainingSpec } from '../../spec/training.ts';
import type { ServerLayout } from './layout.ts';
import type { ServerMessage } from './messages.ts';
import type { Inventory, ServerPlan } from './plan.ts';
import { relayingPairs } from './server/broadcast-tree.ts';
import type { PushTerms } from './shard/push-terms.ts';
import { planView } from './recovery/planner.ts';

/** What all nodes of a parameter server know of it. */
export interface MemberSettings {
  readonly layout: ServerLayout;
  readonly parameters: number;
  readonly training: TrainingSpec;
  /** Whether every share of an iteration is in one update. */
  readonly sums: boolean;
  /** Whether workers send weights on to each other. */
  readonly relays: boolean;
  /** Null: nothing can fail. */
  readonly detector: DetectorSpec | null;
  /** Null where workers push gradients. */
  readonly terms: PushTerms | null;
  readonly checkpoint: { readonly every: number } | null;
  /** Of all seats, in which they begin. */
  readonly firstView: View;
  readonly firstPlan: ServerPlan;
  /** The servers of each shard. */
  readonly cores: readonly (readonly NodeId[])[];
}

/** Opens the membership of one that is made. */
export type OpenViews = (member: Member) => ViewService<Inventory, ServerPlan>;

/** Its own: it has a node to itself. */
function ownViews(
  member: Member,
  { detector, firstView, firstPlan }: MemberSettings,
): ViewService<Inventory, ServerPlan> {
  if (detector === null) return new FixedView(member, firstView, firstPlan);
  const settings = { nodeCount: firstView.members.length, ...detector };
  return new Membership<Inventory, ServerPlan>(member.world as World, member, settings);
}

export abstract class Member implements Node, MembershipHost<Inventory, ServerPlan> {
  view: View;
  plan: ServerPlan;
  finished = false;
  readonly membership: ViewService<Inventory, ServerPlan>;
  /** Whether anything can fail. */
  readonly isWatched: boolean;
  /** True while no view is in use. */
  protected isFrozen = true;
  /** What was said in a view that is not in use here yet. */
  protected early: { readonly message: ServerMessage; readonly from: NodeId }[] = [];
  /** A plan that waits for the index of the last checkpoint, and the epoch that it is for. */
  private reading: { readonly epoch: number; readonly plan: ServerPlan } | null = null;

  constructor(
    readonly world: World<ServerMessage>,
    settings: MemberSettings,
    open: OpenViews | null,
  ) {
    const { detector, firstView, firstPlan } = settings;
    this.view = firstView;
    this.plan = firstPlan;
    this.isWatched = detector !== null;
    this.membership = open === null ? ownViews(this, settings) : open(this);
  }

  protected abstract readonly settings: MemberSettings;
  abstract readonly phase: string;
  abstract computed(job: Job): void;
  abstract waitsFor(): string;
  abstract inventory(): Inventory;
  abstract drop(): void;
  /** Takes what is said in the view in use. */
  protected abstract take(message: ServerMessage, from: NodeId): void;
  /** A new view is in use. */
  protected abstract begin(before: View): void;
  /** A part of a checkpoint was read. */
  protected abstract loadedPart(value: object): void;

  /** No view goes on without a server of each shard. */
  get cores(): readonly (readonly NodeId[])[] {
    return this.settings.cores;
  }

  start(): void {
    this.membership.start();
  }

  receive(message: Message, from: NodeId): void {
    const said = message as ServerMessage;
    if (this.isWatched && !this.hears(said, from)) return;
    if (this.isFrozen) this.early.push({ message: said, from });
    else this.take(said, from);
  }

  woken(alarm: string): void {
    if (!this.membership.woken(alarm)) this.refuse(`alarm ${alarm}`);
  }

  suspected(peer: NodeId): void {
    this.world.note(NOTES.suspected, { peer });
    this.membership.suspected(peer);
  }

  persisted(): void {
    this.membership.persisted();
  }

  loaded(name: string, value: object | null): void {
    if (name !== CHECKPOINT_INDEX) return this.loadedPart(value!);
    if (this.reading === null) return;
    const { epoch, plan } = this.reading;
    this.reading = null;
    const index = value as CheckpointIndex | null;
    const version = index?.version ?? 0;
    const updates = version * (this.settings.sums ? 1 : this.settings.layout.workers);
    const shards = plan.shards.map((shard) => ({ ...shard, updates, holders: 0 }));
    const clock = plan.clock === null ? null : version;
    this.membership.decided(epoch, { kind: 'go', plan: { ...plan, shards, clock, index } });
  }

  ended(): void {
    this.finished = true;
  }

  freeze(): void {
    this.isFrozen = true;
    this.early = [];
  }

  decide(assembly: Assembly<Inventory>): Decision<ServerPlan> {
    const { settings, world } = this;
    const { layout, sums, checkpoint, parameters } = settings;
    const planned = planView(assembly, { layout, sums });
    if (planned.kind !== 'lost') return planned;
    const { lost } = planned.plan;
    if (checkpoint === null) {
      const ranges = lost.shards.flatMap((shard) => layout.rangesOf(shard, parameters));
      const lostRanges = ranges.map(({ low, high }) => [low, high] as const);
      world.note(NOTES.lost, { parameters: lostRanges, why: lost.why });
      world.giveUp(
        `the weights are lost: ${lost.why}, and the scenario has no checkpoints to go on from`,
      );
      return { kind: 'later' };
    }
    this.reading = { epoch: assembly.epoch, plan: planned.plan };
    world.load(CHECKPOINT_INDEX);
    return { kind: 'later' };
  }

  install(view: View, plan: ServerPlan): void {
    const before = this.view;
    this.view = view;
    this.plan = plan;
    this.isFrozen = false;
    this.begin(before);
    this.takeEarly();
  }

  /**
   * The primaries watch everybody, standbys the primaries and their own shard, workers the primaries and those that send
   * them weights on, or get them so.
   */
  watched({ members }: View, node: NodeId): readonly NodeId[] {
    const { plan, settings } = this;
    const { shards } = plan;
    const primaries = shards.map(({ chain }) => chain[0]);
    const own = shards.find(({ chain }) => chain.includes(node))?.chain ?? [];
    const pairs = settings.relays ? [...relayingPairs(plan, settings.layout)] : [];
    const relays = pairs.filter((pair) => pair.includes(node)).flat();
    const first = [...own, ...primaries, ...relays];
    const all = primaries.includes(node) ? [...first, ...members] : first;
    return [...new Set(all)].filter((peer) => peer !== node);
  }

  spares(_peer: NodeId): boolean {
    return false;
  }

  /** A server that leads, or will know soon when an update ends: of the first shard if there is one. */
  coordinator(members: readonly NodeId[]): NodeId {
    const servers = this.settings.layout.serversOf(0);
    return servers.find((server) => members.includes(server)) ?? members[members.length - 1];
  }

  planBytes({ shards }: ServerPlan): number {
    return shards.reduce((sum, { chain }) => sum + 24 + 8 * chain.length, 16);
  }

  inventoryBytes(): number {
    return 16;
  }

  halted(reason: string): void {
    this.world.note(NOTES.halted, { reason });
  }

  /** The first view of all is none of a repair. */
  repairing(epoch: number, gone: readonly NodeId[]): void {
    const isFirst = this.membership.view?.epoch === 0 && gone.length === 0;
    if (!isFirst) this.world.note(NOTES.repair, { epoch, gone });
  }

  /** Taking one of them may end the view in use: what is left was said in it, and nobody takes it any more. */
  protected takeEarly(): void {
    const { epoch } = this.view;
    for (const { message, from } of this.early.splice(0))
      if (message.epoch === epoch && !this.isFrozen) this.take(message, from);
  }

  protected abstract refuse(event: string): never;

  /** Whether it is something said in the view in use, or in the one to come. */
  private hears(message: ServerMessage, from: NodeId): boolean {
    const { membership } = this;
    if (membership.receive(message, from) || this.finished) return false;
    return membership.admits(message.epoch, from);
  }
}

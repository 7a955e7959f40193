/**
 * A node of a protocol without recovery of its own, which goes back with all others to the newest checkpoint whenever one of
 * them has lost its memory (PROTOCOLS H). Membership brings all together, and no view goes on without anybody. Nobody is
 * left out because it is not heard: whoever needs it waits anyway, and only its return shows that its memory is gone.
 */
import type { Job, NodeId, World } from '../../engine/world.ts';
import type { Assembly, Decision } from '../membership/host.ts';
import { Participant, type ViewMessage } from '../membership/participant.ts';
import type { View } from '../membership/view.ts';
import {
  CHECKPOINT_INDEX,
  type CheckpointIndex,
  type CheckpointName,
  savesCheckpoint,
} from '../replication/checkpoints.ts';
import { type BeganNote, NOTES, type LostNote } from '../spec/notes.ts';
import { Attempt } from './attempt.ts';
import { OwnPart } from './own-part.ts';
import { type Progress, type RestartPlan, RestartPlanner } from './planner.ts';
import type { RestartTerms } from './terms.ts';

/** Counts the parts that are saved. */
const COORDINATOR = 0;
/** Payload of what nodes say to restart, beside membership's. */
const SMALL_BYTES = 16;

/** To the coordinator: its sender's part of the state after `version` steps is in storage. */
interface SavedMessage extends ViewMessage {
  readonly kind: 'SAVED';
  readonly version: number;
}

export class RestartNode<State> extends Participant<Progress, RestartPlan, ViewMessage> {
  /** All can make the state that the run begins with. */
  override readonly firstPlan: RestartPlan = { checkpoint: null };
  private readonly terms: RestartTerms<State>;
  private readonly planner: RestartPlanner;
  private readonly part: OwnPart<State>;
  /** Null: no view is in use. */
  private attempt: Attempt | null = null;
  private progress: Progress = { epoch: -1, begun: 0 };
  /** The checkpoint whose part is being read. */
  private source: CheckpointName | null = null;
  /** What membership is to be told, once the protocol's node has been left. */
  private hasStepped = false;
  private isDone = false;

  constructor(world: World, terms: RestartTerms<State>) {
    super(world, { nodeCount: terms.members, ...terms.assignment.detector! });
    this.terms = terms;
    this.planner = new RestartPlanner(world, terms);
    this.part = new OwnPart(world, terms);
  }

  get phase(): string {
    return this.attempt?.phase ?? this.membership.phase;
  }

  override start(): void {
    super.start();
    if (this.world.incarnation === 0 || this.finished) return;
    const why = 'a node has lost its memory, and no other has its part of the state';
    const parameters = this.terms.parts.map(({ low, high }) => [low, high] as const);
    this.world.note(NOTES.lost, { parameters, why } satisfies LostNote);
  }

  computed(job: Job): void {
    this.attempt?.computed(job);
    this.tell();
  }

  override suspected(peer: NodeId): void {
    if (!this.finished)
      this.halted(`training needs node ${peer}, which is not heard or has lost its memory`);
    super.suspected(peer);
  }

  saved(name: string, isNewest: boolean): void {
    const of = this.part.saved(name, isNewest);
    if (of === null) return;
    if (!this.part.isBehind) this.attempt?.release();
    if (of.epoch !== this.attempt?.epoch) return;
    if (this.world.self === COORDINATOR) this.part.count(of, COORDINATOR);
    else this.world.send(COORDINATOR, { kind: 'SAVED', ...of } as SavedMessage, SMALL_BYTES);
  }

  loaded(name: string, value: object | null): void {
    if (name === CHECKPOINT_INDEX) {
      const answer = this.planner.read(value as CheckpointIndex | null);
      if (answer !== null) this.membership.decided(answer.epoch, answer.decision);
      return;
    }
    const { source } = this;
    if (source === null || name !== this.part.nameOf(source)) return;
    this.source = null;
    this.beginAt(source.version, (value as { readonly state: State }).state);
  }

  waitsFor(): string {
    return this.attempt?.waitsFor() ?? this.membership.waitsFor();
  }

  // What membership asks and tells.

  protected stop(): void {
    const { attempt } = this;
    this.attempt = null;
    this.source = null;
    this.part.drop();
    if (attempt === null) return;
    attempt.drop();
    if (attempt.begun !== null) this.progress = { epoch: attempt.epoch, begun: attempt.begun };
  }

  drop(): void {
    this.freeze();
  }

  inventory(): Progress {
    return this.progress;
  }

  decide(assembly: Assembly<Progress>): Decision<RestartPlan> {
    return this.planner.decide(assembly);
  }

  protected begin({ epoch }: View, { checkpoint }: RestartPlan): void {
    this.attempt = new Attempt(this.world, epoch);
    this.isDone = false;
    this.source = checkpoint;
    if (checkpoint === null) this.beginAt(0, null);
    else this.world.load(this.part.nameOf(checkpoint));
  }

  /** Each watches its neighbours, so that somebody says whom all wait for. */
  watched(_view: View, node: NodeId): readonly NodeId[] {
    const { members } = this.terms;
    return [(node + 1) % members, (node + members - 1) % members].filter((peer) => peer !== node);
  }

  spares(): boolean {
    return true;
  }

  planBytes(): number {
    return SMALL_BYTES;
  }

  inventoryBytes(): number {
    return SMALL_BYTES;
  }

  ended(): void {}

  protected take(said: ViewMessage, from: NodeId): void {
    if (said.kind === 'SAVED') return this.part.count(said as SavedMessage, from);
    this.attempt!.receive(said, from);
    this.tell();
  }

  /** The engine is free: a node hears nothing while it works, and a view is written twice before it is in use. */
  private beginAt(version: number, state: State | null): void {
    const { terms, world } = this;
    const { epoch } = this.attempt!;
    if (epoch > 0) world.note(NOTES.began, { epoch, version, base: null } satisfies BeganNote);
    this.attempt!.begin(version, (own) =>
      terms.create(own, { epoch, version, state }, (made, copy) => this.keep(made, copy)),
    );
    this.tell();
  }

  private keep(version: number, state: () => State): void {
    const { checkpoint, training } = this.terms.assignment;
    this.hasStepped = true;
    if (!savesCheckpoint(checkpoint, training.iterations, version)) return;
    this.part.write({ epoch: this.attempt!.epoch, version }, state());
    if (this.part.isBehind) this.attempt!.hold();
  }

  /** Tells membership how far the work is; it may change the view at that. */
  private tell(): void {
    if (this.hasStepped) {
      this.hasStepped = false;
      this.membership.committed();
    }
    if (!this.attempt?.finished || this.isDone) return;
    this.isDone = true;
    this.membership.workDone();
  }
}

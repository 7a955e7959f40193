/**
 * A node of a protocol without recovery of its own, which goes back with all others to the newest checkpoint whenever one of
 * them has lost its memory (PROTOCOLS C). Each saves its own part every so many steps. Nobody is stopped because it is
 * not heard: whoever needs it waits anyway, and only its return shows that its memory is gone.
 *
 *   new --start--> training --STOP--> stopped --GO--> loading --its part--> training --nothing left--> done
 *   new --start after a crash--> stopped
 *   any but new --FINISH--> finished
 */
import type { Job, Message, Node, NodeId, World } from '../../engine/world.ts';
import {
  CHECKPOINT_INDEX,
  type CheckpointIndex,
  type CheckpointName,
  savesCheckpoint,
} from '../replication/checkpoints.ts';
import {
  type HaltedNote,
  type LostNote,
  NOTES,
  type SuspectedNote,
  type WastedNote,
} from '../spec/notes.ts';
import { Attempt } from './attempt.ts';
import { Coordinator } from './coordinator.ts';
import { Engine } from './engine.ts';
import { type GoMessage, isRestartMessage, messageBytes, type RestartMessage } from './messages.ts';
import { PartWriter } from './part-writer.ts';
import { Reminder } from './reminder.ts';
import type { Keep, RestartTerms } from './terms.ts';

/** What is saved: a part of the state. */
interface SavedPart<State> {
  readonly state: State;
}

const COORDINATOR = 0;
/** Of a node that has come back and has not been told yet which epoch it is. */
const NO_EPOCH = -1;

export class RestartNode<State> implements Node {
  private stage: 'new' | 'stopped' | 'loading' | 'training' | 'done' | 'finished' = 'new';
  private readonly world: World;
  private readonly terms: RestartTerms<State>;
  private readonly engine: Engine;
  private readonly writer: PartWriter;
  private readonly reminder: Reminder;
  /** At the coordinator alone. */
  private readonly coordinator: Coordinator | null;
  private attempt: Attempt;
  /** From where the attempt that loads goes on. */
  private checkpoint: CheckpointName | null = null;
  /** Steps that it had begun when it was last to go on or to stop; null while this incarnation has not trained. */
  private begun: number | null = null;

  constructor(world: World, terms: RestartTerms<State>) {
    const { assignment, members, parts } = terms;
    this.world = world;
    this.terms = terms;
    this.engine = new Engine(world);
    this.writer = new PartWriter(world, assignment.training, parts);
    this.reminder = new Reminder(world, assignment.detector!, () => this.sayAgain());
    this.attempt = new Attempt(world, this.engine, world.incarnation === 0 ? 0 : NO_EPOCH);
    const hasStorage = assignment.checkpoint !== null;
    const say = (to: NodeId, message: RestartMessage) => this.say(to, message);
    const { batch } = assignment.training;
    this.coordinator =
      world.self === COORDINATOR
        ? new Coordinator(world, { members, batch, hasStorage, say })
        : null;
  }

  get phase(): string {
    return this.stage === 'training' ? this.attempt.phase : this.stage;
  }

  get finished(): boolean {
    return this.stage === 'finished';
  }

  start(): void {
    if (this.world.incarnation === 0) return this.begin(0, null);
    const why = 'a node has lost its memory, and no other has its part of the state';
    const parameters = this.terms.parts.map(({ low, high }) => [low, high] as const);
    this.world.note(NOTES.lost, { parameters, why } satisfies LostNote);
    this.stage = 'stopped';
    this.watchNeeded();
    if (this.coordinator !== null) return this.coordinator.stopAll();
    this.say(COORDINATOR, { kind: 'BACK', incarnation: this.world.incarnation });
    this.reminder.begin();
  }

  receive(message: Message & { readonly epoch?: number }, from: NodeId): void {
    if (this.needs(from)) this.world.watch(from);
    if (isRestartMessage(message)) this.hear(message, from);
    else if (message.epoch === this.attempt.epoch && this.stage !== 'finished') {
      this.attempt.receive(message, from);
      this.sayIfDone();
    }
  }

  computed(job: Job): void {
    if (!this.engine.ended(job)) return;
    this.attempt.computed(job);
    this.sayIfDone();
  }

  suspected(peer: NodeId): void {
    this.world.note(NOTES.suspected, { peer } satisfies SuspectedNote);
    const reason = `training needs node ${peer}, which is not heard or has lost its memory`;
    this.world.note(NOTES.halted, { reason } satisfies HaltedNote);
  }

  saved(name: string, isNewest: boolean): void {
    if (name === CHECKPOINT_INDEX) return this.coordinator!.indexed(isNewest);
    const { epoch, version } = this.writer.written();
    this.say(COORDINATOR, { kind: 'SAVED', epoch, version });
    if (!this.writer.isBehind) this.engine.release();
  }

  loaded(name: string, value: object | null): void {
    if (name === CHECKPOINT_INDEX) return this.coordinator!.read(value as CheckpointIndex | null);
    const { checkpoint, stage } = this;
    if (stage !== 'loading' || name !== this.writer.nameOf(checkpoint!)) return;
    this.begin(checkpoint!.version, (value as SavedPart<State>).state);
  }

  woken(): void {
    this.reminder.woken();
  }

  waitsFor(): string {
    const { attempt, coordinator, stage } = this;
    if (stage === 'training') return attempt.waitsFor();
    if (stage === 'loading') return 'its part of a checkpoint';
    if (stage === 'done')
      return coordinator === null
        ? `node ${COORDINATOR}, to say that all have ended`
        : `${coordinator.missing('done')} others to end`;
    return coordinator === null
      ? `node ${COORDINATOR}, to say from where all go on`
      : `${coordinator.missing('stopped')} others to stop, or the newest checkpoint`;
  }

  private hear(message: RestartMessage, from: NodeId): void {
    if (this.stage === 'finished') return this.remind(message, from);
    switch (message.kind) {
      case 'BACK':
        return this.coordinator!.back(message, from);
      case 'STOP':
        return this.stop(message.epoch);
      case 'GO':
        return this.go(message);
      case 'FINISH':
        return this.finish();
      default:
        return this.coordinator!.report(message, from);
    }
  }

  /** The run is over: whoever asks has forgotten it in a crash, or was never told. */
  private remind({ kind }: RestartMessage, from: NodeId): void {
    if (kind === 'BACK' || kind === 'STOP') this.say(from, { kind: 'FINISH' });
  }

  /** False if what this node has said last has been heard. */
  private sayAgain(): boolean {
    const { attempt, coordinator, stage, world } = this;
    if (stage === 'finished') return false;
    if (coordinator !== null) return coordinator.remind();
    if (stage !== 'stopped' || attempt.epoch !== NO_EPOCH) return false;
    const { incarnation } = world;
    this.say(COORDINATOR, { kind: 'BACK', incarnation, isReminder: true });
    return true;
  }

  private stop(epoch: number): void {
    if (epoch <= this.attempt.epoch) return;
    if (this.stage === 'training' || this.stage === 'done') this.begun = this.attempt.begun;
    this.stage = 'stopped';
    this.watchNeeded();
    this.attempt.drop();
    this.writer.drop();
    this.attempt = new Attempt(this.world, this.engine, epoch);
    const { begun, world } = this;
    const { incarnation } = world;
    if (this.coordinator !== null) this.reminder.begin();
    this.say(COORDINATOR, { kind: 'STOPPED', epoch, incarnation, begun });
  }

  private go({ epoch, checkpoint, incarnations }: GoMessage): void {
    if (epoch !== this.attempt.epoch || this.stage !== 'stopped') return;
    // What is sent to a life that is known to be over would be dropped.
    for (const [node, incarnation] of incarnations)
      if (node !== this.world.self) this.world.hangUp(node, incarnation);
    if (this.begun !== null) this.begun = Math.min(this.begun, checkpoint?.version ?? 0);
    if (checkpoint === null) return this.begin(0, null);
    this.stage = 'loading';
    this.checkpoint = checkpoint;
    this.world.load(this.writer.nameOf(checkpoint));
  }

  private begin(version: number, state: State | null): void {
    const { attempt, terms, world } = this;
    const { epoch } = attempt;
    this.stage = 'training';
    this.begun = version;
    if (epoch > 0)
      world.note(NOTES.wasted, { node: world.self, step: version } satisfies WastedNote);
    this.watchNeeded();
    attempt.begun = version;
    const keep: Keep<State> = (...step) => this.keep(epoch, ...step);
    attempt.begin((own) => terms.create(own, { epoch, version, state }, keep));
    this.sayIfDone();
  }

  private keep(epoch: number, version: number, state: () => State): void {
    const { checkpoint, training } = this.terms.assignment;
    if (!savesCheckpoint(checkpoint, training.iterations, version)) return;
    this.writer.write({ epoch, version }, { state: state() } satisfies SavedPart<State>);
    if (this.writer.isBehind) this.engine.hold();
  }

  private sayIfDone(): void {
    if (this.stage !== 'training' || !this.attempt.finished) return;
    this.stage = 'done';
    this.watchNeeded();
    this.say(COORDINATOR, { kind: 'DONE', epoch: this.attempt.epoch });
  }

  private finish(): void {
    this.stage = 'finished';
    this.watchNeeded();
    this.coordinator?.tellAll({ kind: 'FINISH' });
  }

  /** Each watches the next, and the coordinator while it is to decide, so that somebody says whom all wait for. */
  private needs(peer: NodeId): boolean {
    const { stage, terms, world } = this;
    if (peer === world.self || stage === 'finished') return false;
    const decides = peer === COORDINATOR && (stage === 'stopped' || stage === 'done');
    return decides || peer === (world.self + 1) % terms.members;
  }

  private watchNeeded(): void {
    const { terms, world } = this;
    for (const peer of new Set([COORDINATOR, (world.self + 1) % terms.members]))
      if (this.needs(peer)) world.watch(peer);
      else if (peer !== world.self) world.unwatch(peer);
  }

  private say(to: NodeId, message: RestartMessage): void {
    if (to === this.world.self) this.hear(message, to);
    else this.world.send(to, message, messageBytes(message));
  }
}

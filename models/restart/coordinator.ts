/**
 * Node 0 decides from where all go on after a crash, and when all have ended. Since nobody can go on without anybody, it
 * need not be replaced: it is waited for like all others, and when it is back it stops all and asks them again. What it
 * forgets in a crash its incarnation makes up for: its epochs are above those of its lives before.
 *
 *   training --BACK, or its own return--> stopping --STOPPED from all--> reading --the index--> training, by GO
 *   reading --BACK--> stopping
 *   training --DONE from all--> over, by FINISH
 */
import type { NodeId, World } from '../../engine/world.ts';
import { firstEpochOf, nextEpoch } from '../membership/epoch.ts';
import {
  CHECKPOINT_INDEX,
  type CheckpointIndex,
  type CheckpointName,
  CheckpointTally,
  saveIndex,
} from '../replication/checkpoints.ts';
import { NOTES, type RecoveredNote } from '../spec/notes.ts';
import type {
  BackMessage,
  DoneMessage,
  RestartMessage,
  SavedMessage,
  StoppedMessage,
} from './messages.ts';

export interface CoordinatorTerms {
  /** Nodes 0 to `members` - 1 take part, and all are needed. */
  readonly members: number;
  /** Samples of a step. */
  readonly batch: number;
  /** Whether there is storage that a checkpoint may be in. */
  readonly hasStorage: boolean;
  /** Brings a message to a member, itself included. */
  say(to: NodeId, message: RestartMessage): void;
}

export class Coordinator {
  private phase: 'training' | 'stopping' | 'reading' = 'training';
  private readonly world: World;
  private readonly terms: CoordinatorTerms;
  private epoch = 0;
  private readonly stopped = new Map<NodeId, StoppedMessage>();
  private readonly done = new Set<NodeId>();
  /** Nodes that are known to have lost their memory, with the incarnation that each is in. */
  private readonly lives = new Map<NodeId, number>();
  private tally: CheckpointTally;
  /** Versions whose index is on its way, oldest first. */
  private readonly indexing: number[] = [];

  constructor(world: World, terms: CoordinatorTerms) {
    this.world = world;
    this.terms = terms;
    this.tally = new CheckpointTally(terms.members);
  }

  /** How many it waits for, to stop or to end. */
  missing(among: 'stopped' | 'done'): number {
    return this.terms.members - this[among].size;
  }

  /** A member is back without memory. */
  back({ incarnation }: BackMessage, from: NodeId): void {
    if (!this.isNews(incarnation, from)) return;
    if (this.phase === 'training') return this.stopAll();
    this.phase = 'stopping';
    this.stopped.delete(from);
    this.terms.say(from, { kind: 'STOP', epoch: this.epoch });
  }

  /** Somebody has lost its memory: all stop. */
  stopAll(): void {
    const { world, terms } = this;
    this.phase = 'stopping';
    this.epoch = nextEpoch(Math.max(this.epoch, firstEpochOf(world.incarnation)), world.self);
    this.stopped.clear();
    this.done.clear();
    this.tally = new CheckpointTally(terms.members);
    this.tellAll({ kind: 'STOP', epoch: this.epoch });
  }

  /** Tells those again who have not stopped; true if there are any. */
  remind(): boolean {
    if (this.phase !== 'stopping') return false;
    for (let node = 0; node < this.terms.members; node++)
      if (!this.stopped.has(node))
        this.terms.say(node, { kind: 'STOP', epoch: this.epoch, isReminder: true });
    return true;
  }

  /** Takes what a member says of the epoch in use. */
  report(message: StoppedMessage | SavedMessage | DoneMessage, from: NodeId): void {
    if (message.epoch !== this.epoch) return;
    if (message.kind === 'STOPPED') this.hasStopped(message, from);
    else if (message.kind === 'SAVED') this.hasSaved(message, from);
    else this.hasDone(from);
  }

  /** The newest checkpoint there is, read when all had stopped; null: none was ever saved. */
  read(index: CheckpointIndex | null): void {
    if (this.phase === 'reading') this.go(index);
  }

  /** An index is in storage, if it is the newest. */
  indexed(isNewest: boolean): void {
    const version = this.indexing.shift()!;
    if (isNewest) this.world.note(NOTES.checkpoint, version);
  }

  tellAll(message: RestartMessage): void {
    for (let node = 0; node < this.terms.members; node++) this.terms.say(node, message);
  }

  private hasStopped(message: StoppedMessage, from: NodeId): void {
    this.isNews(message.incarnation, from);
    if (message.incarnation < (this.lives.get(from) ?? 0)) return;
    this.stopped.set(from, message);
    if (this.missing('stopped') > 0) return;
    this.phase = 'reading';
    if (this.terms.hasStorage) this.world.load(CHECKPOINT_INDEX);
    else this.go(null);
  }

  private hasSaved({ epoch, version }: SavedMessage, from: NodeId): void {
    if (!this.tally.add(version, from)) return;
    this.indexing.push(version);
    saveIndex(this.world, { epoch, version, bounds: [] });
  }

  private hasDone(from: NodeId): void {
    this.done.add(from);
    if (this.missing('done') === 0) this.terms.say(this.world.self, { kind: 'FINISH' });
  }

  /** Whether nobody has told before that the node is in that incarnation, or in a later one. */
  private isNews(incarnation: number, from: NodeId): boolean {
    if (incarnation <= (this.lives.get(from) ?? 0)) return false;
    this.lives.set(from, incarnation);
    return true;
  }

  private go(index: CheckpointIndex | null): void {
    const { epoch, stopped } = this;
    this.phase = 'training';
    const checkpoint: CheckpointName | null = index && {
      epoch: index.epoch,
      version: index.version,
    };
    this.tell(checkpoint?.version ?? 0);
    const incarnations = [...stopped]
      .filter(([, { incarnation }]) => incarnation > 0)
      .map(([node, { incarnation }]) => [node, incarnation] as const);
    this.tellAll({ kind: 'GO', epoch, checkpoint, incarnations });
  }

  /** What is done again, as far as anybody remembers, and that training goes on. */
  private tell(version: number): void {
    const { epoch, stopped, terms, world } = this;
    const members = [...stopped.keys()].sort((one, other) => one - other);
    const joined = members.filter((node) => stopped.get(node)!.begun === null);
    let redone = 0;
    for (const { begun } of stopped.values()) redone = Math.max(redone, (begun ?? 0) - version);
    if (redone > 0) world.note(NOTES.redone, redone * terms.batch);
    // Of a node alone an iteration is told as soon as it has done it.
    const untold = terms.members === 1;
    const note: RecoveredNote = { epoch, members, joined, version, from: 'checkpoint', untold };
    world.note(NOTES.recovered, note);
  }
}

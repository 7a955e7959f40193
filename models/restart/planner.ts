/** From where nodes that restart together go on: all must be here, and the newest checkpoint is read. */
import type { World } from '../../engine/world.ts';
import type { Assembly, Decision } from '../membership/host.ts';
import {
  CHECKPOINT_INDEX,
  type CheckpointIndex,
  type CheckpointName,
} from '../replication/checkpoints.ts';
import { NOTES, type RecoveredNote, type RedoneNote } from '../spec/notes.ts';
import type { RestartTerms } from './terms.ts';

/** How far a node has come: the steps it had begun in the last view that it trained in. */
export interface Progress {
  /** -1: it has trained in none. */
  readonly epoch: number;
  readonly begun: number;
}

export interface RestartPlan {
  /** Null: the beginning of the run. */
  readonly checkpoint: CheckpointName | null;
}

export class RestartPlanner {
  private readonly world: World;
  private readonly terms: Pick<RestartTerms<unknown>, 'assignment' | 'members'>;
  /** What waits for the index, which is read so many times just now. */
  private waiting: Assembly<Progress> | null = null;
  private reads = 0;

  constructor(world: World, terms: Pick<RestartTerms<unknown>, 'assignment' | 'members'>) {
    this.world = world;
    this.terms = terms;
  }

  decide(assembly: Assembly<Progress>): Decision<RestartPlan> {
    const { assignment, members } = this.terms;
    const here = new Set(assembly.contributions.map(({ node }) => node));
    const all = Array.from({ length: members }, (_, node) => node);
    const missing = all.filter((node) => !here.has(node));
    if (missing.length > 0) {
      const reason = `training needs all nodes, and ${missing.join(', ')} are missing`;
      return { kind: 'halt', reason, missing, againNs: null };
    }
    if (assignment.checkpoint === null) return this.go(null, assembly);
    this.waiting = assembly;
    this.reads++;
    this.world.load(CHECKPOINT_INDEX);
    return { kind: 'later' };
  }

  /** The newest index there is, or null where none was ever saved. The decision that waits for it; null if none does. */
  read(index: CheckpointIndex | null): { epoch: number; decision: Decision<RestartPlan> } | null {
    const { waiting } = this;
    if (--this.reads > 0 || waiting === null) return null;
    this.waiting = null;
    const checkpoint = index && { epoch: index.epoch, version: index.version };
    return { epoch: waiting.epoch, decision: this.go(checkpoint, waiting) };
  }

  /** Tells observers what is done again, as far as anybody remembers, and from where all go on. */
  private go(
    checkpoint: CheckpointName | null,
    { epoch, contributions }: Assembly<Progress>,
  ): Decision<RestartPlan> {
    const { world, terms } = this;
    const version = checkpoint?.version ?? 0;
    const all = contributions.map(({ inventory }) => inventory);
    const newest = Math.max(...all.map((each) => each.epoch));
    const begun = all.filter((each) => each.epoch === newest).map((each) => each.begun);
    const redone = Math.max(...begun) - version;
    const samples = redone * terms.assignment.training.batch;
    if (redone > 0) world.note(NOTES.redone, { samples, of: newest } satisfies RedoneNote);
    const members = contributions.map(({ node }) => node);
    const joined = contributions.filter(({ joining }) => joining).map(({ node }) => node);
    world.note(NOTES.recovered, {
      ...{ epoch, members, joined, version, base: null, from: 'checkpoint' },
      // Of a node alone an iteration is told as soon as it has done it.
      untold: members.length === 1,
    } satisfies RecoveredNote);
    return { kind: 'go', plan: { checkpoint } };
  }
}

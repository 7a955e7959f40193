/**
 * One node's part of each checkpoint (PROTOCOLS H). Parts are written one after the other, and only one waits: whoever gets
 * a part ahead of it must wait too, or checkpoints that take longer than the work between them would fall ever further
 * behind.
 */
import type { World } from '../../engine/world.ts';
import { type CheckpointName, checkpointPart } from '../replication/checkpoints.ts';
import { PartCheckpoints } from '../replication/part-checkpoints.ts';
import type { ParameterRange } from '../spec/model.ts';
import { parameterCosts } from '../spec/parameter-costs.ts';
import type { RestartTerms } from './terms.ts';

interface Writing<State> {
  readonly of: CheckpointName;
  readonly state: State;
}

export class OwnPart<State> {
  private readonly checkpoints: PartCheckpoints;
  /** Members stand for what they hold: nobody reads parts but those who saved them. */
  private readonly bounds: readonly number[];
  /** The first range stands for all: no two nodes hold it, unless they hold the same state. */
  private readonly range: ParameterRange;
  private readonly bytes: number;
  private isWriting = false;
  private waiting: Writing<State> | null = null;

  constructor(world: World, { assignment, members, parts, delays }: RestartTerms<State>) {
    const { stateBytes } = parameterCosts(assignment.training, delays);
    this.checkpoints = new PartCheckpoints(world);
    this.bounds = Array.from({ length: members + 1 }, (_, member) => member);
    this.range = parts[0];
    this.bytes = parts.reduce((sum, { low, high }) => sum + stateBytes * (high - low), 0);
  }

  /** True while a part waits for the one before. */
  get isBehind(): boolean {
    return this.waiting !== null;
  }

  /** Its name in storage. */
  nameOf(of: CheckpointName): string {
    return checkpointPart(of, this.range.low, this.range.high);
  }

  /** Takes plain data, which must not change any more. */
  write(of: CheckpointName, state: State): void {
    if (this.isWriting) this.waiting = { of, state };
    else this.begin({ of, state });
  }

  /** A write has ended: the checkpoint that this part is of; null where it was the index. Begins with what waits. */
  saved(name: string, isNewest: boolean): CheckpointName | null {
    const of = this.checkpoints.saved(name, isNewest);
    if (of === null) return null;
    const { waiting } = this;
    this.isWriting = false;
    this.waiting = null;
    if (waiting !== null) this.begin(waiting);
    return of;
  }

  /** What waits is of no use any more. */
  drop(): void {
    this.waiting = null;
  }

  /** At the node that counts: that member has saved its part. */
  count(of: CheckpointName, member: number): void {
    this.checkpoints.add(of, member, this.bounds);
  }

  private begin({ of, state }: Writing<State>): void {
    this.isWriting = true;
    this.checkpoints.save(of, this.range, { state }, this.bytes);
  }
}

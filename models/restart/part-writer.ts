/**
 * Writes one node's parts of checkpoints to storage, one after the other. Only one waits: whoever gets a part ahead of it
 * must wait too, or checkpoints that take longer than the work between them would fall ever further behind.
 */
import type { World } from '../../engine/world.ts';
import { type CheckpointName, checkpointPart } from '../replication/checkpoints.ts';
import { parameterCosts } from '../spec/parameter-costs.ts';
import type { TrainingSpec } from '../spec/training.ts';

/** Parameters [low, high) of the canonical vector. */
export interface Part {
  readonly low: number;
  readonly high: number;
}

interface Writing {
  readonly of: CheckpointName;
  readonly value: object;
}

export class PartWriter {
  private readonly world: World;
  /** The first range stands for all: no two nodes hold it, unless they hold the same state. */
  private readonly part: Part;
  private readonly bytes: number;
  private writing: Writing | null = null;
  private waiting: Writing | null = null;

  constructor(world: World, training: TrainingSpec, parts: readonly Part[]) {
    const { stateBytes } = parameterCosts(training);
    this.world = world;
    this.part = parts[0];
    this.bytes = parts.reduce((sum, { low, high }) => sum + stateBytes * (high - low), 0);
  }

  /** True while a part waits for the one before. */
  get isBehind(): boolean {
    return this.waiting !== null;
  }

  /** The name in storage of this node's part. */
  nameOf(of: CheckpointName): string {
    return checkpointPart(of, this.part.low, this.part.high);
  }

  /** Takes plain data, which must not change any more. */
  write(of: CheckpointName, value: object): void {
    if (this.writing === null) this.begin({ of, value });
    else this.waiting = { of, value };
  }

  /** A part is in storage: gives which, and begins with the one that waits. */
  written(): CheckpointName {
    const { of } = this.writing!;
    const { waiting } = this;
    this.writing = null;
    this.waiting = null;
    if (waiting !== null) this.begin(waiting);
    return of;
  }

  /** What waits is of no use any more. */
  drop(): void {
    this.waiting = null;
  }

  private begin(writing: Writing): void {
    this.writing = writing;
    this.world.save(this.nameOf(writing.of), writing.value, this.bytes);
  }
}

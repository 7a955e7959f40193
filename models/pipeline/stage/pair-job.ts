/**
 * A forward and a backward that run together, as one job of the engine: while one of them waits for messages inside the
 * host, the other computes. Both begin and end at once.
 */
import type { JobProfile } from '../../../engine/world.ts';
import type { PipelineJob, StageJob } from './stage-job.ts';

export class PairJob implements PipelineJob {
  readonly pass = 'pair';
  readonly flops: number;
  readonly profile: JobProfile;

  /**
   * @param parts a forward and a backward, of any two stages of the node
   * @param overlap the share of the shorter one that takes no time
   */
  constructor(
    readonly parts: readonly [StageJob, StageJob],
    overlap: number,
  ) {
    const [one, other] = parts;
    const together = (a: number, b: number) => a + b - overlap * Math.min(a, b);
    this.flops = together(one.flops, other.flops);
    const overheadNs = together(one.profile.overheadNs, other.profile.overheadNs);
    this.profile = { ...one.profile, overheadNs };
  }

  get iteration(): number {
    return this.parts[0].iteration;
  }

  get microBatch(): number {
    return this.parts[0].microBatch;
  }

  get version(): number {
    return this.parts[0].version;
  }

  get epoch(): number {
    return this.parts[0].epoch;
  }

  get low(): number {
    return Math.min(...this.parts.map(({ low }) => low));
  }

  get high(): number {
    return Math.max(...this.parts.map(({ high }) => high));
  }

  get step(): number {
    return this.parts[0].step;
  }

  get name(): string {
    return this.parts.map(({ name }) => name).join(' and ');
  }

  run(): void {
    for (const part of this.parts) part.run();
  }
}

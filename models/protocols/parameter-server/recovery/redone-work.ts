/** Tells observers of work that a server gives out again: what was made of it before is lost with whoever had it. */
import type { World } from '../../../../engine/world.ts';
import { NOTES } from '../../../spec/notes.ts';
import type { TrainingSpec } from '../../../spec/training.ts';
import type { ServerLayout } from '../layout.ts';
import type { WorkItem } from '../work-item.ts';

export class RedoneWork {
  private readonly world: World;
  private readonly layout: ServerLayout;
  private readonly training: TrainingSpec;
  /** What this server has given out, by the number of the share in the run. */
  private readonly known = new Set<number>();

  constructor(world: World, layout: ServerLayout, training: TrainingSpec) {
    this.world = world;
    this.layout = layout;
    this.training = training;
  }

  given(work: readonly WorkItem[]): void {
    const { layout, training, world } = this;
    let samples = 0;
    for (const item of work) {
      const { iteration, share } = item;
      const number = iteration * layout.workers + share;
      const { low, high } = layout.samplesOf(training.batch, item);
      if (this.known.has(number)) samples += high - low;
      this.known.add(number);
    }
    if (samples > 0) world.note(NOTES.redone, samples);
  }
}

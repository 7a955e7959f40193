/** Tells observers of work that a server gives out again: what was made of it before is lost with whoever had it. */
import type { NodeId, World } from '../../../../engine/world.ts';
import { NOTES } from '../../../spec/notes.ts';
import type { TrainingSpec } from '../../../spec/training.ts';
import type { ServerLayout } from '../layout.ts';
import type { ServerPlan } from '../plan.ts';
import type { WorkItem } from '../work-item.ts';

/** Of what nobody has that it was given to. */
const NOBODY = -1;

export class RedoneWork {
  private readonly world: World;
  private readonly layout: ServerLayout;
  private readonly training: TrainingSpec;
  /** By the number of the share in the run: to which life of a worker this server has given it last. */
  private readonly known: (number | undefined)[] = [];

  constructor(world: World, layout: ServerLayout, training: TrainingSpec) {
    this.world = world;
    this.layout = layout;
    this.training = training;
  }

  /** Who still lives has not begun with what it is given again: it keeps what it has made until that is safe. */
  given(work: readonly WorkItem[], worker: NodeId, incarnation: number): void {
    const { layout, training, world } = this;
    const life = incarnation * layout.workers + worker;
    let samples = 0;
    for (const item of work) {
      const { iteration, share } = item;
      const number = iteration * layout.workers + share;
      const isRedone = (this.known[number] ?? life) !== life;
      if (isRedone) samples += layout.samplesIn(training.batch, item);
      this.known[number] = life;
    }
    if (samples > 0) world.note(NOTES.redone, samples);
  }

  /** All go back: what was applied is counted by whoever tells of that, and all else is lost. */
  begin({ from, lost, clock }: ServerPlan): void {
    if (from !== 'checkpoint') return;
    const { furthest } = lost!;
    const applied = clock === null ? furthest : furthest * this.layout.workers;
    this.known.forEach((_, number, known) => {
      known[number] = number < applied ? undefined : NOBODY;
    });
  }
}

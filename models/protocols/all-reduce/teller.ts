/**
 * What a node tells observers. Of iterations and weights, and of a view that goes on, the first member of the view tells;
 * of its own wasted work every node.
 */
import type { World } from '../../../engine/world.ts';
import type { View } from '../../membership/view.ts';
import { type BeganNote, NOTES, publishes, type RedoneNote } from '../../spec/notes.ts';
import type { Learner } from './learner.ts';
import type { AllReducePlan } from './plan.ts';
import type { AllReduceWork } from './work.ts';

export class Teller {
  private readonly world: World;
  private readonly work: AllReduceWork;
  /** Steps of which it has told. */
  private told = 0;

  constructor(world: World, work: AllReduceWork) {
    this.world = world;
    this.work = work;
  }

  hasTold(version: number): boolean {
    return this.told === version;
  }

  /** A view is in use. */
  installed(view: View, plan: AllReducePlan): void {
    const { world, work } = this;
    const isWhole = view.members.length === work.firstView.members.length;
    const isFirst = isWhole && plan.from === 0 && view.incarnations.every((one) => one === 0);
    if (work.detector === null) return;
    const { epoch, members, joined } = view;
    const { version, from: base, again } = plan;
    world.note(NOTES.began, { epoch, version, base } satisfies BeganNote);
    // All tell: whoever is gone on from next has begun with nothing in this view.
    const samples = again * work.training.batch;
    if (again > 0) world.note(NOTES.redone, { samples, of: base } satisfies RedoneNote);
    if (view.members[0] !== world.self || isFirst) return;
    world.note(NOTES.recovered, { epoch, members, joined, version, base, from: 'replicas' });
  }

  /** The node has the state that the view goes on from. Whoever was to tell of its last iteration may be gone. */
  placed(
    view: View,
    { isTold, version, from }: AllReducePlan,
    lossSum: number | null,
    learner: Learner | null,
  ): void {
    if (isTold || view.members[0] !== this.world.self) return;
    // It was done in a view before this one, and proves nothing of it.
    this.tell(from, version, lossSum, learner);
  }

  /** A step is done, so all members are in the view. */
  stepped(view: View, version: number, lossSum: number | null, learner: Learner | null): void {
    if (view.members[0] !== this.world.self) return;
    this.tell(view.epoch, version, lossSum, learner);
  }

  /** All was done in the view of that epoch: what was done in newer ones was in vain. */
  ended(epoch: number): void {
    this.world.note(NOTES.ended, epoch);
  }

  private tell(
    epoch: number,
    version: number,
    lossSum: number | null,
    learner: Learner | null,
  ): void {
    const { world, work } = this;
    const { training } = work;
    const { batch } = training;
    this.told = version;
    const loss = lossSum === null ? null : lossSum / batch;
    const epochNote = epoch === 0 ? {} : { epoch };
    if (learner !== null && publishes(training, version)) {
      const values = learner.parameters;
      world.note(NOTES.weights, { version, offset: 0, values, ...epochNote });
    }
    const iteration = { iteration: version - 1, samples: version * batch, loss, ...epochNote };
    world.note(NOTES.iteration, iteration);
  }
}

/** PROTOCOLS C: what a node knows of the views it has lived in. */
import t from 'tap';
import type { World } from '../../../../engine/world.ts';
import { Chronicle } from '../../../../models/protocols/ring-tmp/chronicle.ts';
import type { RecoveryPlan } from '../../../../models/protocols/ring-tmp/ring-view.ts';
import type { RingWork } from '../../../../models/protocols/ring-tmp/ring-work.ts';

t.test(
  'a view counts as complete once an update has been made in it, and not before',
  async (t) => {
    const world = { self: 1, incarnation: 0 } as World;
    const work = { nodeCount: 3, assignment: { training: { microBatches: 4 } } } as RingWork;
    const chronicle = new Chronicle(world, work);
    t.notOk(chronicle.complete, 'there is none yet');
    const view = { epoch: 7, members: [1, 2], lives: [0, 0], joined: [], cuts: [] };
    const plan = { source: { version: 2 }, beginnings: [], views: [] };
    chronicle.enter(view, plan as unknown as RecoveryPlan);
    t.notOk(chronicle.complete, 'members may still be on their way to it');
    chronicle.updated();
    t.ok(chronicle.complete);
    chronicle.enter({ ...view, epoch: 8, members: [1] }, plan as unknown as RecoveryPlan);
    t.notOk(chronicle.complete);
  },
);

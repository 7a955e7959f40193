/** PROTOCOLS C: what a node knows of the views it has lived in. */
import t from 'tap';
import type { World } from '../../../../engine/world.ts';
import { ViewHistory } from '../../../../models/protocols/ring-tmp/view-history.ts';
import type { RecoveryPlan } from '../../../../models/protocols/ring-tmp/ring-view.ts';
import type { RingWork } from '../../../../models/protocols/ring-tmp/ring-work.ts';

t.test(
  'a view counts as complete once an update has been made in it, and not before',
  async (t) => {
    const world = { self: 1, incarnation: 0 } as World;
    const work = { nodeCount: 3, assignment: { training: { microBatches: 4 } } } as RingWork;
    const viewHistory = new ViewHistory(world, work);
    t.notOk(viewHistory.complete, 'there is none yet');
    const view = { epoch: 7, members: [1, 2], lives: [0, 0], joined: [], cuts: [] };
    const plan = { source: { version: 2 }, beginnings: [], views: [] };
    viewHistory.enter(view, plan as unknown as RecoveryPlan);
    t.notOk(viewHistory.complete, 'members may still be on their way to it');
    viewHistory.updated();
    t.ok(viewHistory.complete);
    viewHistory.enter({ ...view, epoch: 8, members: [1] }, plan as unknown as RecoveryPlan);
    t.notOk(viewHistory.complete);
  },
);

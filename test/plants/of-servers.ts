/** Defects of parameter servers. */
import { byFuzz, byTest, type Plant } from './plant.ts';

const SERVER = 'models/protocols/parameter-server';
const SERVER_TESTS = 'test/models/protocols/parameter-server';

export const SERVERS: readonly Plant[] = [
  byFuzz(
    'work that is given out again is not told of as done again',
    ['ps-bsp', 'redone-counted'],
    `${SERVER}/recovery/redone-work.ts`,
    'if (samples > 0) world.note',
    'if (samples < 0) world.note',
  ),
  byFuzz(
    'a restart begins anew, not at the checkpoint',
    ['ps-bsp', 'restart-from-last'],
    `${SERVER}/member.ts`,
    'const index = value as CheckpointIndex | null;',
    'const index = null as CheckpointIndex | null;',
  ),
  byFuzz(
    'a standby that lacks the state is not sent it',
    ['ps-bsp', 'no-deadlock'],
    `${SERVER}/server/primary.ts`,
    'this.owed = chain.slice(holders > 0 ? holders : chain.length);',
    'this.owed = chain.slice(chain.length);',
  ),
  byFuzz(
    'a standby applies a gradient of another share',
    ['ps-asp', 'applied-once'],
    `${SERVER}/shard/held-state.ts`,
    'this.log.pending.push(update);',
    'this.log.pending.push({ ...update, items: update.items && [{ iteration: 0, share: 0 }] });',
  ),
  byFuzz(
    'a push is said to be safe before the tail has it',
    ['ps-asp', 'acked-kept'],
    `${SERVER}/server/desk.ts`,
    'this.safe.count(worker, committed)',
    'this.safe.count(worker, Math.max(committed, log.received))',
  ),
  byFuzz(
    'a share that is in the weights is applied again',
    ['ps-asp', 'applied-once'],
    `${SERVER}/server/asynchronous.ts`,
    'const isNew = !this.isIn(ofRun);',
    'const isNew = !this.isIn(ofRun) || true;',
  ),
  byFuzz(
    'what a lost worker had in hand is not given out again',
    ['ps-asp', 'no-deadlock'],
    `${SERVER}/server/asynchronous.ts`,
    'Math.min(this.next, ...(this.handed?.takeBack(worker) ?? []))',
    'Math.min(this.next, worker + this.next)',
  ),
  byFuzz(
    'the last worker is lost, and the view stays',
    ['ps-asp', 'no-deadlock'],
    `${SERVER}/recovery/absent-workers.ts`,
    'if (isLast || !giver.takeBack(worker)) return false;',
    'if (!giver.takeBack(worker)) return isLast && false;',
  ),
  byFuzz(
    'the run ends without a view of those who are heard',
    ['ps-asp', 'no-deadlock'],
    `${SERVER}/server/primary.ts`,
    'if (log.committed === log.total && this.absent.size > 0) return membership.initiate();',
    '',
  ),
  byTest(
    'the first standby answers for the tail',
    `${SERVER_TESTS}/faulty-bsp.test.ts`,
    `${SERVER}/server/chain.ts`,
    'this.world.send(next, append, SMALL_BYTES + this.updateBytes);',
    `this.world.send(next, append, SMALL_BYTES + this.updateBytes);
      if (!leads) this.tellPrimary({ kind: 'append-ack', epoch, upTo: update.number + sizeOf(update) });`,
  ),
  byTest(
    'any state of the newest view is gone on from, not the furthest',
    `${SERVER_TESTS}/planner.test.ts`,
    `${SERVER}/recovery/planner.ts`,
    'const updates = Math.max(...having.map(({ inventory }) => inventory.updates));',
    'const updates = Math.min(...having.map(({ inventory }) => inventory.updates));',
  ),
  byTest(
    'what was lost is told by the primary of its view, or by nobody',
    `${SERVER_TESTS}/told-losses.test.ts`,
    `${SERVER}/server/telling.ts`,
    'if (plan.lost !== null) tellLost',
    'if (plan.lost !== null && plan.shards[0].chain[0] === world.self) tellLost',
  ),
  byTest(
    'of shards an update apart the newer weights are given out',
    `${SERVER_TESTS}/faulty-bsp.test.ts`,
    `${SERVER}/server/desk.ts`,
    'version < state.steps ? state.before : state.weights?.parameters;',
    'version < -1 ? state.before : state.weights?.parameters;',
  ),
  byTest(
    'what other shards lack of a lost worker is not given out again',
    `${SERVER_TESTS}/absent.test.ts`,
    `${SERVER}/server/asynchronous.ts`,
    'this.again.push(...lost);',
    '',
  ),
  byTest(
    'the view changes for a lost worker while there is work to give',
    `${SERVER_TESTS}/absent.test.ts`,
    `${SERVER}/server/primary.ts`,
    'consistency.sparesWorkers &&',
    '!consistency.sparesWorkers &&',
  ),
  byTest(
    'a stale synchronous server answers a clock early',
    `${SERVER_TESTS}/ssp.test.ts`,
    `${SERVER}/consistency/stale-synchronous.ts`,
    'if (pull.clock - this.slack <= this.clocks.lowest) this',
    'if (pull.clock - this.slack - 1 <= this.clocks.lowest) this',
  ),
  byTest(
    'a stale synchronous update has gradients of two iterations',
    `${SERVER_TESTS}/faulty-ssp.test.ts`,
    `${SERVER}/consistency/stale-synchronous.ts`,
    'const first = Math.min(...ready.map(({ push }) => push.iteration));',
    'const first = Math.max(...ready.map(({ push }) => push.iteration));\n      for (const one of ready) if (one.push.iteration < first) this.group = [one];',
  ),
];

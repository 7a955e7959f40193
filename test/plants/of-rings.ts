/** Defects of replication, of the recovery of rings, of restarts, and of what keeps account of them. */
import { byFuzz, byTest, type Plant } from './plant.ts';

const RING = 'models/protocols/ring-tmp';

export const REPLICATION: readonly Plant[] = [
  byFuzz(
    'the replica gate stands open',
    ['ring-tmp', 'replicas-follow'],
    'models/replication/replica-gate.ts',
    'return this.acked.size === this.replicas;',
    'return true;',
  ),
  byFuzz(
    'a replica acknowledges one version too many',
    ['ring-tmp', 'ack-after-copy'],
    `${RING}/replicas/replicas.ts`,
    'this.acknowledge(origin, kept.replica.high);',
    'this.acknowledge(origin, kept.replica.high + 1);',
  ),
  byFuzz(
    'a replica serves a version without its last step',
    ['ring-tmp', 'weights-equal'],
    'models/replication/replica.ts',
    'return this.waiting.slice(0, version - this.version);',
    'return this.waiting.slice(1, version - this.version);',
  ),
  byFuzz(
    'a replica holds no step back',
    ['ring-tmp', 'promise-kept'],
    'models/replication/replica.ts',
    'return Math.max(0, this.waiting.length - this.heldBack);',
    'return Math.max(0, this.waiting.length - 0 * this.heldBack);',
  ),
  byTest(
    'the index of a checkpoint counts parts of older views',
    'test/models/replication/part-checkpoints.test.ts',
    'models/replication/part-checkpoints.ts',
    'if (this.counted?.epoch !== epoch) this.counted',
    'if (this.counted === null) this.counted',
  ),
  byTest(
    'the index of a checkpoint is written a part early',
    'test/models/replication/checkpoints.test.ts',
    'models/replication/checkpoints.ts',
    'if (parts.size < this.parts) return false;',
    'if (parts.size < this.parts - 1) return false;',
  ),
  byTest(
    'an index takes the place of a newer one',
    'test/models/replication/checkpoints.test.ts',
    'models/replication/checkpoints.ts',
    '[index.epoch, index.version]',
    '[0, 0]',
  ),
];

export const RECOVERY: readonly Plant[] = [
  byFuzz(
    'gradients are not cleared by an update',
    ['ring-tmp', 'weights-equal'],
    'models/learning/segment.ts',
    'this.gradients.fill(0);',
    '',
  ),
  byFuzz(
    'of what is written off the first step stays',
    ['ring-tmp', 'restart-books'],
    'engine/work-log.ts',
    'one.step >= step && isBetween',
    'one.step > step && isBetween',
  ),
  byFuzz(
    'a ring goes on from the oldest version that all can serve',
    ['ring-tmp', 'one-history'],
    `${RING}/recovery/recovery-decision.ts`,
    '.sort((one, other) => other - one);\n  return falling',
    '.sort((one, other) => one - other);\n  return falling',
  ),
  byFuzz(
    'state of an old view is dropped before the new one is in place',
    ['ring-tmp', 'no-error'],
    `${RING}/recovery/archive.ts`,
    'held.filter((_, k) => k === source || (k === 0 && !proven));',
    'held.filter((_, k) => k === source && proven);',
  ),
  byTest(
    'a ring goes on from an old layout that nobody can vouch for',
    'test/models/protocols/ring-tmp/recovery-decision.test.ts',
    `${RING}/recovery/recovery-decision.ts`,
    'const witnessed = isWitnessed(assembly);',
    'const witnessed = isWitnessed(assembly) || true;',
  ),
  byTest(
    'what views in between have done stays busy',
    'test/models/observers/wasted-work.test.ts',
    'models/observers/wasted-work.ts',
    'if (base !== null) this.writeOff(',
    'if (base === -1) this.writeOff(',
  ),
  byTest(
    'states of others are handed on before the own',
    'test/models/protocols/ring-tmp/repair-order.test.ts',
    `${RING}/replicas/replica-forwarding.ts`,
    'if (this.isOpen) this.send(message);\n    else this.waiting.push(message);',
    'this.send(message);',
  ),
  byTest(
    'the last of equal logits wins',
    'test/models/learning/evaluate.test.ts',
    'models/learning/evaluate.ts',
    'if (logits[k] > logits[best]) best = k;',
    'if (logits[k] >= logits[best]) best = k;',
  ),
  byTest(
    'a ring that is balanced does not look at its load',
    'test/models/protocols/ring-tmp/balance.test.ts',
    `${RING}/balance/balancer.ts`,
    '    this.meter.read();\n',
    '',
  ),
  byTest(
    'a ring is cut anew for no gain',
    'test/models/protocols/ring-tmp/balance.test.ts',
    `${RING}/balance/gain.ts`,
    'if (savedNs <= work.options.balance!.threshold * bestNs) return false;',
    '',
  ),
];

export const RESTART: readonly Plant[] = [
  byFuzz(
    'a restart does not wait for everybody',
    ['gpipe', 'no-deadlock'],
    'models/restart/planner.ts',
    'if (missing.length > 0) {',
    'if (missing.length > 1) {',
  ),
  byFuzz(
    'a restart forgets that there is a checkpoint',
    ['gpipe', 'restart-from-last'],
    'models/restart/planner.ts',
    'const checkpoint = index && {',
    'const checkpoint = index && null && {',
  ),
  byTest(
    'a restart does not tell what is done again',
    'test/models/restart/restart.test.ts',
    'models/restart/planner.ts',
    'if (redone > 0) world.note',
    'if (redone < 0) world.note',
  ),
  byFuzz(
    'what an attempt held is not given back',
    ['gpipe', 'memory-returned'],
    'models/restart/attempt.ts',
    'for (const [item, bytes] of this.ledger) if (bytes > 0) this.world.release(item, bytes);',
    '',
  ),
];

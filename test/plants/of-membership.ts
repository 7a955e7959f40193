/** Defects of channels and of membership. */
import { byFuzz, byTest, type Plant } from './plant.ts';

const MEMBERSHIP = 'models/membership';
const ROLES = 'models/membership/roles';
const SAFETY = 'test/models/membership/safety.test.ts';

export const CHANNEL: readonly Plant[] = [
  byFuzz(
    'frames are handed out as they arrive',
    ['ring-tmp', 'no-error'],
    'engine/channel/receiver-half.ts',
    "(this.early ??= new Map()).set(sequence, parcel);\n    return 'early';",
    "this.ready = parcel;\n    return 'next';",
  ),
  byFuzz(
    'frames of a channel that is over are taken',
    ['ring-tmp', 'no-deadlock'],
    'engine/channel/receiver-half.ts',
    "if (incarnation === this.incarnation && channel < this.channel) return 'stale';",
    '',
  ),
  byFuzz(
    'the books forget when a paused host goes on',
    ['ring-tmp', 'restart-books'],
    'engine/host/host.ts',
    'goOn(): void {\n    this.cameUp();',
    'goOn(): void {',
  ),
];

export const MEMBERS: readonly Plant[] = [
  byFuzz(
    'half of the members are a majority',
    ['ring-tmp', 'one-side-commits'],
    `${MEMBERSHIP}/quorum.ts`,
    'return 2 * count > of;',
    'return 2 * count >= of;',
  ),
  byFuzz(
    'anybody may go on',
    ['ring-tmp', 'one-side-commits'],
    `${MEMBERSHIP}/quorum.ts`,
    'return 2 * count > of;',
    'return count > 0 && of > 0;',
  ),
  byFuzz(
    'half of the members are a majority',
    ['ps-bsp', 'commits-kept'],
    `${MEMBERSHIP}/quorum.ts`,
    'return 2 * count > of;',
    'return 2 * count >= of;',
  ),
  byFuzz(
    'a view is installed without what is known of older ones',
    ['ring-tmp', 'promise-kept'],
    `${ROLES}/follower.ts`,
    'record.views = [...known, view];',
    'record.views = [view];',
  ),
  byFuzz(
    'the run is over when most are done',
    ['ring-tmp', 'no-error'],
    `${ROLES}/ending.ts`,
    `if (this.done.size < members.length) return;
    if (this.membership.coordinatorOf(members) !== world.self) return;
    if (members.every((member) => this.done.has(member))) this.finish(members, this.epoch);`,
    `if (2 * this.done.size <= members.length) return;
    if (this.membership.coordinatorOf(members) !== world.self) return;
    this.finish(members, this.epoch);`,
  ),
  byTest(
    'of the majorities only that of the newest view counts',
    SAFETY,
    `${MEMBERSHIP}/quorum.ts`,
    'for (const view of viewsKnown(present)) {',
    'for (const view of viewsKnown(present).slice(-1)) {',
  ),
  byTest(
    'a view of an old epoch is taken',
    SAFETY,
    `${ROLES}/follower.ts`,
    "if (membership.phase !== 'promised' || view.epoch !== record.promised) return;",
    "if (membership.phase !== 'promised') return;",
  ),
  byTest(
    'those who are left out count for a majority',
    SAFETY,
    `${ROLES}/proposal.ts`,
    'const present = contributions.map(({ node }) => {',
    'const present = [...this.promises.keys()].map((node) => {',
  ),
  byTest(
    'a node that has lost its vote counts for a majority',
    SAFETY,
    `${ROLES}/proposal.ts`,
    'return { node, views: hasVote ? known : [] };',
    'return { node, views: hasVote || true ? known : [] };',
  ),
  byTest(
    'an initiator that has lost its disk uses an epoch again',
    SAFETY,
    `${MEMBERSHIP}/record.ts`,
    'this.floor = firstEpochOf(world.incarnation);',
    'void firstEpochOf;',
  ),
  byTest(
    'a promise is said before it is written',
    SAFETY,
    `${MEMBERSHIP}/membership.ts`,
    'this.listener.probe();\n    this.retry.arm();',
    "this.listener.probe();\n    this.retry.arm();\n    if (phase === 'promising') this.follower.answer();",
  ),
  byTest(
    'state is dropped before the view without it is complete',
    SAFETY,
    `${ROLES}/listener.ts`,
    'if (!message.isComplete) return;',
    '',
  ),
  byTest(
    'older views are forgotten before the newest is complete',
    SAFETY,
    `${MEMBERSHIP}/membership.ts`,
    'this.helloCalls.later();\n    this.host.install(view, plan);',
    'this.helloCalls.later();\n    this.record.views = [view];\n    this.host.install(view, plan);',
  ),
  byTest(
    'a joiner counts before it holds state',
    SAFETY,
    `${ROLES}/follower.ts`,
    'joining: view === null,',
    'joining: false && view === null,',
  ),
  byTest(
    'a view counts on an earlier life of a member',
    'test/models/membership/lives.test.ts',
    `${ROLES}/follower.ts`,
    'if (incarnationIn(view, world.self) !== world.incarnation) return;',
    '',
  ),
];

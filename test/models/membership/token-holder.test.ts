/** PROTOCOLS C: what a node knows by the REPAIR tokens that it has had. */
import t from 'tap';
import type { World } from '../../../engine/world.ts';
import type { Post } from '../../../models/membership/post.ts';
import type { RingWatch } from '../../../models/membership/ring-watch.ts';
import { TokenHolder } from '../../../models/membership/token-holder.ts';
import type { RepairMessage } from '../../../models/membership/view-messages.ts';

function token(parts: Partial<RepairMessage<null>>): RepairMessage<null> {
  const blank = { base: 0, attempt: 0, candidates: [0, 1, 2, 3], silences: [], heard: [] };
  return { kind: 'REPAIR', epoch: 2 ** 20, reports: [], ...blank, ...parts };
}

/** Node 1 of four, which hears everybody late; it has passed on a token by which node 3 is dead, and node 2 is not. */
function play(): TokenHolder<null> {
  const world = { self: 1, incarnation: 0, cancel() {}, wake() {} };
  const post = { route() {}, send() {} };
  const watch = { silent: new Set(), hears: () => false, neighbours() {}, also() {} };
  const holder = new TokenHolder<null>(
    world as unknown as World,
    post as unknown as Post,
    watch as unknown as RingWatch,
    { nodeCount: 4, heartbeatNs: 1 },
    () => undefined,
  );
  holder.visit(token({ silences: [[0, 3]], heard: [2] }), null, false);
  return holder;
}

t.test(
  'C: where two tokens do not agree on who is dead the next one tells what both do',
  async (t) => {
    const reports = [{ node: 3, life: 0, joining: false, report: null }];
    const other = token({ epoch: 3, silences: [[3, 2]], reports });
    t.strictSame(play().newsOf(other, []), {
      silences: [
        [0, 3],
        [3, 2],
      ],
      heard: [2, 3],
    });
    t.equal(play().newsOf(other, [2]), null, 'nothing is new of one who lives');
    t.equal(play().newsOf(token({ silences: [[2, 3]] }), []), null, 'nor of one known to be dead');
  },
);

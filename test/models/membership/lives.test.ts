/** What one life of a node promises binds the next, which has lost the state that was told with it. */
import t from 'tap';
import { nextEpoch } from '../../../models/membership/epoch.ts';
import { LocalNode } from './local-node.ts';

const settings = {
  ...{ nodeCount: 3, heartbeatNs: 1000, misses: 3, target: 2, flops: 1 },
  watch: 'star',
} as const;
const epoch = nextEpoch(0, 0);
const prepare = { kind: 'PREPARE', epoch, incarnation: 0, installed: 0 };

/** Node 2, which has promised node 0 to follow it into a view, and once more in a later life. */
function promisedTwice(): LocalNode {
  const local = new LocalNode(2, settings);
  const promise = () => {
    local.take(['arrives', 0, JSON.stringify(prepare)]);
    local.take(['written']);
  };
  local.begin();
  local.take(['written']);
  promise();
  local.take(['crashes']);
  local.take(['returns']);
  promise();
  return local;
}

/** The phase that it is in once it has been told of a view with that life of it. */
function told(life: number): string {
  const local = promisedTwice();
  const view = { epoch, members: [0, 1, 2], incarnations: [0, 0, life], joined: [2] };
  const install = { kind: 'INSTALL', view, known: [], plan: { steps: 0, isLost: false } };
  local.take(['arrives', 0, JSON.stringify(install)]);
  if (local.disk.writing !== null) local.take(['written']);
  return local.node!.phase;
}

t.test(
  'C: a view that counts on an earlier life of a node is installed by no later one',
  async (t) => {
    t.equal(promisedTwice().node!.phase, 'promised');
    t.equal(told(0), 'promised', 'it has forgotten what it promised with');
    t.equal(told(1), 'training');
  },
);

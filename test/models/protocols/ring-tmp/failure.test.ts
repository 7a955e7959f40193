import t from 'tap';
import type { Message, Node, NodeFactory, NodeId } from '../../../../engine/world.ts';
import { ScenarioError } from '../../../../models/protocol.ts';
import { ringTmp } from '../../../../models/protocols/ring-tmp/definition.ts';
import { ringOptions } from '../../../../models/protocols/ring-tmp/options.ts';
import { assignmentOf, host, runProtocol, type Setting } from './harness.ts';

const setting: Setting = {
  hosts: [host(), host(), host(), host()],
  model: { kind: 'mlp', layers: [4, 6, 6, 3], activation: 'relu' },
};

/** A node that does not hear what `deaf` says. */
function deafNode(node: Node, deaf: (message: Message) => boolean): Node {
  return {
    get phase() {
      return node.phase;
    },
    get finished() {
      return node.finished;
    },
    start: () => node.start(),
    receive(message, from) {
      if (!deaf(message)) node.receive(message, from);
    },
    computed: (job) => node.computed(job),
    woken: (alarm) => node.woken(alarm),
    waitsFor: () => node.waitsFor(),
  };
}

function swallowing(at: NodeId, kind: string) {
  return (place: NodeFactory): NodeFactory =>
    (world) =>
      world.self === at ? deafNode(place(world), (message) => message.kind === kind) : place(world);
}

t.test('section 3: a ring that waits for ever says who waits for what', async (t) => {
  const cases: [NodeId, string, NodeId, string, RegExp][] = [
    [2, 'MEASURE', 1, 'measuring', /^MEASURE from node 0$/],
    [2, 'FWD', 2, 'idle', /^FWD 0\/0 from node 1$/],
    [1, 'BWD', 1, 'idle', /^BWD 0\/0 (or CREDIT )?from node 2$/],
    [3, 'LABEL', 3, 'idle', /^LABEL 0\/0 from node 0$/],
    [0, 'LOSS', 0, 'idle', /^LOSS from node 3$/],
  ];
  for (const [at, kind, node, phase, waitsFor] of cases) {
    const { result } = runProtocol(
      { ...setting, wrap: swallowing(at, kind) },
      { kind: 'ring-tmp' },
    );
    t.equal(result.outcome, 'failed', `${kind} lost at node ${at}`);
    if (result.failure?.kind !== 'deadlock') {
      t.fail(`deadlock, not ${result.failure?.message}`);
      continue;
    }
    const standing = result.failure.nodes.find((each) => each.node === node);
    t.match(standing, { phase, waitsFor });
  }
});

t.test('style 7: a message on an edge it has no business on is an error', async (t) => {
  const stray =
    (place: NodeFactory): NodeFactory =>
    (world) => {
      const node = place(world);
      if (world.self !== 2) return node;
      return deafNode(node, (message) => {
        if (message.kind === 'FWD')
          world.send(0, { kind: 'BWD', iteration: 0, microBatch: 0, carry: null } as Message, 8);
        return false;
      });
    };
  const { result } = runProtocol({ ...setting, wrap: stray }, { kind: 'ring-tmp' });
  t.match(result.failure, {
    kind: 'error',
    message: /node 0 in phase '\w+' cannot take BWD from node 2/,
  });
});

t.test('A.4, I3: a gradient that comes twice is an error', async (t) => {
  const doubled =
    (place: NodeFactory): NodeFactory =>
    (world) => {
      const node = place(world);
      return world.self !== 1
        ? node
        : deafNode(node, (message) => {
            if (message.kind === 'BWD') node.receive(message, 2);
            return false;
          });
    };
  const { result } = runProtocol({ ...setting, wrap: doubled }, { kind: 'ring-tmp' });
  t.match(result.failure, {
    kind: 'error',
    message: /cannot run backward 0\/0: it has run already/,
  });
});

t.test('A.4: the version gate holds back a forward of an iteration to come', async (t) => {
  const early =
    (place: NodeFactory): NodeFactory =>
    (world) => {
      const node = place(world);
      return world.self !== 1
        ? node
        : deafNode(node, (message) => {
            if (message.kind === 'FWD') node.receive({ ...message, iteration: 1 } as Message, 0);
            return message.kind === 'FWD';
          });
    };
  const { result, jobs } = runProtocol({ ...setting, wrap: early }, { kind: 'ring-tmp' });
  t.equal(result.failure?.kind, 'deadlock');
  t.notOk(
    jobs.some(({ node }) => node === 1),
    'it ran nothing of iteration 1 at version 0',
  );
});

t.test('A.1: more nodes than neurons or layers are refused with the numbers', async (t) => {
  const refused = (setting: Setting): ScenarioError => {
    try {
      ringTmp.plan(assignmentOf(setting), ringOptions.parse({ kind: 'ring-tmp' }));
    } catch (error) {
      if (error instanceof ScenarioError) return error;
    }
    throw new Error('the plan was made');
  };
  const hosts = Array.from({ length: 16 }, () => host());
  const neurons = refused({ ...setting, hosts });
  t.equal(neurons.path, 'cluster.nodes');
  t.match(neurons.message, /^16 nodes are more than the model has neurons.*; 15 or fewer/);
  const layer = { name: 'a', forwardFlops: 1, backwardFlops: 1, parameters: 1, outputElements: 1 };
  const layers = refused({ hosts, model: { kind: 'costs', layers: [layer], inputElements: 1 } });
  t.match(layers.message, /^16 nodes are more than the model has layers.*; 1 or fewer/);
});

/** What people read when a run fails: whole texts. */
import t from 'tap';
import type { NodeStanding } from '../../engine/result.ts';
import { failureText } from '../../reports/failure-text.ts';

t.test(
  'a deadlock names each waiting node, its phase, what it waits for and its inbox',
  async (t) => {
    const nodes: NodeStanding[] = [
      {
        node: 3,
        phase: 'forward',
        waitsFor: 'the activations of micro-batch 2',
        inbox: [{ kind: 'credit', from: 4 }],
      },
      { node: 12, phase: 'draining', waitsFor: 'a credit from 13', inbox: [] },
      {
        node: 13,
        phase: 'idle',
        waitsFor: 'labels',
        inbox: [1, 2, 3, 4, 5, 6, 9].map((from) => ({ kind: from === 9 ? 'stop' : 'push', from })),
      },
    ];
    t.equal(
      failureText({
        kind: 'deadlock',
        message: 'Nothing is under way, and 3 of 16 nodes are not finished.',
        nodes,
      }),
      `
Nothing is under way, and 3 of 16 nodes are not finished.
  node 3   in phase forward   waits for the activations of micro-batch 2  inbox: credit from 4
  node 12  in phase draining  waits for a credit from 13                  inbox: empty
  node 13  in phase idle      waits for labels                            inbox: push from 1, 2, 3 and 3 more; stop from 9`.slice(
        1,
      ),
    );
  },
);

t.test('a deadlock of many nodes shows twenty and counts the rest', async (t) => {
  const standing = (node: number): NodeStanding => ({
    node,
    phase: 'forward',
    waitsFor: 'activations',
    inbox: [],
  });
  const text = (count: number) =>
    failureText({
      kind: 'deadlock',
      message: 'Stuck.',
      nodes: Array.from({ length: count }, (_none, node) => standing(node)),
    }).split('\n');
  t.equal(text(20).length, 21);
  t.equal(text(23).length, 22);
  t.equal(text(23).at(-1), '  ... and 3 more');
});

t.test('out of memory: the ledger by size with its total, and the limit', async (t) => {
  t.equal(
    failureText({
      kind: 'out-of-memory',
      message: 'Node 3 holds more than its memory.',
      node: 3,
      ledger: { gradients: 1 << 20, weights: 6 << 20, activations: 1 << 20 },
      limitBytes: 7 << 20,
    }),
    `
Node 3 holds more than its memory.
  weights       6.00 MiB   75.0 %
  activations   1.00 MiB   12.5 %
  gradients     1.00 MiB   12.5 %
  total         8.00 MiB  100.0 %
  limit         7.00 MiB`.slice(1),
  );
});

t.test('an error of a handler is its message', async (t) => {
  t.equal(failureText({ kind: 'error', message: 'Node 2 failed.', node: 2 }), 'Node 2 failed.');
});

t.test('a run that stands still under heartbeats reads like any deadlock', async (t) => {
  t.equal(
    failureText({
      kind: 'deadlock',
      message:
        'deadlock after 900 ns: nothing has moved for 300 ns, but 1 of 4 nodes are not finished',
      nodes: [{ node: 2, phase: 'repairing', waitsFor: 'the REPAIR token', inbox: [] }],
    }),
    `
deadlock after 900 ns: nothing has moved for 300 ns, but 1 of 4 nodes are not finished
  node 2  in phase repairing  waits for the REPAIR token  inbox: empty`.slice(1),
  );
});

t.test('a node that gave up says why in its own words', async (t) => {
  const message = 'node 4 gave up: parameters 10 to 50 are lost, and there is no checkpoint';
  t.equal(failureText({ kind: 'given-up', message, node: 4 }), message);
});

/** Hosts of one machine share its cores: what they do takes longer while more of them work than there are cores. */
import t from 'tap';
import type { FaultRule } from '../../engine/faults/fault-rule.ts';
import { HOST, scripted, type Script } from './scripted-node.ts';

/** Nodes that each compute for so many microseconds, beginning at once; when each is through. */
function ends(works: readonly number[], cores: number, nodesEach = works.length): number[] {
  const { simulation, nodes } = scripted(
    works.map((us): Script => ({
      start: (node) => node.work('x', 1000 * us, () => {}),
      computed: (node) => void (node.finished = true),
    })),
    {
      hosts: works.map((_, node) => ({
        ...HOST,
        machine: { number: Math.floor(node / nodesEach), cores },
      })),
    },
  );
  while (simulation.run(100));
  return nodes.map(({ log }) => Number(log[0].split(' ')[0]) / 1000);
}

t.test('as many as there are cores do not notice each other', async (t) => {
  t.same(ends([10, 20], 2), [10, 20]);
});

t.test('more of them get equal parts, and more of it when others are through', async (t) => {
  t.same(ends([10, 10], 1), [20, 20]);
  // Three on two cores until 15 us; then two of 10 us left have a core each.
  t.same(ends([10, 20, 20], 2), [15, 25, 25]);
  t.same(ends([10, 20, 30], 1), [30, 50, 60]);
});

t.test('machines are apart', async (t) => {
  t.same(ends([10, 10, 10, 10], 1, 2), [20, 20, 20, 20]);
  t.same(ends([10, 10, 10], 1, 2), [20, 20, 10]);
});

t.test('a host that is paused leaves its core to others', async (t) => {
  const work: Script = {
    start: (node) => node.work('x', 10_000, () => {}),
    computed: (node) => void (node.finished = true),
  };
  const rule: FaultRule = {
    rule: 0,
    timing: { atNs: 4000 },
    effect: { kind: 'pause', target: { among: [1], choose: 'all', count: 1 }, forNs: 5000 },
  };
  const { simulation, nodes } = scripted([work, work], {
    hosts: [HOST, HOST].map((host) => ({ ...host, machine: { number: 0, cores: 1 } })),
    faults: { rules: [rule], detector: { heartbeatNs: 1e6, misses: 9 } },
  });
  while (simulation.run(100));
  // Both have done 2 us by then; the first does 5 us alone; and both share what is left.
  t.match(
    nodes.map(({ log }) => log.at(-1)),
    [/^15000 /, /^20000 /],
  );
});

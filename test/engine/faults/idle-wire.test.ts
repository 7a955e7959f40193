import t from 'tap';
import type { FaultEffect } from '../../../engine/faults/fault-rule.ts';
import { runAll, scripted, type Script } from '../scripted-node.ts';
import { faults } from './fault-world.ts';

const talker: Script = {
  start: (node) => node.world.wake('talk', 1000),
  woken(node) {
    node.world.send(1, { kind: 'word' }, 100);
    node.finished = true;
  },
};
const listener: Script = { receive: (node) => (node.finished = true) };
const idler: Script = { start: (node) => (node.finished = true) };

const between = (from: number, to: number) => ({ from: [from], to: [to], oneWay: false });
const lossy = (from: number, to: number, probability: number): FaultEffect => ({
  kind: 'loss',
  scope: between(from, to),
  probability,
  forNs: 3000,
});

t.test('a fault of the wire that touches no message is idle', async (t) => {
  const strikes: [number, FaultEffect][] = [
    [0, { kind: 'cut', scope: between(0, 2), forNs: null }],
    [0, { kind: 'cut', scope: between(0, 1), forNs: 2000 }],
    [0, lossy(0, 1, 0)],
    [0, lossy(0, 1, 1)],
    [0, lossy(1, 2, 1)],
    [0, { kind: 'partition', groups: [[0, 1], [2]], forNs: null }],
    [0, { kind: 'partition', groups: [[0], [1, 2]], forNs: 2000 }],
  ];
  const { simulation } = scripted([talker, listener, idler], { faults: faults(...strikes) });
  const result = runAll(simulation).result();
  t.equal(result.outcome, 'finished');
  t.same(result.idleRules, [0, 2, 4, 5]);
});

/** A rule that struck nothing is told with what it was and why it did not. */
import t from 'tap';
import type { RunResult } from '../../../engine/result.ts';
import type { Fault } from '../../../scenarios/fault.ts';
import type { Quantity } from '../../../scenarios/scenario.ts';
import { faultText, idleFaultTexts } from '../../../sim/scenario/fault-text.ts';
import { resolveScenario } from '../../../sim/scenario/resolve.ts';
import { tinyScenario } from './tiny-scenario.ts';

const TEXTS: [Fault<Quantity>, string][] = [
  [{ kind: 'crash', at: '5 s', node: 2 }, 'crash of node 2 at 5 s'],
  [{ kind: 'pause', at: 0, nodes: [0, 2], for: 1 }, 'pause of nodes 0, 2 at 0 s'],
  [
    { kind: 'slow', factor: 2, every: '10 min', role: 'server' },
    "slow-down of role 'server' every 600 s",
  ],
  [{ kind: 'crash', every: '1 ms', random: 1 }, 'crash of 1 random node every 1 ms'],
  [
    { kind: 'crash', at: 1, neighbours: 2, nodes: [0, 1] },
    'crash of 2 neighbouring nodes of nodes 0, 1 at 1 s',
  ],
  [{ kind: 'cut', at: 1, between: [0, 1] }, 'cut between nodes 0 and 1 at 1 s'],
  [
    { kind: 'loss', probability: 1, at: 1, between: [0, 1], oneWay: true },
    'loss from node 0 to node 1 at 1 s',
  ],
  [{ kind: 'degrade', latency: 2, at: 1, node: 1 }, 'degrade around node 1 at 1 s'],
  [{ kind: 'reorder', probability: 1, at: 1 }, 'reorder at 1 s'],
  [{ kind: 'partition', groups: [[0], [1, 2]], at: '2 ms' }, 'partition into 2 groups at 2 ms'],
  [{ trace: [{ time: 4, node: 1, event: 'crash' }] }, 'trace of 1 row'],
];

t.test('every fault in a few words', async (t) => {
  const { scenario } = await resolveScenario({
    ...tinyScenario(),
    faults: TEXTS.map(([fault]) => fault),
  });
  t.strictSame(
    scenario.faults.map(faultText),
    TEXTS.map(([, text]) => text),
  );
  const result = { idleRules: [0, 1, 3, 7, 10], timeNs: 3.2e9 } as unknown as RunResult;
  t.strictSame(idleFaultTexts(scenario, result), [
    'faults[0] (crash of node 2 at 5 s) struck nothing: the run was over at 3.2 s',
    'faults[1] (pause of nodes 0, 2 at 0 s) struck nothing: nobody whom it could strike was up',
    'faults[3] (crash of 1 random node every 1 ms) struck nothing: no strike fell within the 3.2 s of the run, or none found anybody',
    'faults[7] (degrade around node 1 at 1 s) struck nothing: it touched no message',
    'faults[10] (trace of 1 row) struck nothing: the run was over at 3.2 s',
  ]);
});

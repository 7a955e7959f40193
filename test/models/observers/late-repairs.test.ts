/** A repair may come to nothing before anybody tells of it: then the next one tells of both. */
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { FaultLog } from '../../../models/observers/fault-log.ts';
import { dataOf, simulate, topologyOf } from '../../../sim/assemble.ts';
import { readFinding } from '../../../sim/fuzz/finding.ts';
import { resolveScenario } from '../../../sim/scenario/resolve.ts';

const SEED = fileURLToPath(new URL('../../seeds/commits-kept-77000390.json', import.meta.url));

t.test('who came back in a view that came to nothing is repaired by the next', async (t) => {
  const { scenario } = await resolveScenario(readFinding(SEED));
  const faultLog = new FaultLog({ topology: topologyOf(scenario), silenceNs: 4e6 });
  const { simulation } = simulate(scenario, 0, dataOf(scenario), { observers: [faultLog] });
  while (simulation.run(10_000));
  const { accounts, lost, redoneSamples } = faultLog.record();
  t.same(
    accounts.filter(({ recoveredNs }) => recoveredNs === null),
    [],
    'each crash is survived',
  );
  t.equal(lost.count, 18, 'what both servers of a shard had');
  t.equal(redoneSamples, 2);
});

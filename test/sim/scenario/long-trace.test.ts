/** A trace may be long: what a month of spot instances looks like, all on one node. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { faultRules } from '../../../sim/scenario/fault-rules.ts';
import { resolveScenario } from '../../../sim/scenario/resolve.ts';
import { tinyScenario } from './tiny-scenario.ts';

const ROWS = 30_000;

t.test(
  'each of 15,000 crashes of one node strikes at its time, until the next return',
  async (t) => {
    const folder = t.testdir();
    const lines = Array.from(
      { length: ROWS },
      (_, k) => `${k},1,${k % 2 === 0 ? 'crash' : 'return'}`,
    );
    writeFileSync(join(folder, 'spot.csv'), ['time,node,event', ...lines].join('\n'));
    const written = { ...tinyScenario(), faults: [{ trace: 'spot.csv' }] };
    const { scenario } = await resolveScenario(written, undefined, folder);
    const rules = faultRules(scenario, 'ring', ['node', 'node', 'node']);
    t.equal(rules.length, ROWS / 2);
    const wrong = rules.findIndex(
      ({ timing, effect }, crash) =>
        !('atNs' in timing) ||
        timing.atNs !== 2 * crash * 1e9 ||
        effect.kind !== 'crash' ||
        effect.forNs !== 1e9,
    );
    t.equal(wrong, -1, 'the first that is wrong');
  },
);

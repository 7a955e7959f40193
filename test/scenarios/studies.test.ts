/** The five ready studies: each can be planned, small and large, and most of its combinations can be run. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadScenario } from '../../sim/scenario/load.ts';
import { jobsOf } from '../../sim/studies/jobs.ts';
import { resolveStudy } from '../../sim/studies/study-schema.ts';
import { ROOT } from '../docs/blocks.ts';

const FOLDER = join(ROOT, 'scenarios', 'studies');
const STUDIES = ['capacity.ts', 'idle.ts', 'progress.ts', 'resilience.ts', 'scaling.ts'];

t.test('there are five studies, and the list of what they compare', async (t) => {
  t.strictSame(readdirSync(FOLDER).sort(), [...STUDIES, 'protocols.ts'].sort());
});

for (const name of STUDIES)
  t.test(`${name} can be planned, large and small`, async (t) => {
    const { scenario: written, warnings } = await loadScenario(join(FOLDER, name));
    t.same(warnings, []);
    let larger = Infinity;
    for (const isSmall of [false, true]) {
      const study = resolveStudy(written, isSmall);
      const jobs = await jobsOf(study, FOLDER);
      t.ok(jobs.length > 20);
      t.ok(jobs.length < larger, 'the small one is smaller');
      larger = jobs.length;
      const refused = jobs.filter(({ scenario }) => scenario === null);
      t.ok(refused.length < jobs.length / 10, `${refused.length} of ${jobs.length} refused`);
      t.equal(`${study.experiment}.ts`, name);
      t.ok(jobs.some(({ cells }) => cells['protocol'] === study.subject));
    }
  });

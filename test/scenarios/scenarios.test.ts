/** Every ready scenario is valid, fits its protocols, is named like its file, and says what it shows and expects. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { prepare } from '../../sim/commands/prepare.ts';

const FOLDER = fileURLToPath(new URL('../../scenarios/', import.meta.url));
/** What a scenario is written with, and no scenario itself. */
const TYPES = ['scenario.ts', 'fault.ts', 'study.ts'];
const NAMES = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.ts') && !TYPES.includes(file))
  .map((file) => basename(file, '.ts'));

t.test('those that were promised are there', async (t) => {
  for (const name of [
    'ring-64',
    'ps-64',
    'ring-vs-ps',
    'ring-4',
    'ring-1k-cost',
    'ps-1k-cost',
    'ring-1k',
  ])
    t.ok(NAMES.includes(name), name);
});

for (const name of NAMES)
  t.test(`${name} runs as it stands`, async (t) => {
    const file = join(FOLDER, `${name}.ts`);
    const { scenario, warnings } = await prepare(file, {});
    t.equal(scenario.name, name);
    t.strictSame(warnings, [], 'no field is without effect');
    t.ok(scenario.expect.length > 0, 'it expects something');
    t.match(readFileSync(file, 'utf8'), /^\/\*\*\n \* [A-Z]/, 'it says what it shows');
  });

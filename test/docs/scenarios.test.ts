/** The README's first scenario runs as it stands there, and its table has every ready scenario. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { prepare } from '../../sim/commands/prepare.ts';
import { ROOT } from './blocks.ts';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');

t.test(
  'the first scenario of the README is valid, and no field of it is without effect',
  async (t) => {
    const [, source] = /```ts\n(import [^]+?)```/.exec(readme)!;
    const folder = mkdtempSync(join(tmpdir(), 'ringtmp-docs-'));
    t.teardown(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'my-ring.ts');
    writeFileSync(file, source.replace("'./scenario.ts'", `'${ROOT}scenarios/scenario.ts'`));
    const { scenario, warnings } = await prepare(file, {});
    t.equal(scenario.name, 'my-ring');
    t.same(warnings, []);
  },
);

t.test('the table of ready scenarios has all of them', async (t) => {
  const [, table] = /\| ready scenario ([^]+?)\n\n/.exec(readme)!;
  const named = [...table.matchAll(/`([\w-]+\.ts)`/g)].map(([, name]) => name);
  const ready = readdirSync(join(ROOT, 'scenarios')).filter(
    (name) =>
      name.endsWith('.ts') &&
      readFileSync(join(ROOT, 'scenarios', name), 'utf8').includes('export default'),
  );
  t.same(named.toSorted(), ready.toSorted());
});

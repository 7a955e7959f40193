/** Scenario files load wherever they lie; a module that does more than export a scenario ends with a sentence. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadScenario } from '../../../sim/scenario/load.ts';
import { readModule } from '../../../sim/scenario/scenario-module.ts';
import { runProcess } from '../commands/run-command.ts';
import { tinyScenario } from './tiny-scenario.ts';

const TINY = JSON.stringify(tinyScenario());
const RIGHT = 'a module with `export default defineScenario({ ... })` would be right';

t.test('a folder or a file may be called anything', async (t) => {
  for (const name of ['a?b #1 100% ünï 文', 'a%20b "it\'s"']) {
    const folder = join(t.testdirName, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${name}.json`), TINY);
    for (const kind of ['ts', 'mts', 'js', 'mjs'])
      writeFileSync(join(folder, `${name}.${kind}`), `export default ${TINY};\n`);
    for (const kind of ['json', 'ts', 'mts', 'js', 'mjs'])
      t.strictSame(
        await loadScenario(join(folder, `${name}.${kind}`)),
        { scenario: tinyScenario(), warnings: [] },
        `${name}.${kind}`,
      );
  }
});

t.test('a module may import others, await, be CommonJS, and knows where it is', async (t) => {
  const folder = t.testdir({
    'package.json': '{}',
    'part.ts': 'export const batch: number = 8;\n',
    'whole.ts':
      "import { batch } from './part.ts';\n" +
      'await Promise.resolve();\nexport default { batch, url: import.meta.url };\n',
    'common.js': 'module.exports = { folder: __dirname, two: require("./two.json") };\n',
    'two.json': '2',
  });
  t.strictSame((await loadScenario(join(folder, 'whole.ts'))).scenario, {
    batch: 8,
    url: new URL(`file://${folder}/whole.ts`).href,
  });
  t.strictSame((await loadScenario(join(folder, 'common.js'))).scenario, { folder, two: 2 });
});

t.test('JSON may begin with a byte-order mark and name its schema', async (t) => {
  const folder = t.testdir({
    'marked.json': `\uFEFF${TINY}`,
    'named.json': JSON.stringify({ $schema: './scenario.schema.json', ...tinyScenario() }),
  });
  for (const name of ['marked.json', 'named.json'])
    t.strictSame((await loadScenario(join(folder, name))).scenario, tinyScenario(), name);
});

t.test(
  'a list longer than there may be nodes is refused before its values are looked at',
  async (t) => {
    const list = `[${'0,'.repeat(1_000_000)}0]`;
    const folder = t.testdir({
      'layers.json': `{"model":{"layers":${list}}}`,
      'faults.json': `{"faults":${list}}`,
      'groups.json': `{"faults":[{"groups":[[1],${list}]}]}`,
      'module.mts': 'export default { faults: Array.from({ length: 1_000_001 }, () => 0) };\n',
    });
    for (const [name, field] of [
      ['layers.json', 'model.layers'],
      ['faults.json', 'faults'],
      ['groups.json', 'faults[0].groups[1]'],
      ['module.mts', 'faults'],
    ])
      await t.rejects(
        loadScenario(join(folder, name)),
        {
          name: 'BadInput',
          message: `${join(folder, name)}: ${field} is a list of 1000001; at most 1000000 values would be right`,
        },
        name,
      );
  },
);

t.test('what a module does beside exporting a scenario ends with its thread', async (t) => {
  const folder = t.testdir({
    'never.mts': 'await new Promise(() => {});\nexport default {};\n',
    'exit.mts': 'process.exit(3);\nexport default {};\n',
    'busy.mts': 'for (;;);\nexport default {};\n',
    'waits.mts': 'setInterval(() => {}, 10);\nawait new Promise(() => {});\nexport default {};\n',
    'timer.mts': 'setInterval(() => {}, 10);\nexport default { name: "timer" };\n',
    'nothing.mts': 'throw null;\n',
  });
  const file = (name: string) => join(folder, `${name}.mts`);
  const refused = (name: string, why: string) =>
    t.rejects(readModule(name, file(name), undefined, 1), { message: `${name} ${why}; ${RIGHT}` });
  await refused('never', 'ends, or waits for what never comes, before it exports anything');
  await refused('exit', 'ends the process with status 3');
  await refused('busy', 'is not loaded after 1 s');
  await refused('waits', 'is not loaded after 1 s');
  await refused('nothing', 'cannot be loaded (null)');
  t.strictSame(await readModule('timer', file('timer')), {
    scenario: { name: 'timer' },
    warnings: ['timer leaves a timer running, which ends with it'],
  });
});

t.test('the command itself ends, and what a module prints is not among the results', async (t) => {
  const folder = t.testdir({
    'tiny.mts': `setInterval(() => {}, 10);\nconsole.log('hello');\nexport default ${TINY};\n`,
  });
  const { status, stdout, stderr } = await runProcess([
    join(folder, 'tiny.mts'),
    '--no-ui',
    '--out',
    join(folder, 'out'),
  ]);
  t.equal(status, 0);
  t.notMatch(stdout, 'hello');
  t.match(stderr, 'hello');
  t.match(stderr, /warning: .*tiny\.mts leaves a timer running/);
});

t.test('what cannot be read is told by its path', async (t) => {
  const folder = t.testdir({
    'getter.ts': "export default { training: { get batch() { throw new Error('boom'); } } };\n",
    'proxy.ts': "export default { a: new Proxy({}, { ownKeys() { throw new Error('no'); } }) };\n",
    'inner.ts': 'export default { a: [1, { b: () => 1 }] };\n',
  });
  for (const [name, sentence] of [
    ['getter.ts', 'training.batch cannot be read (boom)'],
    ['proxy.ts', 'a cannot be read (no)'],
    ['inner.ts', 'a[1].b is a function'],
  ]) {
    const file = join(folder, name);
    await t.rejects(loadScenario(file), {
      message: `${file}: ${sentence}; plain data would be right`,
    });
  }
});

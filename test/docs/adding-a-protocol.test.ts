/** The page about adding a protocol shows its example whole, and runs what it has its reader type. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { PROTOCOLS } from '../../models/protocols/registry.ts';
import { ROOT } from './blocks.ts';

const FOLDER = 'models/protocols/local-sgd';
const REGISTRY = 'models/protocols/registry.ts';
const page = readFileSync(join(ROOT, 'docs/adding-a-protocol.md'), 'utf8');

const filesIn = (folder: string) =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(ROOT.length));

t.test('every file of the example is shown whole, and every line of code is of one', async (t) => {
  const shown = [...page.matchAll(/<!-- file: (\S+) -->/g)].map(([, path]) => path);
  t.same(shown.toSorted(), filesIn(FOLDER).toSorted());
  const code = page.match(/^```ts$/gm)!.length;
  t.equal(code, shown.length + 1, 'the other one is a part of the registry');
});

t.test('nothing outside its folder knows the example but the registry', async (t) => {
  // Scenarios choose protocols, so they may know any.
  const rooms = ['engine', 'models', 'reports', 'sim'];
  const knowing = rooms
    .flatMap(filesIn)
    .filter((path) => /local-?sgd/i.test(readFileSync(join(ROOT, path), 'utf8')))
    .filter((path) => !path.startsWith(FOLDER));
  t.same(knowing, [REGISTRY]);
  const lines = readFileSync(join(ROOT, REGISTRY), 'utf8').match(/.*localSgd.*/g)!;
  t.equal(lines.length, 2, 'an entry and its import');
  t.ok(PROTOCOLS.some(({ kind }) => kind === 'local-sgd'));
});

t.test('what each of its commands prints is shown, and so is run by blocks.test.ts', async (t) => {
  const commands = [...page.matchAll(/^```sh\n([^]*?)\n```$/gm)].map(([, line]) => line);
  t.equal(commands.pop(), 'npm run docs');
  const run = [...page.matchAll(/<!-- output: (.+?) \| .+ -->/g)].map(([, command]) => command);
  t.same(commands, run);
  const verbs = commands.map((line) => /^npm run -s (\w+) -- /.exec(line)![1]);
  t.same([...new Set(verbs)], ['sim', 'real', 'fuzz']);
  t.match(page, '```\nweights equal to the simulated run: yes\n```');
  t.match(page, '```\n0 broke a claim\n```');
});

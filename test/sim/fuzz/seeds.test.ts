import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { readFinding } from '../../../sim/fuzz/finding.ts';
import { judge } from '../../../sim/fuzz/judge.ts';

const folder = fileURLToPath(new URL('../../seeds/', import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

t.test('no scenario that ever broke a claim breaks one again', async (t) => {
  t.ok(files.length > 0, 'there are some');
  for (const file of files) {
    const { breaches } = await judge(readFinding(`${folder}${file}`));
    t.same(breaches, [], file);
  }
});

t.test(
  'each is kept with the command that plays it again, wherever the project lies',
  async (t) => {
    for (const file of files) {
      const { command } = JSON.parse(readFileSync(`${folder}${file}`, 'utf8'));
      t.equal(command, `npm run fuzz -- --replay test/seeds/${file}`, file);
    }
  },
);

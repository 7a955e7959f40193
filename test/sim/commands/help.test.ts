/** Every command of package.json that takes words helps, and refuses what it does not know with status 2. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as {
  scripts: Record<string, string>;
};
const OURS = Object.entries(scripts).filter(([, line]) => line.includes('node --import tsx '));

t.test('--help helps, and an unknown word is refused', async (t) => {
  t.ok(OURS.length >= 6, 'all are found');
  for (const [name, line] of OURS) {
    const run = (word: string) =>
      spawnSync(process.execPath, [...line.replace(/^(exec )?node /, '').split(' '), word], {
        cwd: ROOT,
        encoding: 'utf8',
      });
    const help = run('--help');
    t.equal(help.status, 0, `${name}: status`);
    t.match(help.stdout, `Usage: npm run ${name} --`, name);
    t.equal(help.stderr, '', name);
    const unknown = run('--no-such-option');
    t.equal(unknown.status, 2, `${name}: status`);
    t.equal(unknown.stdout, '', name);
    t.match(unknown.stderr, /^[^\n]*unknown option '--no-such-option'[^\n]*\n$/, name);
  }
});

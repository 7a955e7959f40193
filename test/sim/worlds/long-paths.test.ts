/** A folder for temporary files whose path is longer than that of a socket may be. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import t from 'tap';

t.test('processes reach each other however long the path of the temporary folder', async (t) => {
  const temporary = `${t.testdir()}/${'long/'.repeat(30)}`;
  mkdirSync(temporary, { recursive: true });
  const words = ['sim/real.ts', '--world', 'processes', '--nodes', '2', '--no-ui'];
  const short = ['--set', 'training.iterations=2', '--out', `${t.testdir()}/out`];
  const env = { ...process.env, NODE_OPTIONS: '', TMPDIR: temporary };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', ...words, ...short],
    { env, encoding: 'utf8' },
  );
  t.equal(status, 0, stderr);
  t.match(stdout, /weights equal to the simulated run: yes/);
  const left = readdirSync(temporary).filter((name) => name.startsWith('ringtmp'));
  t.same(left, [], 'nothing is left there');
});

/** The benchmarks as a command: their figures are nobody's business here. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

t.test('a reader that has gone away ends the benchmarks without a word', async (t) => {
  const words = ['--import', 'tsx', 'bench/bench.ts', 'event-queue'];
  const bench = spawn(process.execPath, words, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  bench.stdout.destroy();
  let said = '';
  bench.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const [status] = await once(bench, 'close');
  t.equal(said, '');
  t.equal(status, 0);
});

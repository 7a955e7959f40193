/** The sim command as a process: help, bad input, signals. Each start costs a second, so there are few. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { tinyScenario } from '../scenario/tiny-scenario.ts';
import { runProcess, scenarioFile, summariesIn } from './run-command.ts';

/** Work for hours, in steps of milliseconds. */
function endless() {
  const tiny = tinyScenario();
  return { ...tiny, training: { ...tiny.training, iterations: 10_000_000, evaluateEvery: 0 } };
}

t.test('--help shows the options and examples', async (t) => {
  const { status, stdout, stderr } = await runProcess(['--help']);
  t.equal(status, 0);
  t.equal(stderr, '');
  for (const word of ['--nodes', '--seed', '--set', '--out', '--no-ui', '--trace', '--check'])
    t.ok(stdout.includes(word), word);
  t.match(stdout, /Examples:\n {2}npm run sim -- scenarios\/ring-64\.ts/);
});

t.test('bad input: one line on stderr and status 2', async (t) => {
  const { status, stdout, stderr } = await runProcess(['scenarios/ring-65.ts', '--no-ui']);
  t.equal(status, 2);
  t.equal(stdout, '');
  t.equal(
    stderr,
    'scenarios/ring-65.ts is no file; the path of a scenario such as scenarios/ring-64.ts would be right\n',
  );
});

const FILES = ['iterations.csv', 'links.csv', 'nodes.csv', 'scenario.json', 'summary.json'];

t.test('Ctrl-C in mid-run: what was done is written, marked partial, status 130', async (t) => {
  const folder = t.testdir();
  const out = join(folder, 'out');
  const protocol = [{ kind: 'ring-tmp' }, { kind: 'ps-bsp' }];
  const file = scenarioFile(folder, { ...endless(), protocol });
  let sent = false;
  const { status, stdout } = await runProcess([file, '--no-ui', '--out', out], (text, kill) => {
    // The first progress line that counts an iteration: earlier ones may come while the thread is still starting.
    if (sent || !/ [1-9][\d,]*\/10,000,000 iterations/.test(text)) return;
    sent = true;
    kill('SIGINT');
  });
  t.equal(status, 130);
  t.strictSame(readdirSync(folder).sort(), ['out', 'tiny.json'], 'no leftovers');
  t.strictSame(readdirSync(out).sort(), FILES);
  const summaries = summariesIn(out);
  t.equal(summaries.length, 1, 'the second protocol never began');
  t.match(summaries[0], { outcome: 'interrupted', partial: true });
  t.ok(summaries[0].training.iterations > 0);
  t.match(stdout, 'interrupted, partial');
});

t.test('SIGTERM before anything has run: earlier results stay as they are', async (t) => {
  const folder = t.testdir({ out: { 'summary.json': 'earlier' } });
  const out = join(folder, 'out');
  const file = scenarioFile(folder, endless());
  let sent = false;
  const { status, stderr } = await runProcess([file, '--no-ui', '--out', out], (text, kill) => {
    if (sent || !text.includes('tiny: seed 1')) return;
    sent = true;
    kill('SIGTERM');
  });
  t.equal(status, 143);
  t.match(stderr, /^nothing has run, and no results are written$/m);
  t.strictSame(readdirSync(folder).sort(), ['out', 'tiny.json'], 'no leftovers');
  t.strictSame(readdirSync(out), ['summary.json']);
  t.equal(readFileSync(join(out, 'summary.json'), 'utf8'), 'earlier');
});

t.test('a terminal that is closed ends the run, and its results are written', async (t) => {
  const folder = t.testdir();
  const out = join(folder, 'out');
  const file = scenarioFile(folder, endless());
  const closing = [
    'const closed = (call) => Object.assign(new Error(`${call} EIO`), { code: "EIO" });',
    'setInterval(() => {',
    '  if (process.listenerCount("SIGHUP") === 0) return;',
    '  process.stdin.emit("error", closed("read"));',
    '  process.stdout.emit("error", closed("write"));',
    '  process.stderr.emit("error", closed("write"));',
    '}, 50).unref();',
  ].join('\n');
  const preload = `data:text/javascript,${encodeURIComponent(closing)}`;
  let sent = false;
  const words = [file, '--no-ui', '--out', out];
  const { status } = await runProcess(
    words,
    (text, kill) => {
      if (sent || !/ [1-9][\d,]*\/10,000,000 iterations/.test(text)) return;
      sent = true;
      kill('SIGHUP');
    },
    ['--import', preload],
  );
  t.equal(status, 129);
  t.strictSame(readdirSync(out).sort(), FILES);
});

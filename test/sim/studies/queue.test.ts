/** A study over Redis: the results of the local pool, whoever dies in between (docs/study.md). */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import type { RunOutcome } from '../../../reports/studies/run-outcome.ts';
import { readQueue } from '../../../sim/studies/queue/address.ts';
import { RedisLink } from '../../../sim/studies/queue/redis.ts';
import { freePort, noRedis, RedisServer } from './redis-server.ts';
import { journalLines, studyFile, studyHere, tinyStudy } from './run-study-command.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const skip = noRedis;

/** Twenty runs of about half a second. */
function longerStudy() {
  const base = { ...tinyStudy().base, training: { batch: 8, microBatches: 2, iterations: 1500 } };
  return { ...tinyStudy(), base, repeat: 5 };
}

interface StudyWorker {
  readonly child: ChildProcess;
  said(): string;
  end(signal: NodeJS.Signals): Promise<void>;
}

function startWorker(url: string): StudyWorker {
  const words = ['sim/study.ts', 'worker', '--queue', url, '--workers', '1'];
  const command = ['-u', 'NODE_OPTIONS', process.execPath, '--import', 'tsx', ...words];
  const child = spawn('env', command, { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (data) => (said += String(data)));
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'close');
  };
  return { child, said: () => said, end };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await setTimeout(20);
}

const textIn = (folder: string, name: string) => readFileSync(join(folder, name)).toString('hex');

t.test(
  'three workers, one killed in mid-run and Redis restarted: the same results, file for file',
  { skip },
  async (t) => {
    const folder = t.testdir({ redis: {} });
    const [here, there] = [join(folder, 'here'), join(folder, 'there')];
    const file = studyFile(folder, longerStudy());
    const server = await RedisServer.open(join(folder, 'redis'));
    const workers = [1, 2, 3].map(() => startWorker(server.url));
    t.teardown(async () => {
      for (const worker of workers) await worker.end('SIGKILL');
      await server.stop();
    });
    await until(() => workers.every((worker) => worker.said().includes('waiting for runs')));
    const study = studyHere(file, '--out', there, '--queue', server.url);
    await until(() => journalLines(there).length >= 3);
    await workers[0].end('SIGKILL');
    await until(() => journalLines(there).length >= 8);
    await server.restart(700);
    const { status, stderr } = await study;
    t.equal(status, 0, stderr);
    t.match(stderr, /is away: waiting for it\n.*is back\n/s);
    const local = await studyHere(file, '--out', here);
    t.equal(local.status, 0, local.stderr);
    for (const name of ['results.csv', 'results.parquet', 'study.json'])
      t.equal(textIn(there, name), textIn(here, name), name);
    const keys = journalLines(there).map((line) => (JSON.parse(line) as RunOutcome).key);
    t.equal(keys.length, 20);
    t.equal(new Set(keys).size, 20, 'every run exactly once');
    for (const worker of workers.slice(1)) {
      await worker.end('SIGTERM');
      t.match(worker.said(), /worker of .*: [1-9]\d* runs done, 0 running\n$/);
    }
  },
);

t.test('a study over Redis that was killed finds what workers did since', { skip }, async (t) => {
  const folder = t.testdir({ redis: {} });
  const out = join(folder, 'out');
  const file = studyFile(folder, tinyStudy());
  const server = await RedisServer.open(join(folder, 'redis'));
  const words = ['sim/study.ts', file, '--out', out, '--queue', server.url];
  const command = ['-u', 'NODE_OPTIONS', process.execPath, '--import', 'tsx', ...words];
  const child = spawn('env', command, { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (data) => (said += String(data)));
  await until(() => said.includes('no worker with this code'));
  child.kill('SIGKILL');
  await once(child, 'close');
  const worker = startWorker(server.url);
  t.teardown(async () => {
    await worker.end('SIGKILL');
    await server.stop();
  });
  await until(() => worker.said().includes('8 runs done'));
  await worker.end('SIGTERM');
  const { status, stderr } = await studyHere(file, '--out', out, '--queue', server.url, '--resume');
  t.equal(status, 0, stderr);
  t.equal(journalLines(out).length, 8);
});

t.test('a Redis that forgets all costs time, and no run', { skip }, async (t) => {
  const folder = t.testdir({ redis: {} });
  const out = join(folder, 'out');
  const server = await RedisServer.open(join(folder, 'redis'));
  const worker = startWorker(server.url);
  t.teardown(async () => {
    await worker.end('SIGKILL');
    await server.stop();
  });
  const study = studyHere(studyFile(folder, longerStudy()), '--out', out, '--queue', server.url);
  await until(() => journalLines(out).length >= 4);
  await server.forget();
  const { status, stderr } = await study;
  t.equal(status, 0, stderr);
  const keys = journalLines(out).map((line) => (JSON.parse(line) as RunOutcome).key);
  t.equal(keys.length, 20);
  t.equal(new Set(keys).size, 20, 'every run exactly once');
});

t.test('Redis away, a wrong password, a wrong address: one sentence each', { skip }, async (t) => {
  const folder = t.testdir({ redis: {} });
  const file = studyFile(folder, tinyStudy());
  const server = await RedisServer.open(join(folder, 'redis'));
  t.teardown(() => server.stop());
  for (const [url, says] of [
    [server.with('guess'), /^Redis at redis:\/\/127.0.0.1:\d+ refuses the name or password; .*/],
    [server.with(''), /refuses the name or password; .* would be right\n$/],
    [`redis://127.0.0.1:${await freePort()}`, /does not answer \(ECONNREFUSED\); .*would be right/],
    ['http://:secret@host', /--queue is 'http:\/\/host'; .* would be right/],
  ] as const)
    for (const words of [[file, '--out', join(folder, 'out')], ['worker']]) {
      const { status, stdout, stderr } = await studyHere(...words, '--queue', url);
      t.equal(status, 2);
      t.match(stderr, says);
      t.equal(stderr.split('\n').length, 2, 'one line');
      t.notMatch(stderr, /guess|secret/, 'which keeps the password');
      t.equal(stdout, '');
    }
});

t.test('a Redis that stays away ends the link with a sentence', { skip }, async (t) => {
  const server = await RedisServer.open(t.testdir());
  const said: string[] = [];
  const link = new RedisLink(readQueue(server.url), (line) => said.push(line), 200);
  await link.redis.ping();
  await server.stop();
  await t.rejects(link.lost, { message: /has been away for 0.2 s; .* would be right$/ });
  t.match(said, [/is away: waiting for it$/]);
  link.close();
});

t.test('what has no effect beside a queue is a warning', async (t) => {
  const folder = t.testdir();
  const file = studyFile(folder, tinyStudy());
  const url = `redis://127.0.0.1:${await freePort()}`;
  const study = await studyHere(file, '--queue', url, '--workers', '2');
  t.match(study.stderr, /^warning: --workers has no effect with --queue/);
  const worker = await studyHere('worker', '--queue', url, '--small');
  t.match(worker.stderr, /^warning: --small has no effect on a worker/);
  const none = await studyHere('worker');
  t.equal(none.status, 2);
  t.match(none.stderr, /^--queue is missing; .* would be right\n$/);
});

/** A bundled worker entry starts without any loader, once built stays built, and leaves nothing behind. */
import { writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { BUNDLED_WORKER_OPTIONS, bundleWorker } from '../../../sim/worlds/bundle.ts';

const REAL_ENTRY = new URL('../../../sim/worlds/threads/thread-worker.ts', import.meta.url).href;

t.test('a TypeScript entry becomes a plain worker that keeps its own address', async (t) => {
  const folder = t.testdir({ 'part.ts': 'export const answer: number = 42;\n' });
  const entry = join(folder, 'entry.ts');
  writeFileSync(
    entry,
    "import { parentPort } from 'node:worker_threads';\n" +
      "import { answer } from './part.ts';\n" +
      'parentPort!.postMessage([answer, import.meta.url, process.execArgv]);\n',
  );
  const worker = new Worker(await bundleWorker(entry), { ...BUNDLED_WORKER_OPTIONS });
  const [message] = (await once(worker, 'message')) as [unknown];
  t.same(message, [42, pathToFileURL(entry).href, []]);
  await worker.terminate();
});

t.test('an entry is bundled once a process, however often and however it is named', async (t) => {
  const [one, other] = await Promise.all([bundleWorker(REAL_ENTRY), bundleWorker(REAL_ENTRY)]);
  t.equal(one, other);
  t.match(one, /^"use strict";/, 'and is code, no path: a file would be left by a killed process');
});

t.test('an entry that does not compile or is not there is refused', async (t) => {
  const folder = t.testdir({ 'broken.ts': 'const = ;\n' });
  await t.rejects(bundleWorker(join(folder, 'broken.ts')), /broken\.ts/);
  await t.rejects(bundleWorker(join(folder, 'missing.ts')), /missing\.ts/);
});

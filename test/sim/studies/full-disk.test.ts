/** A study on a disk that fills up says so in a sentence, loses no run that was done, and goes on when there is room. */
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { RunOutcome } from '../../../reports/studies/run-outcome.ts';
import { writeReport } from '../../../sim/studies/report-command.ts';
import { smallDisk } from '../output/small-disk.ts';
import { journalLines, rowsIn, studyFile, studyHere, tinyStudy } from './run-study-command.ts';

const KIBIBYTES = 4000;

const { reason } = smallDisk(t, KIBIBYTES);
const skip = reason === '' ? false : reason;

/** Fills the disk but for so many bytes. */
function leave(disk: string, bytes: number): string {
  const filler = join(disk, 'filler');
  writeFileSync(filler, '');
  for (let size = 1024 * KIBIBYTES; size >= 4096; size /= 2)
    try {
      writeFileSync(filler, new Uint8Array(size), { flag: 'a' });
    } catch {
      // No room for that much.
    }
  const kept = Math.max(0, statSync(filler).size - bytes);
  writeFileSync(filler, new Uint8Array(kept));
  return filler;
}

const keysIn = (out: string) =>
  journalLines(out).map((line) => (JSON.parse(line) as RunOutcome).key);

/** Room for some of the runs in the journal; for all of them, but not for tables and page. */
for (const [what, roomBytes, says] of [
  ['the journal', 12_000, /runs\.jsonl cannot be written.*--resume would be right\n$/],
  ['tables and page', 45_000, /cannot be written.*would be right\n$/],
] as const)
  t.test(
    `a disk that is full for ${what}: nothing already computed is lost`,
    { skip },
    async (t) => {
      const { folder, disk } = smallDisk(t, KIBIBYTES);
      const out = join(disk, 'out');
      const file = studyFile(folder, tinyStudy());
      const filler = leave(disk, roomBytes);
      const { status, stderr } = await studyHere(file, '--out', out, '--workers', '1');
      t.equal(status, 2);
      t.match(stderr, says);
      const kept = keysIn(out);
      t.ok(kept.length > 0, `${kept.length} runs were kept`);
      rmSync(filler);
      const resumed = await studyHere(file, '--out', out, '--workers', '1', '--resume');
      t.equal(resumed.status, 0, resumed.stderr);
      t.match(resumed.stderr, `8 runs, ${kept.length} of them done before`);
      const keys = keysIn(out);
      t.same(keys.slice(0, kept.length), kept, 'and are still there');
      t.equal(new Set(keys).size, 8);
      t.equal(keys.length, 8, 'every run exactly once');
      t.equal(rowsIn(out).length, 8);
    },
  );

t.test('a page that cannot be written leaves the tables and the journal', async (t) => {
  const folder = t.testdir();
  const out = join(folder, 'out');
  await studyHere(studyFile(folder, tinyStudy()), '--out', out);
  const before = ['runs.jsonl', 'results.csv', 'study.json'].map((name) =>
    readFileSync(join(out, name), 'utf8'),
  );
  await t.rejects(writeReport([out], join(out, 'runs.jsonl', 'page.html')), {
    message: /cannot be written.*would be right$/,
  });
  const after = ['runs.jsonl', 'results.csv', 'study.json'].map((name) =>
    readFileSync(join(out, name), 'utf8'),
  );
  t.same(after, before);
});

/** A study that is killed and goes on: every run exactly once (docs/study.md). */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { RunOutcome } from '../../../reports/studies/run-outcome.ts';
import { BadInput } from '../../../sim/scenario/bad-input.ts';
import { Journal, readJournals } from '../../../sim/studies/journal.ts';
import {
  journalLines,
  rowsIn,
  studyFile,
  studyHere,
  studyKilledAt,
  tinyStudy,
} from './run-study-command.ts';

t.test('200 runs, killed three times by SIGKILL and resumed: every run exactly once', async (t) => {
  const folder = t.testdir();
  const out = join(folder, 'out');
  const base = { ...tinyStudy().base, training: { batch: 8, microBatches: 2, iterations: 50 } };
  const file = studyFile(folder, { ...tinyStudy(), base, repeat: 50 });
  const kept: string[] = [];
  for (const lines of [20, 90, 160]) {
    const killed = await studyKilledAt(lines, out, file, '--resume');
    t.ok(killed, `it was still running after ${lines} runs`);
    t.strictSame(journalLines(out).slice(0, kept.length), kept, 'what was done stays');
    kept.splice(0, kept.length, ...journalLines(out));
  }
  const { status, stderr } = await studyHere(file, '--out', out, '--resume');
  t.equal(status, 0, stderr);
  const keys = journalLines(out).map((line) => (JSON.parse(line) as RunOutcome).key);
  t.equal(keys.length, 200);
  t.equal(new Set(keys).size, 200);
  t.equal(rowsIn(out).length, 200);
  const whole = join(folder, 'whole');
  await studyHere(file, '--out', whole);
  const csvOf = (from: string) => readFileSync(join(from, 'results.csv'), 'utf8');
  t.equal(csvOf(out), csvOf(whole), 'the results are those of a study that was left alone');
});

const outcome = (key: string): RunOutcome => ({
  ...{ key, summary: null, refused: 'no', curve: null, found: null },
  ...{ program: '0', node: '20' },
});

t.test('a torn last line is cut off, wherever it was torn', async (t) => {
  const folder = t.testdir();
  const path = join(folder, 'runs.jsonl');
  const line = `${JSON.stringify(outcome('b'))}\n`;
  for (let length = 0; length < line.length; length += 7) {
    writeFileSync(path, `${JSON.stringify(outcome('a'))}\n${line.slice(0, length)}`);
    t.strictSame([...readJournals(folder).keys()], ['a']);
    const journal = new Journal(path, true);
    journal.add(outcome('c'));
    journal.close();
    t.strictSame([...readJournals(folder).keys()], ['a', 'c']);
  }
});

t.test('a full disk is one sentence, and what was done is kept', async (t) => {
  const folder = t.testdir();
  const path = join(folder, 'runs.jsonl');
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
  let calls = 0;
  const journal = new Journal(path, false, (file, bytes, offset) => {
    if (calls++ > 0) throw full;
    writeFileSync(file, bytes.subarray(offset));
    return bytes.length - offset;
  });
  journal.add(outcome('a'));
  t.throws(() => journal.add(outcome('b')), BadInput);
  t.throws(() => journal.add(outcome('b')), { message: /ENOSPC.*--resume would be right/ });
  journal.close();
  t.strictSame([...readJournals(folder).keys()], ['a']);
});

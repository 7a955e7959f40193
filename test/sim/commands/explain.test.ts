/** `--explain`: what the command writes and says beside the rest, and that it changes nothing. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import t from 'tap';
import { tinyScenario } from '../scenario/tiny-scenario.ts';
import { runHere, scenarioFile, summariesIn } from './run-command.ts';

const CAUSES = ['Bubble', 'Straggler', 'Link', 'Queueing', 'Failure', 'Barrier', 'NothingToDo'];

function rowsOf(out: string, file: string): Record<string, string>[] {
  return parse(readFileSync(join(out, file), 'utf8'), { columns: true });
}

t.test('--explain adds causes to files, summary and table, and nothing else', async (t) => {
  const folder = t.testdir();
  const file = scenarioFile(folder, tinyScenario());
  const [plain, out] = ['plain', 'explained'].map((name) => join(folder, name));
  const before = await runHere([file, '--out', plain]);
  const { status, stdout } = await runHere([file, '--explain', '--out', out]);
  t.equal(status, 0);
  t.notOk(existsSync(join(plain, 'blame.csv')));
  t.notMatch(before.stdout, 'of all waiting');
  t.match(stdout, /ring-tmp: of all waiting \(blame.csv has the rest\)\n +\d+\.\d % {2}\w/);
  t.match(stdout, '  pipeline bubble');
  const [[one], [other]] = [summariesIn(plain), summariesIn(out)];
  t.equal(other.digest, one.digest);
  t.notOk('waitingByCause' in one);
  const shares = Object.values(other.waitingByCause!).map(({ mean }) => mean);
  const sum = shares.reduce((all, share) => all + share, 0);
  t.ok(Math.abs(sum - other.waiting.mean) < 1e-12);
  const blames = rowsOf(out, 'blame.csv');
  for (const row of rowsOf(out, 'nodes.csv')) {
    const waited = Number(row['modelledCommNs']) + Number(row['modelledIdleNs']);
    const causes = CAUSES.map((cause) => Number(row[`modelled${cause}Ns`]));
    t.equal(
      causes.reduce((all, ns) => all + ns, 0),
      waited,
    );
    const mine = blames.filter(({ node }) => node === row['node']);
    t.equal(
      mine.reduce((all, blame) => all + Number(blame['modelledWaitedNs']), 0),
      waited,
    );
  }
});

t.test('an expectation about causes needs no --explain with --check', async (t) => {
  const folder = t.testdir();
  const value = 'waitingByCause.failure.max';
  const file = scenarioFile(folder, { ...tinyScenario(), expect: [{ value, atMost: 0 }] });
  const { status, stderr } = await runHere([file, '--check', '--out', join(folder, 'out')]);
  t.equal(status, 0);
  t.match(stderr, `yes  ring-tmp: ${value} is 0`);
});

/** On a real disk of 20 KiB: results are written whole or not at all, by the command as well, and into a mount point. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ResultFolder } from '../../../sim/output/result-folder.ts';
import { runHere, runProcess, scenarioFile } from '../commands/run-command.ts';
import { tinyScenario } from '../scenario/tiny-scenario.ts';
import { smallDisk } from './small-disk.ts';

const KIBIBYTES = 20;

const { reason } = smallDisk(t, KIBIBYTES);
const skip = reason === '' ? false : reason;

t.test('a full disk leaves the earlier results as they were', { skip }, async (t) => {
  const { disk } = smallDisk(t, KIBIBYTES);
  new ResultFolder(disk).write({ 'links.csv': 'x'.repeat(5000) });
  const results = new ResultFolder(disk);
  t.throws(() => results.write({ 'links.csv': 'y'.repeat(15_000) }), /ENOSPC/);
  t.equal(readFileSync(join(disk, 'links.csv'), 'utf8'), 'x'.repeat(5000));
  t.strictSame(readdirSync(disk), ['links.csv'], 'and nothing beside them');
  results.write({ 'links.csv': 'z'.repeat(7000) });
  t.equal(readFileSync(join(disk, 'links.csv'), 'utf8'), 'z'.repeat(7000), 'what fits is written');
});

t.test('beside a mount point is another disk, and results go there whole', { skip }, async (t) => {
  const { folder, disk } = smallDisk(t, KIBIBYTES);
  const results = new ResultFolder(disk);
  new ResultFolder(disk).write({ 'links.csv': 'of another run' });
  t.equal(results.write({ 'links.csv': 'mine', 'summary.json': '{}' }), `${disk}-2`);
  t.equal(readFileSync(join(`${disk}-2`, 'links.csv'), 'utf8'), 'mine');
  t.strictSame(readdirSync(`${disk}-2`).sort(), ['links.csv', 'summary.json']);
  t.strictSame(readdirSync(disk), ['links.csv'], 'nothing is left of them here');
  t.equal(readFileSync(join(disk, 'links.csv'), 'utf8'), 'of another run');
  t.strictSame(readdirSync(folder).sort(), ['disk', 'disk-2'], 'nor there');
});

t.test('the command says so, with status 1 and its table told', { skip }, async (t) => {
  const { folder, disk } = smallDisk(t, KIBIBYTES);
  new ResultFolder(disk).write({ 'links.csv': 'earlier' });
  const tiny = tinyScenario();
  const training = { ...tiny.training, iterations: 400 };
  const file = scenarioFile(folder, { ...tiny, training, expect: [] });
  const { status, stdout, stderr } = await runHere([file, '--out', disk]);
  t.equal(status, 1);
  t.match(stderr, /^the results cannot be written: ENOSPC/m);
  t.match(stdout, /iterations +400/);
  t.strictSame(readdirSync(disk), ['links.csv']);
  t.equal(readFileSync(join(disk, 'links.csv'), 'utf8'), 'earlier');
});

t.test('a full disk under stdout is a failure too', { skip }, async (t) => {
  const { disk } = smallDisk(t, KIBIBYTES);
  const { status, stderr } = await runProcess(['--schema'], () => {}, [], join(disk, 'schema'));
  t.equal(status, 1);
  t.match(stderr, /^stdout cannot be written: ENOSPC/);
});

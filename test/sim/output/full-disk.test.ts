/** On a real disk of 20 KiB: results are written whole or not at all, by the command as well, and into a mount point. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { ResultFolder } from '../../../sim/output/result-folder.ts';
import { runHere, runProcess, scenarioFile } from '../commands/run-command.ts';
import { tinyScenario } from '../scenario/tiny-scenario.ts';

/** Makes a folder with a small disk in it, and takes both away when the test is over. */
function smallDisk(t: Pick<Test, 'teardown'>): { folder: string; disk: string; reason: string } {
  const folder = mkdtempSync(join(tmpdir(), 'full-disk-'));
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  const words = ['-t', 'tmpfs', '-o', 'size=20k', 'tmpfs', disk];
  const { status, error, stderr } = spawnSync('mount', words, { encoding: 'utf8' });
  t.teardown(() => {
    if (status === 0) spawnSync('umount', [disk]);
    rmSync(folder, { recursive: true });
  });
  const reason = status === 0 ? '' : `no small disk can be mounted: ${error?.message ?? stderr}`;
  return { folder, disk, reason };
}

const { reason } = smallDisk(t);
const skip = reason === '' ? false : reason;

t.test('a full disk leaves the earlier results as they were', { skip }, async (t) => {
  const { disk } = smallDisk(t);
  new ResultFolder(disk).write({ 'links.csv': 'x'.repeat(5000) });
  const results = new ResultFolder(disk);
  t.throws(() => results.write({ 'links.csv': 'y'.repeat(15_000) }), /ENOSPC/);
  t.equal(readFileSync(join(disk, 'links.csv'), 'utf8'), 'x'.repeat(5000));
  t.strictSame(readdirSync(disk), ['links.csv'], 'and nothing beside them');
  results.write({ 'links.csv': 'z'.repeat(7000) });
  t.equal(readFileSync(join(disk, 'links.csv'), 'utf8'), 'z'.repeat(7000), 'what fits is written');
});

t.test('beside a mount point is another disk, and results go there whole', { skip }, async (t) => {
  const { folder, disk } = smallDisk(t);
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
  const { folder, disk } = smallDisk(t);
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
  const { disk } = smallDisk(t);
  const { status, stderr } = await runProcess(['--schema'], () => {}, [], join(disk, 'schema'));
  t.equal(status, 1);
  t.match(stderr, /^stdout cannot be written: ENOSPC/);
});

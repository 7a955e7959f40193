/** A result folder is written whole or not at all, and nobody else's files are ever touched. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { ResultFolder } from '../../../sim/output/result-folder.ts';

/** As the unfinished things of a process are called that has been killed: no process can have that id. */
const KILLED = `${encodeURIComponent(hostname())}-${2 ** 30}`;

const text = (folder: string, file: string) => readFileSync(join(folder, file), 'utf8');
const write = (folder: string, files: Record<string, string | Iterable<string>>) =>
  new ResultFolder(folder).write(files);

t.test('files in one piece or many, over an earlier result', async (t) => {
  const above = t.testdir();
  const folder = join(above, 'a', 'b');
  write(folder, { 'summary.json': 'first', 'trace.json': 'x' });
  write(folder, { 'summary.json': ['sec', 'ond'] });
  t.strictSame(readdirSync(folder), ['summary.json'], 'nothing of the earlier result is left');
  t.equal(text(folder, 'summary.json'), 'second');
  t.strictSame(readdirSync(join(above, 'a')), ['b']);
});

t.test("a page of an earlier result is in nobody's way, and goes with it", async (t) => {
  const folder = join(t.testdir(), 'out');
  write(folder, { 'summary.json': 'first' });
  writeFileSync(join(folder, 'report.html'), 'a page');
  write(folder, { 'summary.json': 'second' });
  t.strictSame(readdirSync(folder), ['summary.json']);
});

t.test('a failure on the way leaves the earlier result as it was', async (t) => {
  const above = t.testdir();
  const folder = join(above, 'out');
  write(folder, { 'summary.json': 'first' });
  function* failing() {
    yield 'half';
    throw new Error('the disk is full');
  }
  t.throws(() => write(folder, { 'summary.json': failing() }), /the disk is full/);
  t.throws(() => write(join(above, 'new', 'deep'), { 'summary.json': failing() }), /disk is full/);
  t.equal(text(folder, 'summary.json'), 'first');
  t.strictSame(readdirSync(folder), ['summary.json']);
  t.strictSame(readdirSync(above), ['out'], 'nor is a new folder left');
});

t.test('a disk that takes a part of a file, and then no more, is a failure', async (t) => {
  const folder = join(t.testdir(), 'out');
  write(folder, { 'links.csv': 'first' });
  const results = new ResultFolder(folder);
  let room = 4096;
  const full = (file: number, bytes: Uint8Array, offset: number): number => {
    const count = writeSync(file, bytes, offset, Math.min(room, bytes.length - offset));
    room -= count;
    return count;
  };
  t.throws(() => results.write({ 'links.csv': 'x'.repeat(8350) }, full), /only 4096 of 8350 bytes/);
  t.equal(text(folder, 'links.csv'), 'first');
  t.strictSame(readdirSync(folder), ['links.csv']);
  const slow = (file: number, bytes: Uint8Array, offset: number): number =>
    writeSync(file, bytes, offset, Math.min(1000, bytes.length - offset));
  results.write({ 'links.csv': 'x'.repeat(8350) }, slow);
  t.equal(text(folder, 'links.csv'), 'x'.repeat(8350), 'short writes go on where they ended');
});

t.test('what somebody puts into the folder during the run is left alone', async (t) => {
  const above = t.testdir();
  const folder = join(above, 'out');
  write(folder, { 'summary.json': 'first', 'trace.json': 'long' });
  const results = new ResultFolder(folder);
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  mkdirSync(join(folder, 'pictures'));
  writeFileSync(join(folder, 'trace.json'), 'mine too');
  t.equal(results.write({ 'summary.json': 'second' }), folder);
  t.equal(text(folder, 'summary.json'), 'second');
  t.equal(text(folder, 'notes.txt'), 'mine');
  t.equal(text(folder, 'trace.json'), 'mine too', 'though the program writes such files');
  t.strictSame(readdirSync(folder).sort(), [
    ...['notes.txt', 'pictures', 'summary.json', 'trace.json'],
  ]);
});

t.test('where a file must go that somebody has written meanwhile, results go beside', async (t) => {
  const above = t.testdir();
  const folder = join(above, 'out');
  const [one, other, third] = [1, 2, 3].map(() => new ResultFolder(folder));
  t.equal(one.write({ 'summary.json': 'one', 'links.csv': '1' }), folder);
  t.equal(other.write({ 'summary.json': 'other' }), `${folder}-2`);
  t.equal(third.write({ 'summary.json': 'third' }), `${folder}-3`);
  t.equal(text(folder, 'summary.json'), 'one');
  t.equal(text(`${folder}-2`, 'summary.json'), 'other');
  t.equal(text(`${folder}-3`, 'summary.json'), 'third');
  t.strictSame(readdirSync(folder).sort(), ['links.csv', 'summary.json']);
});

t.test('a link to a folder is written into', async (t) => {
  const above = t.testdir({ far: {} });
  const link = join(above, 'out');
  symlinkSync(join(above, 'far'), link);
  write(link, { 'summary.json': 'first', 'links.csv': 'x' });
  write(link, { 'summary.json': 'second' });
  t.strictSame(readdirSync(join(above, 'far')), ['summary.json']);
  t.equal(text(join(above, 'far'), 'summary.json'), 'second');
  t.strictSame(readdirSync(above).sort(), ['far', 'out']);
});

t.test('what a killed process left is put in order, at each moment of its end', async (t) => {
  const above = t.testdir();
  const folder = join(above, 'out');
  const put = (files: Record<string, string>) => {
    rmSync(folder, { recursive: true, force: true });
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
  };
  const found = () =>
    Object.fromEntries(readdirSync(folder).map((name) => [name, text(folder, name)]));
  const fresh = `.ringtmp-new-${KILLED}`;
  const former = `.ringtmp-old-${KILLED}`;
  const old = { 'summary.json': 'old', 'links.csv': 'old', 'trace.json': 'old' };
  const whole = { 'summary.json': 'new', 'links.csv': 'new' };

  put({ ...old, [`${fresh}/summary.json`]: 'ne' });
  new ResultFolder(folder);
  t.strictSame(found(), old, 'while it wrote: the earlier results stay');

  put({
    ...{ 'links.csv': 'old', 'trace.json': 'old', 'notes.txt': 'mine' },
    ...{ [`${former}/summary.json`]: 'old' },
    ...{ [`${fresh}/summary.json`]: 'new', [`${fresh}/links.csv`]: 'new' },
  });
  rmSync(join(folder, 'notes.txt'));
  new ResultFolder(folder);
  t.strictSame(found(), whole, 'while the earlier results went');

  put({
    'summary.json': 'new',
    ...Object.fromEntries(Object.keys(old).map((name) => [`${former}/${name}`, 'old'])),
    [`${fresh}/links.csv`]: 'new',
  });
  new ResultFolder(folder);
  t.strictSame(found(), whole, 'while the new ones came');

  put({ ...whole, [`${former}/trace.json`]: 'old' });
  new ResultFolder(folder);
  t.strictSame(found(), whole, 'at the very end');
});

t.test('only new folders, empty ones and earlier results may be written to', async (t) => {
  const above = t.testdir({
    file: '',
    empty: {},
    disk: { 'lost+found': {} },
    mine: { 'notes.md': '' },
    ours: { 'links.csv': '' },
  });
  for (const folder of [
    'new/deep',
    'empty',
    'disk',
    'ours',
    'x'.repeat(250),
    `${'x'.repeat(250)}/y`,
  ])
    new ResultFolder(join(above, folder));
  symlinkSync(join(above, 'nowhere'), join(above, 'dangling'));
  for (const [folder, sentence] of [
    ['file', /a folder for the results would be right/],
    ['mine', /holds 'notes.md'/],
    ['file/in', /cannot be written to \(E[A-Z]+\)/],
    ['dangling', /a link that leads nowhere; a folder/],
    ['dangling/in', /cannot be written to/],
    ['x'.repeat(256), /cannot be written to \(ENAMETOOLONG\)/],
    [`a/${'x'.repeat(256)}`, /cannot be written to \(ENAMETOOLONG\)/],
  ] as const)
    t.throws(() => new ResultFolder(join(above, folder)), sentence, folder);
  t.strictSame(
    readdirSync(above).sort(),
    ['dangling', 'disk', 'empty', 'file', 'mine', 'ours'],
    'checking writes nothing',
  );
  t.strictSame(readdirSync(join(above, 'empty')), []);
});

t.test('what the file system refuses is found before the run', { skip: noProc() }, async (t) => {
  t.throws(() => new ResultFolder('/proc/out'), /\/proc cannot be written to/);
});

function noProc(): string | false {
  return existsSync('/proc/self') ? false : 'there is no /proc here';
}

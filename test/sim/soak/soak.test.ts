/** `npm run soak`: what it strikes ends with the right weights, and it says so where that is not the case. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { weightsSha256 } from '../../../sim/output/weights-hash.ts';
import { soakCommand } from '../../../sim/soak/command.ts';
import { tornFiles } from '../../../sim/soak/kill-all.ts';
import { Tally } from '../../../sim/soak/soak.ts';

async function said(words: readonly string[]) {
  const out = { stdout: '', stderr: '' };
  const status = await soakCommand(words, {
    stdout: { write: (text) => (out.stdout += text) },
    stderr: { write: (text) => (out.stderr += text) },
    isTerminal: false,
  });
  return { status, ...out };
}

t.test(
  'processes that are killed, one or all, end with the weights of the run undisturbed',
  async (t) => {
    for (const [kind, counted] of [
      ['node', /processes killed +2\n/],
      ['all', /runs killed as a whole +2\n/],
    ] as const) {
      const { status, stdout, stderr } = await said([kind, '--times', '2']);
      t.equal(status, 0, stderr);
      t.match(stdout, counted);
      t.match(stdout, /with other weights, or failed +0\n/);
    }
  },
);

t.test('threads beside processes that spin end with these weights too', async (t) => {
  const { status, stdout } = await said(['load', '--times', '1']);
  t.equal(status, 0);
  t.match(stdout, /runs +1\n/);
});

t.test('a run with other weights, or that has failed, is counted', (t) => {
  const finalWeights = new Float32Array(1);
  const run = (outcome: string) => ({ result: { outcome }, training: { finalWeights } }) as never;
  const same = new Tally(weightsSha256(finalWeights));
  t.ok(same.count(run('finished')));
  t.notOk(same.count(run('failed')));
  t.equal(same.wrong, 1);
  const tally = new Tally('0'.repeat(64));
  t.notOk(tally.count(run('finished')));
  t.notOk(tally.found.isRight);
  t.notOk(new Tally(null).found.isRight, 'no run at all shows nothing');
  t.end();
});

t.test('a file that was cut short is torn', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringtmp-torn-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'run.json'), '{"whole": true}');
  t.same(tornFiles(folder), []);
  writeFileSync(join(folder, 'run.json'), '{"whole": tr');
  writeFileSync(join(folder, 'part'), Buffer.from([0xff, 0x0f, 0x6f]));
  t.equal(tornFiles(folder).length, 2);
  t.end();
});

t.test('a kind that is none, and a number that is none, are refused in a sentence', async (t) => {
  const kind = await said(['nodes']);
  t.equal(kind.status, 2);
  t.match(
    kind.stderr,
    /there is no soak 'nodes'; 'node', 'all', 'faults' or 'load' would be right/,
  );
  t.equal((await said(['node', '--times', '0'])).status, 2);
});

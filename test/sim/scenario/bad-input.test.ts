/** Bad input of any kind is answered with one clear sentence and exit status 2, and nothing is written. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { simulateCommand } from '../../../sim/commands/simulate.ts';
import type { BadCase } from './bad-case.ts';
import { BAD_CLUSTERS } from './bad-cluster-cases.ts';
import { BAD_COMBINATIONS } from './bad-combination-cases.ts';
import { BAD_FAULTS } from './bad-fault-cases.ts';
import { BAD_FILES, BAD_OPTIONS } from './bad-input-cases.ts';
import { BAD_RECOVERY } from './bad-recovery-cases.ts';
import { BAD_WORK } from './bad-work-cases.ts';
import { tinyScenario } from './tiny-scenario.ts';

/** Runs the command in this process; what it said, and its exit status. */
async function answer(words: readonly string[]) {
  const said = { stdout: '', stderr: '' };
  const status = await simulateCommand(words, {
    stdout: { write: (text) => (said.stdout += text) },
    stderr: { write: (text) => (said.stderr += text) },
    isTerminal: false,
  });
  return { status, ...said };
}

function fileOf({ file, change }: BadCase, folder: string): string {
  const scenario = tinyScenario();
  change?.(scenario);
  const path = join(folder, file?.name ?? 'tiny.json');
  writeFileSync(path, file?.text ?? JSON.stringify(scenario));
  return path;
}

const groups = {
  BAD_CLUSTERS,
  BAD_WORK,
  BAD_COMBINATIONS,
  BAD_FAULTS,
  BAD_RECOVERY,
  BAD_FILES,
  BAD_OPTIONS,
};
for (const [group, cases] of Object.entries(groups))
  t.test(`${group}: one sentence, status 2, nothing written (ARCHITECTURE 5 and 6)`, async (t) => {
    const folder = t.testdir();
    for (const bad of cases) {
      const file = fileOf(bad, folder);
      const out = join(folder, 'out');
      const { status, stdout, stderr } = await answer([file, '--out', out, ...(bad.options ?? [])]);
      t.equal(stderr, `${bad.sentence.replaceAll('FILE', file)}\n`, bad.name);
      t.equal(status, 2, `${bad.name}: status`);
      t.equal(stdout, '', `${bad.name}: stdout`);
      t.notOk(existsSync(out), `${bad.name}: nothing written`);
    }
  });

t.test('paths that are no scenario, and folders that are no place for results', async (t) => {
  const folder = t.testdir({ 'tiny.json': JSON.stringify(tinyScenario()), full: { 'my.txt': '' } });
  const file = join(folder, 'tiny.json');
  const cases: [string[], string][] = [
    [[], 'no scenario is given; a file such as scenarios/ring-64.ts would be right'],
    [
      [join(folder, 'none.ts')],
      `${join(folder, 'none.ts')} is no file; the path of a scenario such as scenarios/ring-64.ts would be right`,
    ],
    [
      [folder],
      `${folder} is a folder; the path of a scenario file in it, such as ring-64.ts, would be right`,
    ],
    [
      [file, '--out', file],
      `--out is ${shown(file)}, a file; a folder for the results would be right`,
    ],
    [
      [file, '--out', join(folder, 'full')],
      `--out is ${shown(join(folder, 'full'))}, a folder that holds 'my.txt'; ` +
        'a new folder or one with earlier results would be right',
    ],
  ];
  for (const [words, sentence] of cases) {
    const { status, stderr } = await answer(words);
    t.equal(stderr, `${sentence}\n`);
    t.equal(status, 2);
  }
});

/** As messages shorten long values. */
function shown(path: string): string {
  return path.length > 40 ? `'${path.slice(0, 37)}...'` : `'${path}'`;
}

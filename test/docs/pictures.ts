/** The pictures in docs/, each made from a run of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pictureOf } from '../../sim/studies/report-command.ts';
import { runSection } from '../../sim/studies/run-section.ts';
import { runHere } from '../sim/commands/run-command.ts';
import { ROOT } from './blocks.ts';

/** The file of each picture, and its content as it should be. */
export async function pictures(): Promise<ReadonlyMap<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'pictures-'));
  try {
    const out = join(folder, 'run');
    const words = ['--explain', '--set', 'training.iterations=3', '--out', out];
    await runHere([join(ROOT, 'scenarios/ring-4.ts'), ...words]);
    const gantt = runSection(out).charts.find(({ id }) => id === 'gantt')!;
    return new Map([['docs/gantt-ring-4.svg', await pictureOf(gantt.views[1].spec)]]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs on threads with processes beside them that spin, so that threads run when they are least expected to. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { threads } from '../worlds/threads/threads.ts';
import { type Found, realRun, rightWeights, type Soak, Tally } from './soak.ts';

/** It ends with the process that has started it. */
const SPIN = 'const parent = process.ppid; while (process.ppid === parent);';

export async function underLoad(soak: Soak, times: number): Promise<Found> {
  const tally = new Tally(await rightWeights(soak));
  const spinners = Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, ['-e', SPIN], { stdio: 'ignore' }),
  );
  try {
    while (tally.runs < times && soak.interrupts.status === null) {
      const run = await realRun(soak, threads);
      if (run === null) break;
      if (!tally.count(run))
        soak.say(`run ${tally.runs}: ${run.result.failure?.message ?? 'OTHER WEIGHTS'}`);
      if (tally.runs % 20 === 0) soak.say(`${tally.runs}/${times} runs`);
    }
  } finally {
    const ended = spinners.map((spinner) => once(spinner, 'exit'));
    for (const spinner of spinners) spinner.kill('SIGKILL');
    await Promise.all(ended);
  }
  return {
    ...tally.found,
    rows: [['spinning processes', String(spinners.length)], ...tally.found.rows],
  };
}

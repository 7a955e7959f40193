/** A finished run has noted every iteration, each as the run without faults does. */
import type { Claim } from '../../../models/claims/claim.ts';

export const iterationsTold: Claim<'iterations'> = {
  name: 'iterations-told',
  says: 'a finished run has told of every iteration, and, where timing does not matter, the samples and the loss of each as without faults',
  examines: ['iterations'],
  broken({ timing, run, faultless }, saw) {
    if (run.result.outcome !== 'finished') return null;
    const noted = new Map(run.training.iterations.map((row) => [row.iteration, row]));
    for (const right of faultless.training.iterations) {
      saw('iterations');
      const row = noted.get(right.iteration);
      if (row === undefined) return `nothing was told of iteration ${right.iteration}`;
      // Where workers do not wait for each other, the samples of an iteration depend on which come first and which
      // are lost.
      if (timing === 'dependent') continue;
      if (row.samples !== right.samples)
        return `iteration ${right.iteration} ended after ${row.samples} samples, not ${right.samples}`;
      // Nor is the loss the same where sums have another order, because others take part.
      if (timing === 'membership') continue;
      if (!Object.is(row.loss, right.loss))
        return `iteration ${right.iteration} has the loss ${row.loss}, without faults ${right.loss}`;
    }
    return noted.size === faultless.training.iterations.length
      ? null
      : `${noted.size} iterations were told of, there are ${faultless.training.iterations.length}`;
  },
};

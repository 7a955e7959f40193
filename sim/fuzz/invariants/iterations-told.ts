/** A run that finished has told of every iteration, and of each what the run without faults tells. */
import type { Claim } from '../claim.ts';

export const iterationsTold: Claim = {
  name: 'iterations-told',
  says: 'a finished run has told of every iteration, with the samples (and, but for ASP, the loss) of the run without faults',
  broken({ protocol, run, faultless }) {
    if (run.result.outcome !== 'finished' || protocol.kind === 'ps-asp') return null;
    const told = new Map(run.training.iterations.map((row) => [row.iteration, row]));
    for (const right of faultless.training.iterations) {
      const row = told.get(right.iteration);
      if (row === undefined) return `nothing was told of iteration ${right.iteration}`;
      if (row.samples !== right.samples)
        return `iteration ${right.iteration} ended after ${row.samples} samples, not ${right.samples}`;
      if (!Object.is(row.loss, right.loss))
        return `iteration ${right.iteration} has the loss ${row.loss}, without faults ${right.loss}`;
    }
    return told.size === faultless.training.iterations.length
      ? null
      : `${told.size} iterations were told of, there are ${faultless.training.iterations.length}`;
  },
};

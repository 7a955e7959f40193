/** PROTOCOLS D: under stale synchronous parallel nobody gets further ahead of the slowest than it may. */
import type { Claim } from '../../../claims/claim.ts';
import { numberOf, type Evidence } from '../../../claims/evidence.ts';
import { slackOf, type ServerOptions } from '../options.ts';
import { layoutOf } from './history.ts';
import { judgedBySeat } from './of-seats.ts';

/** By share and iteration: when its gradient was first made. */
function madeNs({ jobs }: Evidence): Map<string, number> {
  const made = new Map<string, number>();
  for (const { endNs, fields } of jobs) {
    if (fields.pass !== 'gradient') continue;
    const name = `${numberOf(fields, 'worker')}/${numberOf(fields, 'iteration')}`;
    made.set(name, Math.min(made.get(name) ?? Infinity, endNs));
  }
  return made;
}

export const clocksClose: Claim<'gradients'> = judgedBySeat({
  name: 'clocks-close',
  says: 'SSP: nobody begins iteration c before each share of iteration c - s - 1 was computed: clocks are s + 1 apart at most',
  examines: ['gradients'],
  broken(evidence, saw) {
    const slack = slackOf(evidence.protocol as unknown as ServerOptions);
    if (slack === null) return null;
    const made = madeNs(evidence);
    const { workers } = layoutOf(evidence);
    for (const { node, startNs, fields } of evidence.jobs) {
      if (fields.pass !== 'gradient') continue;
      const iteration = numberOf(fields, 'iteration');
      saw('gradients');
      for (let share = 0; share < workers; share++) {
        const late = iteration - slack - 1;
        if (late >= 0 && !((made.get(`${share}/${late}`) ?? Infinity) <= startNs))
          return `node ${node} began iteration ${iteration} at ${startNs} ns, when share ${share} of iteration ${late} was not made`;
      }
    }
    return null;
  },
});

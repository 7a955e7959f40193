/** PROTOCOLS E: what a step is made of. */
import type { Claim } from '../../../claims/claim.ts';
import { numberOf } from '../../../claims/evidence.ts';

export const wholeBatches: Claim<'steps'> = {
  name: 'whole-batches',
  says: 'every step of an all-reduce has the gradient of each sample of its batch once, from the members of one view',
  examines: ['steps'],
  broken({ jobs, scenario }, saw) {
    /** By epoch and iteration: the samples of each node. */
    const shares = new Map<string, Map<number, { low: number; high: number }>>();
    const nameOf = (fields: (typeof jobs)[number]['fields']) =>
      `${numberOf(fields, 'epoch')}/${numberOf(fields, 'iteration')}`;
    // In order of their ends, so that whoever has made a gradient before a step is here by then.
    for (const { node, endNs, fields } of jobs) {
      const name = nameOf(fields);
      if (fields.pass === 'gradient') {
        const known = shares.get(name) ?? new Map();
        const share = { low: numberOf(fields, 'low'), high: numberOf(fields, 'high') };
        shares.set(name, known.set(node, share));
      }
      if (fields.pass !== 'step') continue;
      saw('steps');
      const rows = [...(shares.get(name)?.values() ?? [])].sort(
        (one, other) => one.low - other.low,
      );
      let next = 0;
      for (const { low, high } of rows) next = low === next ? high : NaN;
      if (next !== scenario.training.batch)
        return `node ${node} ended the step ${name} at ${endNs} ns, with samples ${rows.map(({ low, high }) => `[${low}, ${high})`).join(' ')}`;
    }
    return null;
  },
};

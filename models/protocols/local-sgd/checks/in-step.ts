/** An average needs all workers: no worker gets ahead of it. */
import type { Claim } from '../../../claims/claim.ts';
import { numberOf } from '../../../claims/evidence.ts';

export const inStep: Claim<'averages'> = {
  name: 'in-step',
  says: 'no worker of local SGD makes a step of a round before all have ended theirs of the round before',
  examines: ['averages'],
  broken({ jobs, protocol }, saw) {
    const localSteps = Number(protocol.localSteps ?? 4);
    const steps = jobs.flatMap(({ node, startNs, endNs, fields }) => {
      const round = Math.floor(numberOf(fields, 'iteration') / localSteps);
      return Number.isNaN(round) ? [] : [{ node, startNs, endNs, round }];
    });
    const firstNs: number[] = [];
    for (const { round, startNs } of steps)
      firstNs[round] = Math.min(firstNs[round] ?? Infinity, startNs);
    saw('averages', Math.max(0, firstNs.length - 1));
    const late = steps.find(({ round, endNs }) => endNs > firstNs[round + 1]);
    return late === undefined
      ? null
      : `node ${late.node} ended a step of round ${late.round} at ${late.endNs} ns, after round ${late.round + 1} had begun`;
  },
};

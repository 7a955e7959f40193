/** PROTOCOLS D: pushes are idempotent by worker and clock. */
import type { Claim } from '../../../claims/claim.ts';
import type { Evidence, JobSeen } from '../../../claims/evidence.ts';
import { freshStartsNs, restartsOf } from './history.ts';
import { handoversOf } from './lineage.ts';
import { judgedBySeat } from './of-seats.ts';

/** When a node lost its state, or was given another's in its place: what it applied before counts no more. */
function startsOfStateNs(evidence: Evidence, node: number): number[] {
  const crashes = evidence.faults.filter(
    ({ kind, nodes }) => kind === 'crash' && nodes.includes(node),
  );
  return [
    ...crashes.map(({ timeNs }) => timeNs),
    ...handoversOf(evidence, node).map(({ takenNs }) => takenNs),
    ...restartsOf(evidence).map(({ timeNs }) => timeNs),
    ...freshStartsNs(evidence, node),
  ];
}

function twice(jobs: readonly JobSeen[], startsNs: readonly number[]): string | null {
  const done = new Map<string, number>();
  for (const { name, node, endNs } of jobs) {
    const beforeNs = done.get(name);
    done.set(name, endNs);
    if (beforeNs === undefined) continue;
    const fresh = startsNs.some((timeNs) => timeNs >= beforeNs && timeNs <= endNs);
    if (!fresh) return `server ${node} did '${name}' at ${beforeNs} ns and again at ${endNs} ns`;
  }
  return null;
}

export const appliedOnce: Claim<'updates'> = judgedBySeat({
  name: 'applied-once',
  says: 'a server adds and applies each gradient once, unless it was given another state in between',
  examines: ['updates'],
  broken(evidence, saw) {
    for (const node of evidence.roles.keys()) {
      const jobs = evidence.jobs.filter((job) => job.node === node && job.fields.pass === 'update');
      saw('updates', jobs.length);
      const fault = twice(jobs, startsOfStateNs(evidence, node));
      if (fault) return fault;
    }
    return null;
  },
});

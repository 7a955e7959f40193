/** What the initiator of a repair tells all who have come together, once it has decided. */
import type { Assembly, Decision } from './view-host.ts';
import type { HaltMessage, ResumeMessage } from './view-messages.ts';

/** The token that says so, before its first hop. */
export function verdictOn<Report, Plan>(
  { epoch, reports, cuts }: Assembly<Report>,
  decision: Exclude<Decision<Plan>, { kind: 'later' }>,
): ResumeMessage<Plan> | HaltMessage {
  const all = [...reports].sort((one, other) => one.node - other.node);
  const members = all.map(({ node }) => node);
  if (decision.kind === 'halt') {
    const { reason, missing, againNs } = decision;
    return { kind: 'HALT', epoch, members, missing, reason, againNs };
  }
  const lives = all.map(({ life }) => life);
  const joined = members.filter((_, at) => all[at].joining);
  const { plan } = decision;
  return { kind: 'RESUME', epoch, members, lives, joined, cuts, plan, lap: true };
}

/** What the initiator of a repair tells all who have come together, once it has decided. */
import type { NodeId } from '../../engine/world.ts';
import type { Assembly, Decision } from './view-host.ts';
import type { HaltMessage, ResumeMessage } from './view-messages.ts';

/** Silences after which those who had to halt for a cut ask again: it may have been mended unheard. */
const AGAIN_SILENCES = 10;

type Final<Plan> = Exclude<Decision<Plan>, { kind: 'later' }>;

/** Those who have come together may not go on if one of them has an edge cut to each of the others; null if none has. */
export function cutOff<Report>(
  { reports, cuts }: Assembly<Report>,
  silenceNs: number,
): Final<never> | null {
  const edges = (node: NodeId) => cuts.filter((pair) => pair.includes(node)).length;
  const alone = reports.find(
    ({ node }) => reports.length > 1 && edges(node) === reports.length - 1,
  );
  if (alone === undefined) return null;
  const reason = `node ${alone.node} is here, but every wire to it is cut, if only one way`;
  return { kind: 'halt', reason, missing: [], againNs: AGAIN_SILENCES * silenceNs };
}

/** The token that says so, before its first hop. */
export function verdictOn<Report, Plan>(
  { epoch, reports, cuts }: Assembly<Report>,
  decision: Final<Plan>,
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

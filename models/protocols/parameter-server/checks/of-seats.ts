/**
 * What was seen of nodes that have several seats, as if each seat were a node: claims about workers and servers then hold
 * for both places. What seats of a node say to each other nobody sees.
 */
import type { Claim } from '../../../claims/claim.ts';
import type { Evidence, Fields, JobSeen, MessageSeen, NoteSeen } from '../../../claims/evidence.ts';
import { NOTES, type RecoveredNote } from '../../../spec/notes.ts';
import type { Envelope } from '../beside/seat-world.ts';
import { Seating } from '../beside/seating.ts';
import { type LayoutOptions, ServerLayout } from '../layout.ts';

const isBeside = ({ protocol }: Pick<Evidence, 'protocol'>): boolean =>
  (protocol as LayoutOptions).place === 'beside';

/** Whether some messages between workers and servers passed no wire. */
export const hidesMessages = isBeside;

function message(seen: MessageSeen): MessageSeen {
  const { from, to, said } = seen.fields as unknown as Partial<Envelope>;
  if (said === undefined) return seen;
  return { ...seen, from: from!, to: to!, fields: said as unknown as Fields };
}

function job(seen: JobSeen): JobSeen {
  return { ...seen, node: seen.fields.seat as number };
}

/** Of a view the server of the first shard tells that its node has. */
function note(seen: NoteSeen, seating: Seating): NoteSeen {
  const { name, node, value } = seen;
  if (name !== NOTES.recovered && name !== NOTES.lost) return seen;
  const first = seating.layout.serversOf(0);
  const teller = seating.byNode[node].find((seat) => first.includes(seat)) ?? node;
  if (name === NOTES.lost) return { ...seen, node: teller };
  const told = value as RecoveredNote;
  const members = seating.seatsOf(told.members);
  return {
    ...seen,
    node: teller,
    value: { ...told, members, joined: seating.seatsOf(told.joined) },
  };
}

/** The evidence by seat. */
export function ofSeats(evidence: Evidence): Evidence {
  if (!isBeside(evidence)) return evidence;
  const layout = new ServerLayout(evidence.roles.length, evidence.protocol as LayoutOptions);
  const seating = new Seating(layout);
  return {
    ...evidence,
    roles: Array.from({ length: layout.seats }, (_, seat) => layout.roleOf([seat])),
    messages: evidence.messages.map(message),
    jobs: evidence.jobs.map(job),
    notes: evidence.notes.map((seen) => note(seen, seating)),
    faults: evidence.faults.map((fault) => ({ ...fault, nodes: seating.seatsOf(fault.nodes) })),
  };
}

/** The claim, which speaks of nodes with one seat each, of the seats of any. */
export function judgedBySeat<Thing extends string>(claim: Claim<Thing>): Claim<Thing> {
  return { ...claim, broken: (evidence, saw) => claim.broken(ofSeats(evidence), saw) };
}

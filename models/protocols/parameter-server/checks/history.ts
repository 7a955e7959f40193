/**
 * The history of a parameter server as its notes and messages tell it: who led when, when servers were given the state of
 * others, and which gradients were said to be safe. The claims about parameter servers are judged against it.
 */
import { NOTES } from '../../../spec/notes.ts';
import type { GradientLostNote, LostNote, RecoveredNote } from '../../../spec/notes.ts';
import { notesOf, numberOf, type Evidence } from '../../../claims/evidence.ts';

type Recovered = ReturnType<typeof notesOf<RecoveredNote>>[number];

/** Whether a node of that role holds the weights. */
export function keepsWeights(role: string): boolean {
  return role === 'server' || role === 'standby';
}

/** Whether all servers of the newest epoch before that one have lost their memory since it began. */
function isAllForgotten({ faults, roles }: Evidence, begun: Recovered[], at: Recovered): boolean {
  let newest = { epoch: 0, members: [...roles.keys()] as readonly number[], timeNs: 0 };
  for (const { timeNs, value } of begun)
    if (timeNs < at.timeNs && value.epoch > newest.epoch) newest = { ...value, timeNs };
  return newest.members
    .filter((node) => keepsWeights(roles[node]))
    .every((node) =>
      faults.some(
        ({ kind, nodes, timeNs }) =>
          kind === 'crash' &&
          nodes.includes(node) &&
          timeNs >= newest.timeNs &&
          timeNs <= at.timeNs,
      ),
    );
}

/**
 * When the run went back to a checkpoint, its beginning, or a state that others had gone on from, since all servers that
 * knew more had lost their memory, and said so: what was safe before is rightly undone.
 */
export function restartsNs(evidence: Evidence): number[] {
  const begun = notesOf<RecoveredNote>(evidence, NOTES.recovered);
  const lost = notesOf<LostNote>(evidence, NOTES.lost);
  return begun
    .filter(
      ({ node, timeNs, value }) =>
        value.from === 'checkpoint' ||
        lost.some((note) => note.node === node && note.timeNs === timeNs),
    )
    .filter((note) => isAllForgotten(evidence, begun, note))
    .map(({ timeNs }) => timeNs);
}

/** The epoch that a node led at that time: the last that it has told of; the first is 0. */
export function epochLed(evidence: Evidence, node: number, timeNs: number): number {
  let led = 0;
  for (const note of notesOf<RecoveredNote>(evidence, NOTES.recovered))
    if (note.node === node && note.timeNs <= timeNs) led = Math.max(led, note.value.epoch);
  return led;
}

/** A gradient as it is known to all: the share it is of, and its clock. */
export interface Safe {
  readonly share: number;
  readonly clock: number;
  readonly server: number;
  readonly timeNs: number;
}

/** What servers have said to be safe: by an acknowledgement under ASP, by work of the next clock under BSP. */
export function saidSafe({ messages, protocol }: Evidence): Safe[] {
  const safe: Safe[] = [];
  for (const { kind, from: server, sentNs: timeNs, fields } of messages) {
    const clock = numberOf(fields, 'clock');
    if (protocol.kind === 'ps-asp' && kind === 'push-ack')
      safe.push({ share: numberOf(fields, 'share'), clock, server, timeNs });
    else if (protocol.kind === 'ps-bsp' && kind === 'work')
      for (const share of fields.shares as number[])
        safe.push({ share, clock: clock - 1, server, timeNs });
  }
  return safe;
}

/** How many gradients are said to be lost; a new head may say so again. */
export function gradientsLost(evidence: Evidence): number {
  const notes = notesOf<GradientLostNote>(evidence, NOTES.gradientLost);
  return new Set(notes.map(({ value: { share, clock } }) => `${share}/${clock}`)).size;
}

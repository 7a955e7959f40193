/**
 * The history of a parameter server as its notes and messages tell it: who led when, when servers were given the state of
 * others, and which gradients were said to be safe. The claims about parameter servers are judged against it.
 */
import { NOTES } from '../../../spec/notes.ts';
import type { LostNote, RecoveredNote } from '../../../spec/notes.ts';
import {
  notesOf,
  numberOf,
  type Evidence,
  type Fields,
  type MessageSeen,
} from '../../../claims/evidence.ts';
import { isMembershipMessage } from '../../../membership/messages.ts';
import type { View } from '../../../membership/view.ts';
import { type LayoutOptions, ServerLayout } from '../layout.ts';
import { consistencyOf, type ServerOptions } from '../options.ts';

type Recovered = ReturnType<typeof notesOf<RecoveredNote>>[number];

/** Whether a node of that role holds the weights. */
export function keepsWeights(role: string): boolean {
  return role === 'server' || role === 'standby';
}

/** Who plays which part in a run. There, and in all claims, each seat counts as a node (see `of-seats.ts`). */
export function layoutOf({ protocol, roles }: Pick<Evidence, 'protocol' | 'roles'>): ServerLayout {
  const workers = roles.filter((role) => role === 'worker').length;
  const { place } = protocol as LayoutOptions;
  return new ServerLayout(place === 'beside' ? workers : roles.length, protocol as LayoutOptions);
}

/** Whether an update is of a whole iteration. */
export function isBulk(protocol: Evidence['protocol']): boolean {
  return consistencyOf(protocol as unknown as ServerOptions) === 'bsp';
}

/**
 * Whether all servers of a shard in the newest epoch before that one have lost their memory since it began, or joined in it
 * and were never given the state.
 */
function isAllForgotten(evidence: Evidence, begun: Recovered[], at: Restart): boolean {
  const { faults, roles, messages } = evidence;
  const all = [...roles.keys()];
  const nobody: readonly number[] = [];
  let newest = {
    ...{ epoch: 0, members: all as readonly number[], joined: nobody },
    ...{ timeNs: 0, beforeNs: 0 },
  };
  for (const { timeNs, value } of begun)
    if (timeNs < at.timeNs && value.epoch > newest.epoch)
      newest = { ...value, timeNs, beforeNs: newest.timeNs };
  const isSince = (timeNs: number): boolean => timeNs >= newest.timeNs && timeNs <= at.timeNs;
  const hasForgotten = (node: number): boolean =>
    faults.some(
      ({ kind, nodes, timeNs }) => kind === 'crash' && nodes.includes(node) && isSince(timeNs),
    );
  const wasGiven = (node: number): boolean =>
    messages.some(
      ({ kind, to, deliveredNs }) =>
        kind === 'state' &&
        to === node &&
        deliveredNs !== null &&
        deliveredNs >= newest.beforeNs &&
        deliveredNs <= at.timeNs,
    );
  const layout = layoutOf(evidence);
  return Array.from({ length: layout.shards }, (_, shard) => layout.serversOf(shard)).some(
    (servers) =>
      servers
        .filter((server) => newest.members.includes(server))
        .every((one) => hasForgotten(one) || (newest.joined.includes(one) && !wasGiven(one))),
  );
}

/** A view that begins with less than was safe before. */
export interface Restart {
  readonly epoch: number;
  readonly timeNs: number;
}

/**
 * When the run went back to a checkpoint, its beginning, or a state that others had gone on from, since all servers that
 * knew more had lost their memory, and said so: what was safe before is rightly undone.
 */
export function restartsOf(evidence: Evidence): Restart[] {
  const begun = notesOf<RecoveredNote>(evidence, NOTES.recovered);
  const lost = notesOf<LostNote>(evidence, NOTES.lost);
  const all = [
    ...begun.filter(({ value }) => value.from === 'checkpoint'),
    ...begun.filter(({ value }) => lost.some((note) => note.value.view?.epoch === value.epoch)),
    // Of a view whose leader never came to tell.
    ...lost.flatMap(({ timeNs, value: { view } }) => (view ? { timeNs, value: view } : [])),
  ];
  const restarts = new Map<number, Restart>();
  for (const { timeNs, value } of all)
    if (!restarts.has(value.epoch)) restarts.set(value.epoch, { timeNs, epoch: value.epoch });
  return [...restarts.values()].filter((restart) => isAllForgotten(evidence, begun, restart));
}

/** A gradient as it is known to all: the share it is of, and its iteration. */
export interface Safe {
  /** Who has made it. */
  readonly worker: number;
  readonly share: number;
  readonly iteration: number;
  readonly epoch: number;
  readonly timeNs: number;
}

/**
 * When a server began anew, with the weights of the seed or of a checkpoint: with its first job or word in a view that does
 * so. One that was decided on may come to nothing, or be begun by some alone.
 */
export function freshStartsNs(
  { messages, jobs }: Pick<Evidence, 'messages' | 'jobs'>,
  server: number,
): number[] {
  const firstNs = new Map<unknown, number>();
  for (const { kind, fields } of messages)
    if (kind === 'INSTALL' && (fields.plan as Fields).from !== 'servers')
      firstNs.set((fields.view as View).epoch, Infinity);
  const acts = (epoch: unknown, timeNs: number): void => {
    const before = firstNs.get(epoch);
    if (before !== undefined) firstNs.set(epoch, Math.min(before, timeNs));
  };
  for (const { node, startNs, fields } of jobs) if (node === server) acts(fields.epoch, startNs);
  for (const message of messages)
    if (message.from === server && !isMembershipMessage(message))
      acts(message.fields.epoch, message.sentNs);
  return [...firstNs.values()];
}

/** Gradients that all shards have told their worker to be safe, and when the last did. */
export function saidSafe(evidence: Evidence): Safe[] {
  const { shards } = layoutOf(evidence);
  const pushes = new Map<string, MessageSeen[]>();
  const told = new Map<string, number>();
  const safe: Safe[] = [];
  for (const message of evidence.messages) {
    const { kind, from, to, sentNs: timeNs, fields } = message;
    const epoch = numberOf(fields, 'epoch');
    if (kind === 'push') {
      const way = `${from}/${to}/${epoch}`;
      pushes.set(way, [...(pushes.get(way) ?? []), message]);
    }
    if (kind !== 'pull-reply') continue;
    const mine = pushes.get(`${to}/${from}/${epoch}`) ?? [];
    for (const push of mine.slice(0, numberOf(fields, 'safe'))) {
      const { iteration, share } = push.fields as Fields & { iteration: number; share: number };
      const name = `${to}/${epoch}/${iteration}/${share}`;
      const by = told.get(name) ?? 0;
      told.set(name, by | (1 << numberOf(fields, 'shard')));
      const isNew = by !== told.get(name) && told.get(name) === (1 << shards) - 1;
      if (isNew) safe.push({ worker: to, share, iteration, epoch, timeNs });
    }
  }
  return safe;
}

/**
 * Who takes part in one epoch of a parameter server that can lose nodes, and which of them must agree before the next
 * (PROTOCOLS C and D). Plain data and pure functions; knows no world.
 */
import type { NodeId } from '../../../engine/world.ts';
import { isMajority } from '../../membership/quorum.ts';

/** One epoch. All lists but the chain are by node. */
export interface ServerView {
  readonly epoch: number;
  /** The servers: the head, which serves the workers, then its standbys in the order of replication. */
  readonly chain: readonly NodeId[];
  /** The life (incarnation) in which each node takes part; -1 where it does not. */
  readonly lives: readonly number[];
  /** Since which epoch each node has been served by this head without a break: what is older is void. */
  readonly sessions: readonly number[];
}

/** The epoch that every run begins with: all nodes in their first life, the first server at the head. */
export function initialView(nodes: number, workers: number): ServerView {
  return {
    epoch: 0,
    chain: Array.from({ length: nodes - workers }, (_, place) => workers + place),
    lives: new Array<number>(nodes).fill(0),
    sessions: new Array<number>(nodes).fill(0),
  };
}

/** The nodes that take part, ascending. */
export function membersOf(view: ServerView): NodeId[] {
  const members: NodeId[] = [];
  for (let node = 0; node < view.lives.length; node++)
    if (view.lives[node] >= 0) members.push(node);
  return members;
}

/**
 * Whether those who were heard, each with its life, may end this view: more than half of its members are there, and
 * either more than half still are in the life that the view knows, or every server of it is among them. A node that
 * has come back has forgotten what it promised, so its word is only enough where no server is left who could have
 * gone on behind its back.
 */
export function hasQuorum(view: ServerView, heard: ReadonlyMap<NodeId, number>): boolean {
  const members = membersOf(view);
  const present = members.filter((node) => heard.has(node));
  if (!isMajority(present.length, members.length)) return false;
  const remembering = present.filter((node) => heard.get(node) === view.lives[node]);
  return (
    isMajority(remembering.length, members.length) || view.chain.every((node) => heard.has(node))
  );
}

/**
 * Whether all servers of the view are there and remember it: then they may end it without a majority. Whoever leads
 * next is one of them, or goes back to a checkpoint since all of them have forgotten, so nobody can have gone on behind
 * their back, whatever the workers have promised.
 */
function hasAllServers(view: ServerView, heard: ReadonlyMap<NodeId, number>): boolean {
  return view.chain.every((server) => heard.get(server) === view.lives[server]);
}

/** Whether those who were heard may end all these views; servers without a majority only where nobody else will answer. */
export function mayEnd(
  views: readonly ServerView[],
  heard: ReadonlyMap<NodeId, number>,
  isAlone: boolean,
): boolean {
  return views.every((view) => hasQuorum(view, heard) || (isAlone && hasAllServers(view, heard)));
}

/**
 * Whether other servers of a view that has ended may have gone on behind the back of this one, and all who knew have
 * forgotten it: `lives` are those of the view that comes after.
 */
export function isForgotten(view: ServerView, self: NodeId, lives: readonly number[]): boolean {
  const remembers = (node: NodeId): boolean => lives[node] === view.lives[node];
  const members = membersOf(view);
  if (isMajority(members.filter(remembers).length, members.length)) return false;
  return view.chain.some((server) => server !== self && !remembers(server));
}

/** Whether a worker is served on without a break. */
export function continues(before: ServerView, view: ServerView, worker: NodeId): boolean {
  return view.lives[worker] >= 0 && before.sessions[worker] === view.sessions[worker];
}

/** The server behind `node` in the chain; null behind the tail, and for who is not in it. */
export function successorOf(view: ServerView, node: NodeId): NodeId | null {
  const place = view.chain.indexOf(node);
  return place < 0 ? null : (view.chain[place + 1] ?? null);
}

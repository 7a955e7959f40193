/**
 * How the five states look: a colour, and shapes that differ without colour. A node's disc fills up with the share of
 * time it worked since the last view; its colour shows what else it did.
 */
import { NODE_STATES, type NodeState } from '../../engine/node-states.ts';
import type { RunView } from '../progress.ts';
import { level } from './bars.ts';
import type { Span } from './line.ts';

export interface StateLook {
  readonly state: NodeState;
  readonly color: string;
  /** A stretch of a bar. */
  readonly bar: string;
}

const LOOKS: Record<NodeState, StateLook> = {
  busy: { state: 'busy', color: 'green', bar: '█' },
  redo: { state: 'redo', color: 'yellow', bar: '▓' },
  comm: { state: 'comm', color: 'cyan', bar: '▒' },
  idle: { state: 'idle', color: 'gray', bar: '░' },
  down: { state: 'down', color: 'red', bar: '×' },
};

/** The states in the order in which people care: work first, faults last. */
export const SHOWN_STATES: readonly StateLook[] = [
  LOOKS.busy,
  LOOKS.comm,
  LOOKS.idle,
  LOOKS.redo,
  LOOKS.down,
];

const DISCS = '○◔◑◕●';
const SQUARES = '□◱◧◨■';
/** From this share on a node counts as down, or as waiting for bytes. */
const MOSTLY = 0.5;

type Recent = Record<NodeState, number>;

/** Mean shares of each state over nodes [first, first + count) since the picture before. */
export function recentOf({ recent }: Pick<RunView, 'recent'>, first: number, count = 1): Recent {
  const sums = { down: 0, busy: 0, redo: 0, comm: 0, idle: 0 };
  const last = Math.min(recent.length, NODE_STATES.length * (first + count));
  let whole = 0;
  for (let at = NODE_STATES.length * first; at < last; at++) {
    sums[NODE_STATES[at % NODE_STATES.length]] += recent[at];
    whole += recent[at];
  }
  if (whole > 0) for (const state of NODE_STATES) sums[state] /= whole;
  return sums;
}

/** A node as a disc, or as a square where it plays a rarer role. */
export function discOf(recent: Recent, square = false): Span {
  if (recent.down > MOSTLY) return { text: LOOKS.down.bar, color: LOOKS.down.color };
  const shapes = [...(square ? SQUARES : DISCS)];
  const work = recent.busy + recent.redo;
  // A node that has worked at all shows it.
  const shape = work > 0 ? Math.max(1, Math.round(work * (shapes.length - 1))) : 0;
  return { text: shapes[shape], color: colorOf(recent) };
}

/** One node or several as a bar as high as the share of their time they worked; blank where they did nothing. */
export function barOf(recent: Recent): Span {
  if (recent.down > 0) return { text: LOOKS.down.bar, color: LOOKS.down.color };
  const work = recent.busy + recent.redo;
  if (work > 0) return { text: level(work), color: colorOf(recent) };
  return recent.comm > MOSTLY ? { text: '·', color: LOOKS.comm.color } : { text: ' ' };
}

function colorOf({ busy, redo, comm }: Recent): string {
  if (redo > busy) return LOOKS.redo.color;
  if (busy > 0) return LOOKS.busy.color;
  return comm > MOSTLY ? LOOKS.comm.color : LOOKS.idle.color;
}

/** The role that most nodes play; the first of equals. */
export function commonRole(roles: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const role of roles) counts.set(role, (counts.get(role) ?? 0) + 1);
  let best = '';
  for (const [role, count] of counts) {
    if (count > (counts.get(best) ?? 0)) best = role;
  }
  return best;
}

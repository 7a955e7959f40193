/**
 * How the five states look: a colour, and shapes that tell them apart without colour. A node's disc fills up with
 * what it does: empty when idle, half when it waits for bytes, full when it works.
 */
import { NODE_STATES, type NodeState } from '../../engine/result.ts';

export interface StateLook {
  readonly state: NodeState;
  readonly color: string;
  /** A node of the most common role. */
  readonly disc: string;
  /** A node of any other role, such as the server among its workers. */
  readonly square: string;
  /** A stretch of a bar. */
  readonly bar: string;
}

const LOOKS: Record<NodeState, StateLook> = {
  busy: { state: 'busy', color: 'green', disc: '●', square: '■', bar: '█' },
  redo: { state: 'redo', color: 'yellow', disc: '◆', square: '◈', bar: '▓' },
  comm: { state: 'comm', color: 'cyan', disc: '◐', square: '◧', bar: '▒' },
  idle: { state: 'idle', color: 'gray', disc: '○', square: '□', bar: '░' },
  down: { state: 'down', color: 'red', disc: '×', square: '×', bar: '×' },
};

/** The look of a state code (an index in NODE_STATES). */
export function lookOf(code: number): StateLook {
  return LOOKS[NODE_STATES[code] ?? 'idle'];
}

/** The states in the order in which people care: work first, faults last. */
export const SHOWN_STATES: readonly StateLook[] = [
  LOOKS.busy,
  LOOKS.comm,
  LOOKS.idle,
  LOOKS.redo,
  LOOKS.down,
];

/** Nodes in each state, by code. */
export function countStates(states: Uint8Array): number[] {
  const counts = NODE_STATES.map(() => 0);
  for (const code of states) counts[code] += 1;
  return counts;
}

export function codeOf(state: NodeState): number {
  return NODE_STATES.indexOf(state);
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

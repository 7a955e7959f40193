/** The states of a view change, and which may follow which (drawn in view-change.ts). */
import type { NodeId } from '../../engine/world.ts';

export type ViewPhase = 'new' | 'training' | 'repairing' | 'halted' | 'joining' | 'finished';

const EDGES: Record<ViewPhase, readonly ViewPhase[]> = {
  new: ['repairing', 'joining'],
  training: ['repairing', 'joining', 'finished'],
  repairing: ['repairing', 'training', 'halted', 'joining', 'finished'],
  halted: ['repairing', 'joining', 'finished'],
  joining: ['repairing', 'finished'],
  finished: [],
};

/** The new phase. Throws if there is no such edge. */
export function changePhase(node: NodeId, from: ViewPhase, to: ViewPhase): ViewPhase {
  if (EDGES[from].includes(to)) return to;
  const right = EDGES[from].map((edge) => `'${edge}'`).join(', ') || 'none';
  throw new Error(`node ${node} cannot go from phase '${from}' to '${to}', only to ${right}`);
}

export interface ViewSettings {
  /** All nodes there are; the members of the first view. */
  readonly nodeCount: number;
  readonly heartbeatNs: number;
  readonly misses: number;
}

/** A view that this node has installed. */
export interface Installed {
  readonly epoch: number;
  readonly members: readonly NodeId[];
  /** The incarnation each of them was in. */
  readonly lives: readonly number[];
}

/**
 * How long a node waits in a repair before it begins a new one: time for two laps, several suspicions and what the
 * nodes have still in hand, twice as long after each attempt that came to nothing.
 */
export function patienceNs(
  { heartbeatNs, misses, nodeCount }: ViewSettings,
  attempt: number,
): number {
  return heartbeatNs * (4 * misses + 2 * nodeCount) * 2 ** Math.min(attempt, 20);
}

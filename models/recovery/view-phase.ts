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

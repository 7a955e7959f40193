/** The phases of a node in membership (drawn in membership.ts), and what it waits for in each. */
import type { NodeId } from '../../engine/world.ts';
import { initiatorOf } from './epoch.ts';

export type Phase =
  | 'new'
  | 'joining'
  | 'collecting'
  | 'deciding'
  | 'promising'
  | 'promised'
  | 'installing'
  | 'training'
  | 'halted'
  | 'finished';

/** What a node in that phase waits for, which has promised that epoch, and lacks those if it is halted. */
export function whatFor(phase: Phase, promised: number, missing: readonly NodeId[]): string {
  if (phase === 'halted') return `nodes ${missing.join(', ')}, to be more than half`;
  if (phase === 'joining') return 'a view to be taken into';
  if (phase === 'promised') return `node ${initiatorOf(promised)}, to install a view`;
  return phase === 'training' ? 'its work' : 'its disk or storage';
}

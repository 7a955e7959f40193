/** What stands in for a node that is not there. */
import type { Node } from '../world.ts';

/** Takes the place of a node that is not placed yet, or is gone. */
function nobody(phase: string, waitsFor: string): Node {
  return {
    phase,
    finished: false,
    start() {},
    receive() {},
    computed() {},
    woken() {},
    waitsFor: () => waitsFor,
  };
}
export const UNPLACED = nobody('not placed', 'its placement');

export const CRASHED = nobody('down', 'its return');

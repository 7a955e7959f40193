/** Which runs go back with all nodes where one has lost its memory: that may depend on the options of a protocol. */
import type { Evidence } from '../../claims/evidence.ts';

export const restartsAsAWhole = ({ survives }: Pick<Evidence, 'survives'>): boolean =>
  survives.crash === 'restarts' && survives.pause === 'waits';

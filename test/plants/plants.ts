/** The defects that `npm run plants` plants in a copy of the program one by one, and what finds each. */
import { CHANNEL, MEMBERS } from './of-membership.ts';
import { RECOVERY, REPLICATION, RESTART } from './of-rings.ts';
import { SERVERS } from './of-servers.ts';
import type { Plant } from './plant.ts';

export const PLANTS: readonly Plant[] = [
  ...CHANNEL,
  ...MEMBERS,
  ...REPLICATION,
  ...RECOVERY,
  ...SERVERS,
  ...RESTART,
];

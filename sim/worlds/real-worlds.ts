/** The real worlds there are. */
import { processes } from './processes/processes.ts';
import { threads } from './threads/threads.ts';
import type { RealWorldKind } from './real/real-world.ts';

export const REAL_WORLDS: readonly RealWorldKind[] = [threads, processes];

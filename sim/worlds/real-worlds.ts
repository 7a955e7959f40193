/** The real worlds there are. */
import { threads } from './threads/threads.ts';
import type { RealWorldKind } from './real/real-world.ts';

export const REAL_WORLDS: readonly RealWorldKind[] = [threads];

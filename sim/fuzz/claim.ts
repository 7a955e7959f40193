/** What a claim is: a sentence that must be true of every run, and the means to see where it is not. */
import type { Evidence } from './evidence.ts';

export interface Claim {
  /** Short, for the command line and for files: what broke is named by it. */
  readonly name: string;
  /** What must hold, in one sentence. */
  readonly says: string;
  /** Null where it holds or does not apply; else a sentence that says where it broke. */
  broken(evidence: Evidence): string | null;
}

export function isRing({ protocol }: Evidence): boolean {
  return protocol.kind === 'ring-tmp';
}

export function isServer({ protocol }: Evidence): boolean {
  return protocol.kind === 'ps-bsp' || protocol.kind === 'ps-asp';
}

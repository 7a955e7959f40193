/** What a claim is: a sentence that must be true of every run, and the means to see where it is not. */
import type { Role } from '../../models/protocols/registry.ts';
import type { Evidence } from './evidence.ts';

/** The protocols that some claims are about. */
export const RINGS = ['ring-tmp'];
export const SERVERS = ['ps-bsp', 'ps-asp'];
/** Those in which nodes say anything to each other. */
export const TALKING = [...RINGS, ...SERVERS];

/** Tells that a claim has looked at so many things of a kind; one if no number is given. */
export type Saw<Thing extends string = string> = (thing: Thing, count?: number) => void;

export interface Claim<Thing extends string = string> {
  /** Short, for the command line and for files: what broke is named by it. */
  readonly name: string;
  /** What must hold, in one sentence. */
  readonly says: string;
  /** The kinds of the protocols that it is about; of all if it is null. */
  readonly about: readonly string[] | null;
  /** The things that it looks at, in the plural; a claim that looks at none is kept by any run. */
  readonly examines: readonly Thing[];
  /** Null where it holds; else a sentence that says where it broke. Asked only of runs that it is about. */
  broken(evidence: Evidence, saw: Saw<Thing>): string | null;
}

/** Whether a claim is about runs of that protocol. */
export function isAbout({ about }: Pick<Claim, 'about'>, kind: string): boolean {
  return about === null || about.includes(kind);
}

export function isServer({ protocol }: Evidence): boolean {
  return SERVERS.includes(protocol.kind);
}

/** Whether a node of that role holds the weights of a parameter server. */
export function servesWeights(role: Role): boolean {
  return role === 'server' || role === 'standby';
}

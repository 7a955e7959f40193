/** Why nodes wait: the causes, and what is known of each wait when a run is over. Plain data: it crosses threads. */

/**
 * Causes that can be taken away, in the order in which they are: a wait's share of a cause is how much shorter it would
 * have been without it, given that all before it are gone already.
 */
export const REMOVABLE = ['failure', 'straggler', 'queueing', 'link'] as const;

/** What is left without them. */
const LEFT = ['bubble', 'barrier', 'nothingToDo'] as const;

export const CAUSES = [...REMOVABLE, ...LEFT] as const;
export type Cause = (typeof CAUSES)[number];

/** What a node waited for, added up over the run. */
export interface Blame {
  readonly node: number;
  /** The node whose message ended the waits; null where none did. */
  readonly waitedFor: number | null;
  readonly cause: Cause;
  /** Where the cause lies: a node, or a link by its number; null where that is not known. */
  readonly place: { readonly node: number } | { readonly link: number } | null;
  /** How many waits, and how long together. */
  readonly waits: number;
  readonly ns: number;
}

/** Nanoseconds of each cause, one a node. They sum to the node's comm and idle time exactly. */
export type NodeCauses = Readonly<Record<Cause, Float64Array>>;

export interface WaitRecord {
  readonly causes: NodeCauses;
  /** The longest first. */
  readonly blames: readonly Blame[];
}

/** The places of causes in CAUSES; those of the removable ones come first, in their order. */
export const CAUSE = Object.fromEntries(CAUSES.map((cause, at) => [cause, at])) as Readonly<
  Record<Cause, number>
>;

/**
 * What the screen shows of a run: one plain snapshot, taken a few times a second by the world and drawn by `sim/ui`.
 * The run never reads it back, so looking at a run cannot change it.
 */

export type RunStatus = 'running' | 'paused' | 'done' | 'failed' | 'interrupted';

/** The mean share of each state of PROTOCOLS section F over the nodes of one role, as fractions of the time. */
export interface RoleShares {
  role: string;
  busy: number;
  redo: number;
  comm: number;
  idle: number;
  down: number;
}

/** A line of the event log of a run with faults. */
export interface EventLine {
  /** Which of the scenario's protocols ran. */
  protocol: number;
  timeNs: number;
  text: string;
}

/** Utilisation is a fraction of the run so far. */
export interface LinksGlimpse {
  count: number;
  /** Links are split into up to 48 stretches, in order: the highest utilisation of each. */
  levels: number[];
  /** The busiest, busiest first. */
  busiest: { id: string; utilisation: number }[];
}

export interface FaultCounts {
  crashes: number;
  /** Faults of any other kind. */
  others: number;
  repairs: number;
  /** Null where no node is left that knows. */
  redoneSamples: number | null;
  lostParameters: number;
}

export const NO_FAULTS: FaultCounts = {
  crashes: 0,
  others: 0,
  repairs: 0,
  redoneSamples: 0,
  lostParameters: 0,
};

export interface RunView {
  scenario: string;
  seed?: number;
  world: 'simulated' | 'threads' | 'processes' | 'hosts';
  /** Labels of the scenario's protocols, in the order they run. */
  protocols: string[];
  /** Which of them runs now. */
  current: number;
  status: RunStatus;
  /** False where the run cannot be paused, because it runs in real time. */
  pausable?: boolean;
  nodes: number;
  /**
   * What each node did since the last view: for node n and state code s (an index in NODE_STATES) the share of the
   * time at `5 n + s`, in 255ths.
   */
  recent: Uint8Array;
  /** The part each node plays; one a node. */
  roles: string[];
  /** What the program does beside running, such as loading data. */
  phaseMessage?: string;
  /** Iterations done, of how many. */
  iteration: number;
  iterations: number;
  /** Mean training loss of each iteration so far; empty under `numerics: 'cost'`. */
  losses: number[];
  /** Null before the first evaluation; left out where nothing is learnt. */
  accuracy?: number | null;
  /** Modelled seconds in a simulated world, measured seconds in a real one. */
  runSeconds: number;
  wallSeconds: number;
  etaSeconds: number | null;
  events: number;
  eventsPerSecond: number;
  messages: number;
  shares: RoleShares[];
  /** The largest ledger of any node so far. */
  peakMemoryBytes: number;
  /** Link utilisation; left out where the world does not know it. */
  links?: LinksGlimpse;
  /** The health of each node: one code a node, an index in HEALTHS. Left out where nothing can fail. */
  health?: Uint8Array;
  /** The last lines of the event log of all protocols so far, oldest first, and how many there were in all. */
  eventLog?: readonly EventLine[];
  eventCount?: number;
  /** Counts of faults so far; left out where nothing can fail. */
  faults?: FaultCounts;
  failure?: string;
}

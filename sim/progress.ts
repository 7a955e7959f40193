/**
 * What the screen knows of a run: one plain snapshot, taken a few times a second by whoever runs the world and
 * drawn by `sim/ui`. It is never read back by the run, so looking at a run cannot change it.
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

export interface RunView {
  scenario: string;
  seed?: number;
  world: 'simulated' | 'threads' | 'processes' | 'hosts';
  /** Labels of the scenario's protocols, in the order they run. */
  protocols: string[];
  /** Which of them runs now. */
  current: number;
  status: RunStatus;
  /** False where the run cannot be held: real time goes on. */
  pausable?: boolean;
  nodes: number;
  /** One code a node: an index in NODE_STATES. */
  states: Uint8Array;
  /** The part each node plays; one a node. */
  roles: string[];
  /** What the program does beside running, such as loading data. */
  phaseMessage?: string;
  /** Iterations done, of how many. */
  iteration: number;
  iterations: number;
  /** Mean training loss of each iteration so far; empty under `numerics: 'cost'`. */
  losses: number[];
  accuracy: number | null;
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
  /** The five busiest links, busiest first; utilisation is a fraction of the run so far. */
  links?: { id: string; utilisation: number }[];
  /** How each node fares: one code a node, an index in HEALTHS. Left out where nothing can fail. */
  health?: Uint8Array;
  /** The last lines of the event log of all protocols so far, oldest first, and how many there were in all. */
  eventLog?: readonly EventLine[];
  eventCount?: number;
  failure?: string;
}

/** What a real run is made from. */
import type { HostSpec } from '../../../engine/host-spec.ts';
import type { Observer } from '../../../engine/observer.ts';
import type { TraceEntry } from '../board.ts';
import type { NodeId } from '../../../engine/world.ts';
import type { LinkShape } from '../shaped-mail.ts';
import type { CrewFactory } from './crew.ts';
import type { RunKeeper } from './run-keeper.ts';
import type { HostFaultOptions } from './host-faults.ts';

export interface RealRunOptions {
  readonly crew: CrewFactory;
  readonly seed: number;
  /** One a node; only the memory limit counts, speed is whatever the machine has. */
  readonly hosts: readonly HostSpec[];
  /** Passed to the entry's node factory; copied to every runner, except for memory that it can share. */
  readonly work: unknown;
  /** Told of notes and faults; notes of different nodes come in any order. */
  readonly observers?: readonly Observer[];
  /** Faults, and how nodes detect them; without it no node is watched. */
  readonly faults?: HostFaultOptions;
  /** What work is still to be done, as in the simulator; without it the run ends when all nodes are finished. */
  readonly missing?: () => string | null;
  /** The network that the run plays; that of the machine if left out. */
  readonly shape?: LinkShape | null;
  /** Told of what nodes did and when, up to that many jobs and messages of each. */
  readonly trace?: {
    readonly limit: number;
    heard(node: NodeId, entries: readonly TraceEntry[], leftOut: number): void;
  } | null;
  /** Keeps what the run may go on from, and has what it goes on from. */
  readonly keeper?: RunKeeper | null;
  readonly stopAtNs?: number;
  /** Whether there is storage that outlives the nodes. */
  readonly stores?: boolean;
  /** Work is accounted for this many steps; later ones count as the last. */
  readonly steps?: number;
}

/**
 * Which fault caused a suspicion or a lost message, when several overlap.
 *
 * A suspicion is attributed to the newest fault that can have kept the suspect's heartbeats away: one that reaches
 * the pair, and is not over, or has been for less than a silence. A fault that stops all heartbeats (crash, pause,
 * cut, partition) goes before one that only disturbs. The suspicion of a node that returned without its memory is
 * attributed to its newest crash. What no fault explains is attributed to none.
 */
import type { FaultKind, InjectedFault } from '../../engine/faults/fault-rule.ts';
import type { SuspicionCause } from '../../engine/observer.ts';
import type { NodeId } from '../../engine/world.ts';
import type { FaultAccount } from './fault-record.ts';
import type { Reach } from './fault-reach.ts';
import type { ThroughputAfter } from './throughput.ts';

/** A fault, tracked while the run goes on. */
export interface TrackedFault {
  readonly record: FaultAccount;
  readonly after: ThroughputAfter;
  /** Iterations committed when it began. */
  readonly iterationsBefore: number;
  /** The pairs between which it can cause silence. */
  readonly reach: Reach;
  /** Nodes of a crash that no repair has handled yet. */
  readonly unrepaired: Set<NodeId>;
}

/** A fault at its beginning, after that many iterations. `before` is the throughput up to it. */
export function trackFault(
  { number, rule, kind, nodes, timeNs }: InjectedFault,
  before: number | null,
  after: ThroughputAfter,
  iterationsBefore: number,
  reach: Reach,
): TrackedFault {
  return {
    record: {
      number,
      rule,
      kind,
      nodes: [...nodes],
      struckNs: timeNs,
      endNs: null,
      detectedNs: null,
      recoveredNs: null,
      redoneSamples: 0,
      messagesLost: 0,
      lostParameters: 0,
      throughputBefore: before,
      throughputAfter: null,
      iterationsSince: 0,
    },
    after,
    iterationsBefore,
    reach,
    unrepaired: new Set(kind === 'crash' ? nodes : []),
  };
}

const SILENCING: ReadonlySet<FaultKind> = new Set(['crash', 'pause', 'cut', 'partition']);
const CRASH: ReadonlySet<FaultKind> = new Set(['crash']);
const LOSING: ReadonlySet<FaultKind> = new Set(['crash', 'cut', 'partition', 'loss']);
export class FaultAttribution {
  /** Faults that may still cause a silence, oldest first, and when they ended. */
  private readonly causes = new Map<TrackedFault, number>();
  /** The cause of each suspicion, by pair. */
  private readonly suspicions = new Map<string, TrackedFault | null>();
  private readonly silenceNs: number;
  /** By node: its faults that are not over, oldest first. */
  private readonly open = new Map<NodeId, TrackedFault[]>();
  /** By node and kind: the newest fault, over or not. */
  private readonly newest = new Map<NodeId, Map<FaultKind, TrackedFault>>();

  /** @param silenceNs after which a peer is suspected */
  constructor(silenceNs: number) {
    this.silenceNs = silenceNs;
  }

  add(fault: TrackedFault): void {
    const { kind, struckNs } = fault.record;
    if (fault.record.nodes.length > 0) this.causes.set(fault, Infinity);
    this.forgetBefore(struckNs - this.silenceNs);
    for (const node of fault.record.nodes) {
      const open = this.open.get(node);
      if (open) open.push(fault);
      else this.open.set(node, [fault]);
      const newest = this.newest.get(node);
      if (newest) newest.set(kind, fault);
      else this.newest.set(node, new Map([[kind, fault]]));
    }
  }

  /** The world says that the fault is over. */
  over(fault: TrackedFault, timeNs: number): void {
    if (this.causes.has(fault)) this.causes.set(fault, timeNs);
  }

  /** A repair, or the world, has ended it for those nodes, or for all it hit. */
  close(fault: TrackedFault, nodes: Iterable<NodeId> = fault.record.nodes): void {
    for (const node of nodes) {
      const open = this.open.get(node);
      const place = open?.indexOf(fault) ?? -1;
      if (place >= 0) open!.splice(place, 1);
    }
  }

  /** The detector of a node suspects a peer. The node may hear of it later, when it is free. */
  suspected(by: NodeId, peer: NodeId, why: SuspicionCause, timeNs: number): void {
    this.suspicions.set(`${by}/${peer}`, this.causeOf(by, peer, why, timeNs));
  }

  /**
   * The cause of the newest suspicion of that peer. On threads a return is told to nodes alone: then it is its newest
   * crash.
   */
  ofSuspicion(by: NodeId, peer: NodeId): TrackedFault | null {
    const known = this.suspicions.get(`${by}/${peer}`);
    return known === undefined ? this.newestOf(peer, CRASH) : known;
  }

  private causeOf(
    by: NodeId,
    peer: NodeId,
    why: SuspicionCause,
    timeNs: number,
  ): TrackedFault | null {
    if (why === 'returned') return this.newestOf(peer, CRASH);
    let found: TrackedFault | null = null;
    for (const [fault, overNs] of this.causes) {
      if (timeNs > overNs + this.silenceNs || !fault.reach(by, peer)) continue;
      const { kind } = fault.record;
      if (!found || SILENCING.has(kind) || !SILENCING.has(found.record.kind)) found = fault;
    }
    return found;
  }

  /** The cause of a message lost between the two. */
  ofLoss(from: NodeId, to: NodeId): TrackedFault | null {
    return (
      newer(this.openOf(from, LOSING), this.openOf(to, LOSING)) ??
      newer(this.newestOf(from, LOSING), this.newestOf(to, LOSING))
    );
  }

  private forgetBefore(timeNs: number): void {
    for (const [fault, overNs] of this.causes) if (overNs < timeNs) this.causes.delete(fault);
  }

  private openOf(node: NodeId, kinds: ReadonlySet<FaultKind>): TrackedFault | null {
    return this.open.get(node)?.findLast(({ record }) => kinds.has(record.kind)) ?? null;
  }

  private newestOf(node: NodeId, kinds: ReadonlySet<FaultKind>): TrackedFault | null {
    let newest: TrackedFault | null = null;
    for (const [kind, fault] of this.newest.get(node) ?? [])
      if (kinds.has(kind)) newest = newer(newest, fault);
    return newest;
  }
}

function newer(one: TrackedFault | null, other: TrackedFault | null): TrackedFault | null {
  if (!one || !other) return one ?? other;
  return one.record.number > other.record.number ? one : other;
}

/**
 * Which blow a suspicion, a lost message or a repair is owed to, when several overlap.
 *
 * A suspicion is owed to the newest blow that can have kept the suspect's heartbeats away: one that reaches the pair, and
 * is not over or has not been for longer than a silence lasts. One that silences whole (crash, pause, cut, partition)
 * goes before one that only troubles. A suspicion of who has come back without its memory is owed to its newest crash.
 * What no blow explains is owed to none.
 */
import type { FaultKind, FaultStrike } from '../../engine/faults/fault-rule.ts';
import type { SuspicionCause } from '../../engine/observer.ts';
import type { NodeId } from '../../engine/world.ts';
import type { StrikeRecord } from './fault-record.ts';
import type { Reach } from './strike-reach.ts';
import type { AfterBlow } from './throughput.ts';

/** A strike while the run goes on. */
export interface LiveStrike {
  readonly record: StrikeRecord;
  readonly after: AfterBlow;
  /** Iterations committed when it struck. */
  readonly iterationsBefore: number;
  /** Between whom it can bring about silence. */
  readonly reach: Reach;
  /** Nodes of a crash that no repair has dealt with yet. */
  readonly unrepaired: Set<NodeId>;
}

/** A strike at its beginning, after so many iterations. `before` is the throughput up to it. */
export function liveStrike(
  { number, rule, kind, nodes, timeNs }: FaultStrike,
  before: number | null,
  after: AfterBlow,
  iterationsBefore: number,
  reach: Reach,
): LiveStrike {
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
      gradientsLost: 0,
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
export class StrikeBook {
  /** Blows that may still be the cause of a silence, oldest first, and when they were over. */
  private readonly causes = new Map<LiveStrike, number>();
  /** What suspicions are owed to, by the pair. */
  private readonly suspicions = new Map<string, LiveStrike | null>();
  private readonly silenceNs: number;
  /** By node: the blows that concern it and are not over, oldest first. */
  private readonly open = new Map<NodeId, LiveStrike[]>();
  /** By node and, within, by kind: the newest blow, over or not. */
  private readonly newest = new Map<NodeId, Map<FaultKind, LiveStrike>>();

  /** @param silenceNs after which a peer is suspected */
  constructor(silenceNs: number) {
    this.silenceNs = silenceNs;
  }

  add(strike: LiveStrike): void {
    const { kind, struckNs } = strike.record;
    if (strike.record.nodes.length > 0) this.causes.set(strike, Infinity);
    this.forgetBefore(struckNs - this.silenceNs);
    for (const node of strike.record.nodes) {
      const open = this.open.get(node);
      if (open) open.push(strike);
      else this.open.set(node, [strike]);
      const newest = this.newest.get(node);
      if (newest) newest.set(kind, strike);
      else this.newest.set(node, new Map([[kind, strike]]));
    }
  }

  /** The world says that the blow is over. */
  over(strike: LiveStrike, timeNs: number): void {
    if (this.causes.has(strike)) this.causes.set(strike, timeNs);
  }

  /** A repair, or the world, has ended it for those nodes, or for all it struck. */
  close(strike: LiveStrike, nodes: Iterable<NodeId> = strike.record.nodes): void {
    for (const node of nodes) {
      const open = this.open.get(node);
      const place = open?.indexOf(strike) ?? -1;
      if (place >= 0) open!.splice(place, 1);
    }
  }

  /** The detector of a node suspects a peer: the node may hear of it only later, when it is free. */
  suspected(by: NodeId, peer: NodeId, why: SuspicionCause, timeNs: number): void {
    this.suspicions.set(`${by}/${peer}`, this.causeOf(by, peer, why, timeNs));
  }

  /** To what the newest suspicion of that peer is owed. Returns on threads are told to nodes alone. */
  ofSuspicion(by: NodeId, peer: NodeId): LiveStrike | null {
    const known = this.suspicions.get(`${by}/${peer}`);
    return known === undefined ? this.newestOf(peer, CRASH) : known;
  }

  private causeOf(
    by: NodeId,
    peer: NodeId,
    why: SuspicionCause,
    timeNs: number,
  ): LiveStrike | null {
    if (why === 'returned') return this.newestOf(peer, CRASH);
    let found: LiveStrike | null = null;
    for (const [strike, overNs] of this.causes) {
      if (timeNs > overNs + this.silenceNs || !strike.reach(by, peer)) continue;
      const { kind } = strike.record;
      if (!found || SILENCING.has(kind) || !SILENCING.has(found.record.kind)) found = strike;
    }
    return found;
  }

  /** To what the loss of a message between the two is owed. */
  ofLoss(from: NodeId, to: NodeId): LiveStrike | null {
    return (
      newer(this.openOf(from, LOSING), this.openOf(to, LOSING)) ??
      newer(this.newestOf(from, LOSING), this.newestOf(to, LOSING))
    );
  }

  private forgetBefore(timeNs: number): void {
    for (const [strike, overNs] of this.causes) if (overNs < timeNs) this.causes.delete(strike);
  }

  private openOf(node: NodeId, kinds: ReadonlySet<FaultKind>): LiveStrike | null {
    return this.open.get(node)?.findLast(({ record }) => kinds.has(record.kind)) ?? null;
  }

  private newestOf(node: NodeId, kinds: ReadonlySet<FaultKind>): LiveStrike | null {
    let newest: LiveStrike | null = null;
    for (const [kind, strike] of this.newest.get(node) ?? [])
      if (kinds.has(kind)) newest = newer(newest, strike);
    return newest;
  }
}

function newer(one: LiveStrike | null, other: LiveStrike | null): LiveStrike | null {
  if (!one || !other) return one ?? other;
  return one.record.number > other.record.number ? one : other;
}

/**
 * Which blow a suspicion, a lost message or a repair is owed to, when several overlap.
 *
 * The rule: the nearest earlier blow that concerns the node. Of those that are not over, one that silences it whole
 * (crash, pause, cut, partition) goes before one that only troubles it; where all are over, the newest counts. A crash
 * is over when a repair has left its node behind or taken it back, any other blow when the world says so.
 */
import type { FaultKind, FaultStrike } from '../engine/faults/fault-rule.ts';
import type { NodeId } from '../engine/world.ts';
import type { StrikeRecord } from './fault-record.ts';
import type { AfterBlow } from './throughput.ts';

/** A strike while the run goes on. */
export interface LiveStrike {
  readonly record: StrikeRecord;
  readonly after: AfterBlow;
  /** Iterations committed when it struck. */
  readonly iterationsBefore: number;
  /** Nodes of a crash that no repair has dealt with yet. */
  readonly unrepaired: Set<NodeId>;
}

/** A strike at its beginning, after so many iterations. `before` is the throughput up to it. */
export function liveStrike(
  { number, rule, kind, nodes, timeNs }: FaultStrike,
  before: number | null,
  after: AfterBlow,
  iterationsBefore: number,
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
    unrepaired: new Set(kind === 'crash' ? nodes : []),
  };
}

const SILENCING: ReadonlySet<FaultKind> = new Set(['crash', 'pause', 'cut', 'partition']);
const LOSING: ReadonlySet<FaultKind> = new Set(['crash', 'cut', 'partition', 'loss']);
/** Blows after which a peer may seem gone although it is there. */
const TROUBLING: ReadonlySet<FaultKind> = new Set(['loss', 'degrade', 'reorder', 'slow']);

export class StrikeBook {
  /** By node: the blows that concern it and are not over, oldest first. */
  private readonly open = new Map<NodeId, LiveStrike[]>();
  /** By node and, within, by kind: the newest blow, over or not. */
  private readonly newest = new Map<NodeId, Map<FaultKind, LiveStrike>>();

  add(strike: LiveStrike): void {
    const { kind } = strike.record;
    for (const node of strike.record.nodes) {
      const open = this.open.get(node);
      if (open) open.push(strike);
      else this.open.set(node, [strike]);
      const newest = this.newest.get(node);
      if (newest) newest.set(kind, strike);
      else this.newest.set(node, new Map([[kind, strike]]));
    }
  }

  /** The blow is over for those nodes, or for all it struck. */
  close(strike: LiveStrike, nodes: Iterable<NodeId> = strike.record.nodes): void {
    for (const node of nodes) {
      const open = this.open.get(node);
      const place = open?.indexOf(strike) ?? -1;
      if (place >= 0) open!.splice(place, 1);
    }
  }

  /** To what a suspicion is owed. The one who suspects may be the one that was cut off. */
  ofSuspicion(peer: NodeId, by: NodeId): LiveStrike | null {
    return (
      this.openOf(peer, SILENCING) ??
      this.openOf(by, SILENCING) ??
      this.openOf(peer, TROUBLING) ??
      this.openOf(by, TROUBLING) ??
      this.newestOf(peer, SILENCING) ??
      this.newestOf(by, SILENCING) ??
      this.newestOf(peer, TROUBLING)
    );
  }

  /** To what the loss of a message between the two is owed. */
  ofLoss(from: NodeId, to: NodeId): LiveStrike | null {
    return (
      newer(this.openOf(from, LOSING), this.openOf(to, LOSING)) ??
      newer(this.newestOf(from, LOSING), this.newestOf(to, LOSING))
    );
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

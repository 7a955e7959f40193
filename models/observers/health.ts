/**
 * The health of each node, as the other nodes and the fault log see it: a byte a node, which may lie in shared memory
 * for the screen. What a node does with its time is another matter, see NODE_STATES.
 */
import type { NodeId } from '../../engine/world.ts';
import type { RecoveredNote } from '../spec/notes.ts';

/** Codes of a node's health, in order: the index is the code. */
export const HEALTHS = ['well', 'dead', 'suspected', 'recovering', 'returned'] as const;
export type Health = (typeof HEALTHS)[number];

export class HealthBoard {
  readonly codes: Uint8Array;
  /** Members of the newest epoch; null before the first repair, when all nodes are members. */
  private members: ReadonlySet<NodeId> | null = null;

  /** @param codes one byte a node, all 0 */
  constructor(codes: Uint8Array) {
    this.codes = codes;
  }

  /** The host has crashed. */
  died(node: NodeId): void {
    this.set(node, 'dead');
  }

  /** The host is back, and does not take part yet. */
  returned(node: NodeId): void {
    this.set(node, 'returned');
  }

  /**
   * Another member suspects it. A node known to be dead or returned stays so. Suspicions of nodes that were left out
   * of the view are ignored.
   */
  suspected(node: NodeId, by: NodeId): void {
    if (!this.takesPart(by)) return;
    const health = this.of(node);
    if (health === 'well' || health === 'recovering') this.set(node, 'suspected');
  }

  /** It has begun a repair. */
  repairs(node: NodeId): void {
    if (this.takesPart(node) && this.of(node) !== 'dead') this.set(node, 'recovering');
  }

  /** A new epoch: its members are well, unless they have died meanwhile; nodes left out are not. */
  recovered({ members }: RecoveredNote): void {
    this.members = new Set(members);
    for (let node = 0; node < this.codes.length; node++) {
      const health = this.of(node);
      if (this.members.has(node)) this.set(node, health === 'dead' ? 'dead' : 'well');
      else if (health === 'recovering') this.set(node, 'suspected');
    }
  }

  private takesPart(node: NodeId): boolean {
    return this.members === null || this.members.has(node);
  }

  private of(node: NodeId): Health {
    return HEALTHS[this.codes[node]];
  }

  private set(node: NodeId, health: Health): void {
    if (node < this.codes.length) this.codes[node] = HEALTHS.indexOf(health);
  }
}

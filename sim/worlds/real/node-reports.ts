/** The reports that nodes give when their run ends: where each stands, and the peaks of its memory. */
import { writeItems } from '../../../engine/node-accounts.ts';
import type { NodeAccounts, NodeStanding } from '../../../engine/result.ts';
import type { NodeId } from '../../../engine/world.ts';
import { signal } from './signal.ts';

export class NodeReports {
  private readonly standings = new Map<NodeId, NodeStanding>();
  private readonly memoryItems = new Map<NodeId, Record<string, number>>();
  private readonly complete = signal();

  /** A node has reported; `awaited` is the number of nodes that can. */
  add(standing: NodeStanding, memoryItems: Record<string, number>, awaited: number): void {
    this.standings.set(standing.node, standing);
    this.memoryItems.set(standing.node, memoryItems);
    if (this.standings.size >= awaited) this.complete.give();
  }

  /** Resolves when all have reported, or after that many milliseconds. */
  async wait(patienceMs: number): Promise<void> {
    const patience = setTimeout(() => this.complete.give(), patienceMs);
    await this.complete.given;
    clearTimeout(patience);
  }

  /** Where the selected nodes stand, in order. */
  standingsOf(isMeant: (node: NodeId) => boolean): NodeStanding[] {
    const standings = [...this.standings.values()].filter(({ node }) => isMeant(node));
    return standings.sort((one, other) => one.node - other.node);
  }

  /** Adds the peaks of memory items to the accounts. */
  writeItems(accounts: NodeAccounts): void {
    for (const [node, peaks] of this.memoryItems) writeItems(accounts, node, peaks);
  }
}

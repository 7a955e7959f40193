/** Views of nodes as views of the seats on them, the same for all nodes of a run. */
import type { NodeId } from '../../../../engine/world.ts';
import type { Assembly } from '../../../membership/host.ts';
import { type View, viewOf } from '../../../membership/view.ts';
import type { ServerLayout } from '../layout.ts';
import type { Inventory } from '../plan.ts';

export class Seating {
  /** By node: its seats in order. */
  readonly byNode: readonly (readonly NodeId[])[];
  /** The last view of nodes that was asked for, and the one of their seats: all nodes ask for the same. */
  private last: { readonly view: View; readonly ofSeats: View } | null = null;

  constructor(readonly layout: ServerLayout) {
    this.byNode = layout.seatsByNode();
  }

  /** The seats of these nodes, in order of their numbers. */
  seatsOf(nodes: readonly NodeId[]): NodeId[] {
    return nodes.flatMap((node) => this.byNode[node]).sort((one, other) => one - other);
  }

  /** Who sits on the members of a view: the incarnation of each is that of its node. */
  ofSeats(view: View): View {
    if (this.last?.view !== view) {
      const members = this.seatsOf(view.members);
      const incarnations = members.map(
        (seat) => view.incarnations[view.members.indexOf(this.layout.nodeOf(seat))],
      );
      const joined = this.seatsOf(view.joined);
      this.last = { view, ofSeats: viewOf({ epoch: view.epoch, members, incarnations, joined }) };
    }
    return this.last.ofSeats;
  }

  /** What each seat brings to a new view. A node has brought that of its seats in their order. */
  assembly({ epoch, contributions, known }: Assembly<readonly Inventory[]>): Assembly<Inventory> {
    const bySeat = contributions.flatMap(({ node, inventory, ...common }) =>
      this.byNode[node].map((seat, k) => ({ ...common, node: seat, inventory: inventory[k] })),
    );
    bySeat.sort((one, other) => one.node - other.node);
    return { epoch, contributions: bySeat, known: known.map((view) => this.ofSeats(view)) };
  }
}

/** Assemblies of nodes that have lost no memory, to be decided on. */
import type { Assembly } from '../../../../models/membership/host.ts';
import type { NodeReport } from '../../../../models/protocols/ring-tmp/layout/ring-view.ts';

interface Members {
  readonly epoch: number;
  readonly members: readonly number[];
}

/** These reports, of nodes that know of those views; all are in their first incarnation, but those in `joining`. */
export function assemblyOf(
  reports: readonly NodeReport[],
  known: readonly Members[],
  joining: readonly number[] = [],
): Assembly<NodeReport> {
  return {
    epoch: 100,
    contributions: reports.map((inventory) => {
      const isJoining = joining.includes(inventory.node);
      return {
        node: inventory.node,
        incarnation: isJoining ? 1 : 0,
        joining: isJoining,
        inventory,
      };
    }),
    known: known.map(({ epoch, members }) => ({
      epoch,
      members,
      incarnations: members.map(() => 0),
      joined: [],
    })),
  };
}

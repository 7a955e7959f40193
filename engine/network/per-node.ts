/** A figure of every node's link: one number for all, or one a node. */
export type PerNode = number | ArrayLike<number>;

/** The figure of one node. */
export function ofNode(figure: PerNode, node: number): number {
  return typeof figure === 'number' ? figure : figure[node];
}

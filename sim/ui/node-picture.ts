/** A picture of the nodes, whatever its form, and what every form says below or inside. */
import { formatCount } from '../../engine/format.ts';
import type { Line } from './line.ts';

/** The nodes as lines of that width. */
export interface NodePicture {
  readonly lines: Line[];
  readonly width: number;
}

export function nodesText(nodes: number): string {
  return nodes === 1 ? '1 node' : `${formatCount(nodes)} nodes`;
}

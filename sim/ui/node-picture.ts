/** A picture of the nodes in any form, and the text that all forms share. */
import { formatCounted } from '../../engine/format.ts';
import type { Line } from './line.ts';

/** The nodes as lines of that width. */
export interface NodePicture {
  readonly lines: Line[];
  readonly width: number;
}

export function nodesText(nodes: number): string {
  return formatCounted(nodes, 'node');
}

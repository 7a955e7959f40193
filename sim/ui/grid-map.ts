/**
 * The nodes as a grid of cells. It shows what nodes did since the last view and, where something can fail, which are
 * not well.
 */
import type { RunView } from '../progress.ts';
import { gridOf } from './geometry.ts';
import { barOf, commonRole, discOf, recentOf } from './glyphs.ts';
import { healthSign } from './health-glyphs.ts';
import { joined, type Line, type Span } from './line.ts';
import { nodesText, type NodePicture } from './node-picture.ts';

/** With more nodes a ring is unreadable. */
const RING_NODES_MAX = 64;
const CAPTION_HEIGHT = 2;

/** Whether the nodes are drawn as a ring, if there is room; else they are a grid. */
export function drawsRing(nodes: number): boolean {
  return nodes <= RING_NODES_MAX;
}

/** How high a picture `width` wide must be to give every node a cell of its own. */
export function heightOfGrid(nodes: number, width: number): number {
  return gridOf(nodes, width, nodes).rows + CAPTION_HEIGHT;
}

/** The picture of at most `width` x `height` cells. */
export function gridMap(view: RunView, width: number, height: number): NodePicture {
  const grid = gridOf(view.nodes, width, Math.max(1, height - CAPTION_HEIGHT));
  const isCrowded = grid.nodesPerCell > 1;
  const common = commonRole(view.roles);
  const few = drawsRing(view.nodes);
  const rows = Array.from({ length: grid.rows }, (_none, row) =>
    joined(
      Array.from({ length: grid.columns }, (_nothing, column): Span => {
        const first = (row * grid.columns + column) * grid.nodesPerCell;
        if (first >= view.nodes) return { text: ' ' };
        const recent = recentOf(view, first, grid.nodesPerCell);
        const look = few ? discOf(recent, view.roles[first] !== common) : barOf(recent);
        return healthSign(view, first, grid.nodesPerCell) ?? look;
      }),
    ),
  );
  const caption: Line = [
    { text: nodesText(view.nodes), bold: true },
    { text: isCrowded ? `, ${grid.nodesPerCell} a cell` : '', dim: true },
    { text: few ? '' : '  ▁█ work', dim: true },
  ];
  return { lines: [...rows, [], caption], width };
}

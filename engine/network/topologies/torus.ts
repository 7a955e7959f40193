/**
 * A two-dimensional torus: every node has a full-duplex cable to its four neighbours, and rows and columns close
 * into rings. Routes go along the row first, then along the column (dimension order, which cannot deadlock), each
 * the shorter way round and upwards when both are equally long. Node r * columns + c is in row r, column c.
 */
import type { Link, Topology } from '../topology.ts';

/**
 * A torus of rows * columns nodes; a dimension of length 1 has no links. Every link has that bandwidth and latency.
 */
export function torusTopology(
  rows: number,
  columns: number,
  bandwidthBytesPerSecond: number,
  latencyNs: number,
): Topology {
  const nodes = rows * columns;
  const alongRows = columns > 1 ? 2 * nodes : 0;
  const alongColumns = rows > 1 ? 2 * nodes : 0;

  /** The neighbour of a node one step along its row or its column. */
  const neighbour = (node: number, isRow: boolean, step: 1 | -1): number => {
    const row = Math.floor(node / columns);
    const column = node % columns;
    return isRow
      ? row * columns + ((column + step + columns) % columns)
      : ((row + step + rows) % rows) * columns + column;
  };
  /** Link 2n leaves node n upwards along its row, 2n + 1 downwards; then the same along the columns. */
  const ends = (index: number) => {
    const isRow = index < alongRows;
    const local = isRow ? index : index - alongRows;
    const from = local >> 1;
    return { from, to: neighbour(from, isRow, local % 2 === 0 ? 1 : -1) };
  };
  const link = (index: number): Link => {
    const { from, to } = ends(index);
    const isSecond = index % 2 === 1 && (index < alongRows ? columns : rows) === 2;
    const id = `${from}->${to}${isSecond ? ' (second cable)' : ''}`;
    return { id, bandwidthBytesPerSecond, latencyNs };
  };
  const walk = (node: number, isRow: boolean, to: number, into: Int32Array, from: number) => {
    const length = isRow ? columns : rows;
    const at = isRow ? node % columns : Math.floor(node / columns);
    const up = (to - at + length) % length;
    const isUp = 2 * up <= length;
    const hops = isUp ? up : length - up;
    let here = node;
    for (let hop = 0; hop < hops; hop++) {
      into[from + hop] = (isRow ? 0 : alongRows) + 2 * here + (isUp ? 0 : 1);
      here = neighbour(here, isRow, isUp ? 1 : -1);
    }
    return hops;
  };
  const route = (source: number, target: number, into: Int32Array): number => {
    const column = target % columns;
    const along = walk(source, true, column, into, 0);
    const corner = Math.floor(source / columns) * columns + column;
    return along + walk(corner, false, Math.floor(target / columns), into, along);
  };
  return {
    kind: 'torus',
    nodeCount: nodes,
    linkCount: alongRows + alongColumns,
    link,
    route,
    ends,
    longestRoute: Math.max(1, (columns >> 1) + (rows >> 1)),
  };
}

/** The rows of the squarest torus of that many nodes: the largest divisor that is not above the square root. */
export function squarestRows(nodes: number): number {
  let rows = Math.floor(Math.sqrt(nodes));
  while (nodes % rows !== 0) rows--;
  return rows;
}

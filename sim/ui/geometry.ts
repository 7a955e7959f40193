/** Where nodes stand on the screen: on a ring, or in a grid when there are too many. Pure geometry. */

export interface Place {
  readonly column: number;
  readonly row: number;
}

/** The cells of the ellipse that fills `width` x `height`, clockwise from the top, each once. */
export function ellipse(width: number, height: number): Place[] {
  const [halfWidth, halfHeight] = [(width - 1) / 2, (height - 1) / 2];
  const steps = 16 * (width + height);
  const seen = new Set<number>();
  const places: Place[] = [];
  for (let step = 0; step < steps; step += 1) {
    const angle = (2 * Math.PI * step) / steps;
    const column = Math.round(halfWidth + halfWidth * Math.sin(angle));
    const row = Math.round(halfHeight - halfHeight * Math.cos(angle));
    if (seen.has(row * width + column)) continue;
    seen.add(row * width + column);
    places.push({ column, row });
  }
  return places;
}

/** Spreads `nodes` evenly over the places of a track, node 0 first; null when they do not fit. */
export function spreadOver(track: readonly Place[], nodes: number): Place[] | null {
  if (nodes > track.length) return null;
  return Array.from(
    { length: nodes },
    (_none, node) => track[Math.floor((node * track.length) / nodes)],
  );
}

export interface Grid {
  readonly columns: number;
  readonly rows: number;
  /** Neighbours that share a cell. */
  readonly nodesPerCell: number;
}

/** The grid of at most `width` x `height` cells that shows `nodes` with the fewest in a cell. */
export function gridOf(nodes: number, width: number, height: number): Grid {
  // Whole eights make the columns line up with the numbers people give clusters.
  const columns = width >= 8 ? width - (width % 8) : width;
  const nodesPerCell = Math.max(1, Math.ceil(nodes / (columns * height)));
  const cells = Math.ceil(nodes / nodesPerCell);
  return { columns, rows: Math.ceil(cells / columns), nodesPerCell };
}

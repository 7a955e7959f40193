/** Places of nodes on the screen: on a ring, or in a grid when there are too many. Pure geometry. */

export interface Place {
  readonly column: number;
  readonly row: number;
}

/** The cells of the ellipse that fills `width` x `height`, clockwise from the top, each once. */
export function ellipse(width: number, height: number): Place[] {
  const quarter = quarterEllipse(width, height);
  const back = quarter.toReversed();
  const left = ({ column, row }: Place): Place => ({ column: width - 1 - column, row });
  const below = ({ column, row }: Place): Place => ({ column, row: height - 1 - row });
  const all = [
    ...quarter,
    ...back.map(below),
    ...quarter.map((place) => left(below(place))),
    ...back.map(left),
  ];
  // Quarters share their ends.
  const byCell = new Map(
    all.toReversed().map((place) => [place.row * width + place.column, place]),
  );
  return all.filter((place) => byCell.get(place.row * width + place.column) === place);
}

/** From the top to the rightmost cell. One quarter is mirrored three times, so that no rounding shows. */
function quarterEllipse(width: number, height: number): Place[] {
  const [halfWidth, halfHeight] = [(width - 1) / 2, (height - 1) / 2];
  const steps = 4 * (width + height);
  return Array.from({ length: steps + 1 }, (_none, step) => {
    const angle = (Math.PI / 2) * (step / steps);
    return {
      column: Math.round(halfWidth + halfWidth * Math.sin(angle)),
      row: Math.round(halfHeight - halfHeight * Math.cos(angle)),
    };
  });
}

/** Spreads `nodes` evenly over the places of a track, node 0 first; null when they do not fit. */
export function spreadOver(track: readonly Place[], nodes: number): Place[] | null {
  if (nodes > track.length) return null;
  return Array.from(
    { length: nodes },
    (_none, node) => track[Math.floor((node * track.length) / nodes)],
  );
}

interface Grid {
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

/**
 * Figures of many nodes or links, as one array a figure. A million nodes take eight bytes a figure and cross threads
 * without a copy; as many objects would fill the memory. Plain data.
 */

export type Columns<Figure extends string> = Readonly<Record<Figure, Float64Array>>;

/** Columns for that many things: every figure is 0. */
export function emptyColumns<Figure extends string>(
  figures: readonly Figure[],
  count: number,
): Columns<Figure> {
  const columns = {} as Record<Figure, Float64Array>;
  for (const figure of figures) columns[figure] = new Float64Array(count);
  return columns;
}

/** The sum of a column. */
export function totalOf(column: Float64Array): number {
  return column.reduce((sum, value) => sum + value, 0);
}

/** The figures of one thing. */
export function rowOf<Figure extends string>(
  columns: Columns<Figure>,
  figures: readonly Figure[],
  index: number,
): Record<Figure, number> {
  const row = {} as Record<Figure, number>;
  for (const figure of figures) row[figure] = columns[figure][index];
  return row;
}

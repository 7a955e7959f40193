/** Maps of a value over two axes. */
import { type Axis, axis, inPanels, type Mark, tooltip } from './parts.ts';

/** A cell of a map: a line stands behind it, towards larger x. */
export type Edge = Pick<Mark, 'x' | 'series' | 'panel'>;

/** A map of values over two axes, with lines between some of its cells; `series` is the row. */
export function heat(
  marks: readonly Mark[],
  x: Axis,
  row: string,
  value: Axis,
  edges: readonly Edge[] = [],
): object {
  const isEdge = new Set(edges.map((edge) => JSON.stringify([edge.x, edge.series, edge.panel])));
  const cells = marks.map((mark) => ({
    ...mark,
    isEdge: isEdge.has(JSON.stringify([mark.x, mark.series, mark.panel])),
  }));
  const place = {
    x: { field: 'x', ...axis(x, 'ordinal') },
    y: { field: 'series', type: 'nominal', title: row, sort: null },
  };
  const format = value.format ?? '.2f';
  const limit = Math.max(...marks.map(({ y }) => Math.abs(y ?? 0))) || 1;
  return inPanels(cells, [
    {
      mark: { type: 'rect' },
      encoding: {
        ...place,
        color: {
          ...{ field: 'y', type: 'quantitative', title: value.title },
          scale: { scheme: 'blueorange', domain: [-limit, limit], domainMid: 0 },
          legend: { format },
        },
        tooltip: tooltip(x, { ...value, format }, 'ordinal'),
      },
    },
    {
      mark: { type: 'text', fontSize: 11 },
      encoding: {
        ...place,
        text: { field: 'y', type: 'quantitative', format },
        color: {
          condition: { test: `abs(datum.y) > ${0.6 * limit}`, value: '#ffffff' },
          value: '#000000',
        },
      },
    },
    {
      transform: [{ filter: 'datum.isEdge' }],
      mark: { type: 'rule', color: 'currentColor', strokeWidth: 4 },
      encoding: {
        x: { ...place.x, bandPosition: 1 },
        y: { ...place.y, bandPosition: 0 },
        y2: { field: 'series', bandPosition: 1 },
      },
    },
  ]);
}

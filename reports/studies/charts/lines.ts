/** Lines with points and confidence bands. */
import { type Axis, axis, COLOURS, inPanels, type Mark, series, tooltip } from './parts.ts';

/** After all colours come the same ones with dashed lines. */
const DASHES = [...COLOURS.map(() => [1, 0]), ...COLOURS.map(() => [5, 3])];

/** Lines of more points have smaller ones. */
const MANY_POINTS = 30;

/** Colour, shape and dashes of the lines, in their order. */
function strokes(marks: readonly Mark[]) {
  const domain = [...new Set(marks.map((mark) => mark.series))];
  const field = { field: 'series', type: 'nominal', title: null, sort: null };
  return {
    color: { ...series(), scale: { domain, range: COLOURS } },
    shape: { ...field, scale: { domain } },
    strokeDash: { ...field, scale: { domain, range: DASHES } },
  };
}

/** The point of a guide that is furthest to the right, in each panel. */
const LAST = [
  {
    window: [{ op: 'rank', as: 'rank' }],
    sort: [{ field: 'x', order: 'descending' }],
    groupby: ['panel', 'series'],
  },
  { filter: 'datum.rank === 1' },
];

/** Lines with a band from `low` to `high`; `guides` are what they would be at best. */
export function lines(
  marks: readonly Mark[],
  x: Axis,
  y: Axis,
  guides: readonly Mark[] = [],
): object {
  const tried = [...new Set(marks.map((mark) => Number(mark.x)))];
  const across = axis({ ...x, values: x.isTried ? tried : undefined });
  const { color, shape, strokeDash } = strokes(marks);
  const ideal = [{ filter: 'datum.guide' }];
  const encoding = {
    x: { field: 'x', ...across },
    y: { field: 'y', ...axis(y) },
    color,
  };
  const perLine =
    marks.length / new Set(marks.map((mark) => [mark.series, mark.panel].join())).size;
  // What is drawn last lies above: where lines coincide, the first is seen.
  const all = [...[...marks].reverse(), ...guides.map((mark) => ({ ...mark, guide: true }))];
  return inPanels(all, [
    {
      transform: [{ filter: 'isValid(datum.low)' }],
      mark: { type: 'area', opacity: 0.12 },
      encoding: { ...encoding, y: { field: 'low', ...axis(y) }, y2: { field: 'high' } },
    },
    {
      transform: [{ filter: '!datum.guide' }],
      mark: { type: 'line' },
      encoding: { ...encoding, strokeDash },
    },
    {
      transform: [{ filter: '!datum.guide' }],
      mark: { type: 'point', filled: true, size: perLine > MANY_POINTS ? 12 : 45 },
      encoding: {
        ...encoding,
        shape,
        tooltip: tooltip(x, y),
      },
    },
    {
      transform: ideal,
      mark: { type: 'line', color: 'currentColor', strokeDash: [2, 3] },
      encoding: { x: encoding.x, y: encoding.y },
    },
    {
      transform: [...ideal, ...LAST],
      mark: { type: 'text', color: 'currentColor', align: 'right', dx: -6, dy: -2 },
      encoding: { x: encoding.x, y: encoding.y, text: { field: 'series', type: 'nominal' } },
    },
  ]);
}

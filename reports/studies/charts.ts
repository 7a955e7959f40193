/** The pictures of reports, as Vega-Lite specifications. Hover shows values with their units. */
import { CAUSE_NAMES, CAUSES } from '../explanation/cause-names.ts';

/** One point of a picture. */
export interface Mark {
  readonly x: number | string;
  readonly y: number | null;
  readonly series: string;
  /** Ends of the confidence band. */
  readonly low?: number;
  readonly high?: number;
  /** Which of several small pictures it is in. */
  readonly panel?: string;
}

export interface Axis {
  readonly title: string;
  readonly isLog?: boolean;
  /** As d3-format writes numbers. */
  readonly format?: string;
}

/** Okabe and Ito's colours, which colour-blind readers can tell apart; shapes repeat what colours say. */
const COLOURS = [
  ...['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'],
  ...['#8c6d1f', '#7f7f7f', '#5e3c99', '#1b7837', '#b2182b'],
];

const HEIGHT = 240;
const WIDTH = 560;
/** Of one of three side by side. */
const PANEL_WIDTH = 285;

function axis({ title, isLog, format }: Axis, kind = 'quantitative') {
  const scale = isLog ? { type: 'log' } : { zero: kind === 'quantitative' };
  return {
    type: kind,
    title,
    ...(kind === 'quantitative' ? { scale } : {}),
    axis: { format, tickCount: 6 },
  };
}

function tooltip(x: Axis, y: Axis, kind = 'quantitative') {
  return [
    { field: 'series', type: 'nominal', title: 'of' },
    { field: 'x', type: kind, title: x.title, format: x.format },
    { field: 'y', type: 'quantitative', title: y.title, format: y.format ?? '.4~g' },
    { field: 'panel', type: 'nominal', title: 'where' },
  ];
}

const series = () => ({
  field: 'series',
  type: 'nominal',
  title: null,
  sort: null,
  scale: { range: COLOURS },
  legend: { symbolOpacity: 1 },
});

function inPanels(marks: readonly Mark[], layer: object[]): object {
  const values = marks.map((mark) => ({ panel: '', ...mark }));
  const isOne = new Set(values.map(({ panel }) => panel)).size < 2;
  const unit = { width: isOne ? WIDTH : PANEL_WIDTH, height: HEIGHT, layer };
  const data = { values };
  return isOne
    ? { data, ...unit }
    : {
        data,
        columns: 3,
        facet: { field: 'panel', type: 'nominal', title: null, sort: null },
        spec: unit,
      };
}

/** Lines with a band from `low` to `high`. */
export function lines(marks: readonly Mark[], x: Axis, y: Axis): object {
  const place = { x: { field: 'x', ...axis(x) } };
  const colour = { color: series() };
  return inPanels(marks, [
    {
      transform: [{ filter: 'isValid(datum.low)' }],
      mark: { type: 'area', opacity: 0.2 },
      encoding: { ...place, y: { field: 'low', ...axis(y) }, y2: { field: 'high' }, ...colour },
    },
    {
      mark: { type: 'line' },
      encoding: { ...place, y: { field: 'y', ...axis(y) }, ...colour },
    },
    {
      mark: { type: 'point', filled: true, size: 45 },
      encoding: {
        ...place,
        y: { field: 'y', ...axis(y) },
        ...colour,
        shape: { field: 'series', type: 'nominal', title: null, sort: null },
        tooltip: tooltip(x, y),
      },
    },
  ]);
}

/** Bars side by side, with whiskers from `low` to `high`. */
export function bars(marks: readonly Mark[], x: Axis, y: Axis): object {
  const place = { x: { field: 'x', ...axis(x, 'nominal'), sort: null } };
  const offset = { xOffset: { field: 'series', sort: null }, color: series() };
  return inPanels(marks, [
    {
      mark: { type: 'bar' },
      encoding: {
        ...place,
        ...offset,
        y: { field: 'y', ...axis(y) },
        tooltip: tooltip(x, y, 'nominal'),
      },
    },
    {
      transform: [{ filter: 'isValid(datum.low)' }],
      mark: { type: 'rule', color: 'currentColor' },
      encoding: {
        ...place,
        xOffset: { field: 'series', sort: null },
        y: { field: 'low', ...axis(y) },
        y2: { field: 'high' },
      },
    },
  ]);
}

/** What a stacked bar is made of, from the bottom, and their colours. */
export interface Parts {
  readonly names: readonly string[];
  readonly colours: readonly string[];
  /** What all of them together are a share of. */
  readonly title: string;
}

/** The five states, from the bottom: what counts first, what is lost last. */
export const STATES = ['busy', 'redo', 'comm', 'idle', 'down'] as const;
export const STATE_PARTS: Parts = {
  names: STATES,
  colours: ['#0072b2', '#d55e00', '#e69f00', '#bbbbbb', '#444444'],
  title: 'share of time',
};

/** Why nodes wait, from the bottom. */
export const CAUSE_PARTS: Parts = {
  names: CAUSES.map((cause) => CAUSE_NAMES[cause]),
  colours: ['#56b4e9', '#d55e00', '#e69f00', '#8c6d1f', '#5e3c99', '#cc79a7', '#bbbbbb'],
  title: 'time waiting (share of all time)',
};

/** Bars of shares on top of each other, of 1 at most; `series` is the part. */
export function stacked(marks: readonly Mark[], x: Axis, parts: Parts): object {
  const { names, colours, title } = parts;
  const y = { title, format: '.0%' };
  const order = marks.map((mark) => ({ ...mark, order: names.indexOf(mark.series) }));
  const encoding = {
    x: { field: 'x', ...axis(x, 'nominal'), sort: null },
    y: { field: 'y', ...axis(y), stack: 'zero', scale: { domain: [0, 1] } },
    order: { field: 'order', type: 'quantitative' },
    color: { ...series(), sort: names, scale: { domain: names, range: colours } },
    tooltip: tooltip(x, { ...y, format: '.1%' }, 'nominal'),
  };
  return inPanels(order, [{ mark: { type: 'bar' }, encoding }]);
}

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
  return inPanels(cells, [
    {
      mark: { type: 'rect' },
      encoding: {
        ...place,
        color: {
          ...{ field: 'y', type: 'quantitative', title: value.title },
          scale: { scheme: 'blueorange', domainMid: 0 },
          legend: { format },
        },
        tooltip: tooltip(x, { ...value, format }, 'ordinal'),
      },
    },
    {
      mark: { type: 'text', color: '#000000', fontSize: 11 },
      encoding: { ...place, text: { field: 'y', type: 'quantitative', format } },
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

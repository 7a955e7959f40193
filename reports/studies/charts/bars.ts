/** Bars, side by side or on top of each other. */
import { CAUSE_NAMES, CAUSES } from '../../explanation/cause-names.ts';
import { type Axis, axis, inPanels, type Mark, series, tooltip } from './parts.ts';

/** More bars are narrower. */
const BAR_WIDTH = 90;
/** Bars that are not wide where they are few. */
function widthOf(marks: readonly Mark[]): number {
  return Math.max(2, new Set(marks.map(({ x }) => x)).size) * BAR_WIDTH;
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
  return inPanels(order, [{ mark: { type: 'bar' }, encoding }], widthOf(marks));
}

/** What all pictures of reports share, as parts of Vega-Lite specifications. Hover shows values with their units. */

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
  /** Has a tick at each value that is there, and no other. */
  readonly isTried?: boolean;
}

/** Okabe and Ito's colours, which colour-blind readers can tell apart; shapes repeat what colours say. */
export const COLOURS = [
  ...['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'],
  ...['#8c6d1f', '#7f7f7f', '#5e3c99', '#1b7837', '#b2182b'],
];

const HEIGHT = 240;
const WIDTH = 720;
/** Of one of three side by side. */
const PANEL_WIDTH = 285;
export function axis(
  { title, isLog, format, values }: Axis & { values?: number[] },
  kind = 'quantitative',
) {
  const scale = isLog
    ? { type: 'log', nice: false, padding: 10 }
    : { zero: kind === 'quantitative' };
  return {
    type: kind,
    title,
    ...(kind === 'quantitative' ? { scale } : {}),
    axis: {
      format,
      ...(kind === 'nominal' ? { labelAngle: -40 } : {}),
      ...(kind === 'ordinal' ? { labelAngle: 0 } : {}),
      ...(values ? { values, labelOverlap: true } : { tickCount: 6 }),
    },
  };
}

export function tooltip(x: Axis, y: Axis, kind = 'quantitative') {
  return [
    { field: 'series', type: 'nominal', title: 'of' },
    { field: 'x', type: kind, title: x.title, format: x.format },
    { field: 'y', type: 'quantitative', title: y.title, format: y.format ?? '.4~g' },
    { field: 'panel', type: 'nominal', title: 'where' },
  ];
}

export const series = () => ({
  field: 'series',
  type: 'nominal',
  title: null,
  sort: null,
  scale: { range: COLOURS },
  legend: { symbolOpacity: 1 },
});

export function inPanels(marks: readonly Mark[], layer: object[], most = Infinity): object {
  const values = marks.map((mark) => ({ panel: '', ...mark }));
  const panels = new Set(values.map(({ panel }) => panel)).size;
  const isOne = panels < 2;
  const unit = { width: Math.min(most, isOne ? WIDTH : PANEL_WIDTH), height: HEIGHT, layer };
  const data = { values };
  return isOne
    ? { data, ...unit }
    : {
        data,
        // Axes stand below the last row alone: none of its places shall be empty where that can be.
        columns: panels % 3 > 0 && panels % 2 === 0 ? 2 : 3,
        facet: { field: 'panel', type: 'nominal', title: null, sort: null },
        spec: unit,
      };
}

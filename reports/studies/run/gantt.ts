/** Gantt charts of some iterations: what each node does when, the critical path framed, messages on demand. */
import type { Chart } from '../section.ts';
import { byProtocol, type Row, timeIn } from './rows.ts';

/** More rows are too thin to read, and more tasks too many to draw. */
const MOST_NODES = 32;
const MOST_TASKS = 2500;
const MOST_MESSAGES = 1500;
const ROW_HEIGHT = 18;
const WIDTH = 900;
/** A number stands in tasks that are at least that part of the picture's width. */
const LEAST_PART = 0.012;

const KINDS: Readonly<Record<string, string>> = {
  forward: '#56b4e9',
  backward: '#e69f00',
  'forward and backward': '#0072b2',
  'input-gradient': '#d55e00',
  'weight-gradient': '#cc79a7',
  gradient: '#e69f00',
  update: '#009e73',
};
const OTHER = '#999999';

interface Bar {
  readonly node: number;
  readonly task: string;
  readonly kind: string;
  readonly label: string;
  readonly start: number;
  readonly end: number;
  readonly critical: boolean;
}

interface Arrow {
  readonly from: number;
  readonly to: number;
  readonly message: string;
  readonly sent: number;
  readonly arrived: number;
  readonly critical: boolean;
}

/** None where no task was kept: only runs that are explained have some. */
export function ganttCharts(tasks: readonly Row[], messages: readonly Row[]): Chart[] {
  if (tasks.length === 0) return [];
  const sent = byProtocol(messages);
  const panels = [...byProtocol(tasks)].map(([protocol, rows]) => {
    const fromNs = Math.min(...rows.map((row) => timeIn(row, 'StartNs')!));
    const bars = barsOf(rows, fromNs);
    const endMs = Math.max(...bars.map(({ end }) => end));
    const arrows = arrowsOf(sent.get(protocol) ?? [], fromNs, endMs);
    return { protocol, bars, arrows, endMs };
  });
  const kinds = [...new Set(panels.flatMap(({ bars }) => bars.map(({ kind }) => kind)))];
  const pictureOf = (arrowsOf: (arrows: readonly Arrow[]) => readonly Arrow[]) => ({
    vconcat: panels.map(({ protocol, bars, arrows, endMs }) =>
      panel(protocol, kinds, bars, arrowsOf(arrows), endMs),
    ),
    resolve: { scale: { color: 'shared' } },
  });
  return [
    {
      id: 'gantt',
      title:
        'What nodes do in two iterations in the middle of the run; the critical path is framed. Drag moves, the wheel with Shift zooms',
      views: [
        { label: 'tasks', spec: pictureOf(() => []) },
        {
          label: 'with messages of the critical path',
          spec: pictureOf((arrows) => arrows.filter(({ critical }) => critical)),
        },
        { label: 'with all messages', spec: pictureOf((arrows) => arrows) },
      ],
    },
  ];
}

const milliseconds = (ns: number, fromNs: number): number => (ns - fromNs) / 1e6;

/** `forward 3/12` is of the kind `forward`; of what is done in one, both have a name. */
function kindOf(task: string): string {
  const words = task.split(' and ').map((part) => /^\D*/.exec(part)![0].trim());
  return words.filter((word) => word !== '').join(' and ');
}

/** `forward 3/12` is of micro-batch 12. */
function barsOf(rows: readonly Row[], fromNs: number): Bar[] {
  return rows
    .filter((row) => Number(row['node']) < MOST_NODES)
    .slice(0, MOST_TASKS)
    .map((row) => {
      const { task } = row;
      const kind = kindOf(task);
      return {
        ...{ node: Number(row['node']), task, kind },
        label: /\/(\d+)/.exec(task)?.[1] ?? '',
        start: milliseconds(timeIn(row, 'StartNs')!, fromNs),
        end: milliseconds(timeIn(row, 'EndNs')!, fromNs),
        critical: row['critical'] !== '',
      };
    });
}

function arrowsOf(rows: readonly Row[], fromNs: number, endMs: number): Arrow[] {
  return rows
    .map((row) => ({
      from: Number(row['from']),
      to: Number(row['to']),
      message: row['kind'],
      sent: milliseconds(timeIn(row, 'SentNs')!, fromNs),
      arrived: milliseconds(timeIn(row, 'ArrivedNs')!, fromNs),
      critical: row['critical'] !== '',
    }))
    .filter(
      ({ from, to, sent, arrived }) =>
        Math.max(from, to) < MOST_NODES && sent >= 0 && arrived <= endMs,
    )
    .slice(0, MOST_MESSAGES);
}

function panel(
  protocol: string,
  kinds: readonly string[],
  bars: readonly Bar[],
  arrows: readonly Arrow[],
  endMs: number,
): object {
  const nodes = [...new Set(bars.map(({ node }) => node))].sort((one, other) => one - other);
  const time = { type: 'quantitative', title: 'modelled time from the start of the picture (ms)' };
  const row = { type: 'ordinal', title: 'node', scale: { domain: nodes } };
  const place = { x: { field: 'start', ...time }, x2: { field: 'end' } };
  const y = { field: 'node', ...row };
  const colour = {
    ...{ field: 'kind', type: 'nominal', title: null },
    scale: { domain: kinds, range: kinds.map((kind) => KINDS[kind] ?? OTHER) },
  };
  const tooltip = ['node', 'task', 'start', 'end'].map((field) => ({
    field,
    title: titleOf(field),
  }));
  return {
    ...{ title: protocol, width: WIDTH, height: ROW_HEIGHT * nodes.length },
    data: { values: bars },
    layer: [
      {
        params: [
          {
            name: `zoom_${protocol.replace(/\W/g, '_')}`,
            select: { type: 'interval', encodings: ['x'], zoom: 'wheel![event.shiftKey]' },
            bind: 'scales',
          },
        ],
        mark: { type: 'bar', clip: true },
        encoding: { ...place, y, color: colour, tooltip },
      },
      {
        transform: [{ filter: 'datum.critical' }],
        mark: { type: 'bar', clip: true, filled: false, stroke: 'currentColor', strokeWidth: 1.5 },
        encoding: { ...place, y, tooltip },
      },
      {
        transform: [
          { filter: `datum.label !== '' && datum.end - datum.start > ${endMs * LEAST_PART}` },
        ],
        mark: { type: 'text', clip: true, color: '#000000', fontSize: 9 },
        encoding: {
          x: { field: 'middle', ...time },
          y,
          text: { field: 'label' },
        },
      },
      arrowLayer(arrows, time, row),
    ],
    transform: [{ calculate: '(datum.start + datum.end) / 2', as: 'middle' }],
  };
}

function arrowLayer(arrows: readonly Arrow[], time: object, row: object): object {
  const tooltip = ['message', 'from', 'to', 'sent', 'arrived'].map((field) => ({
    field,
    title: titleOf(field),
  }));
  return {
    data: { values: arrows },
    mark: { type: 'rule', clip: true, color: 'currentColor', strokeWidth: 1 },
    encoding: {
      ...{ x: { field: 'sent', ...time }, x2: { field: 'arrived' } },
      ...{ y: { field: 'from', ...row }, y2: { field: 'to' } },
      opacity: { condition: { test: 'datum.critical', value: 1 }, value: 0.35 },
      tooltip,
    },
  };
}

function titleOf(field: string): string {
  return ['start', 'end', 'sent', 'arrived'].includes(field) ? `${field} (ms)` : field;
}

/**
 * The panels of the screen, each a few lines made from the view and a width. A panel that has nothing to say has
 * no lines. Where they stand, and which give way when there is no room, is the frame's affair.
 */
import {
  formatCount,
  formatFigure,
  formatMemory,
  formatRate,
  formatSeconds,
  formatShare,
  formatWait,
} from '../../reports/format.ts';
import type { RoleShares, RunView } from '../progress.ts';
import { apportion, progressBar, sparkline } from './bars.ts';
import { SHOWN_STATES } from './glyphs.ts';
import { healthCounts } from './health-glyphs.ts';
import { cut, ends, flow, widthOf, type Line, type Span } from './line.ts';

const LABEL_WIDTH = 9;
/** Events of one repair are close together. */
export const EVENT_TIME_DIGITS = 6;
const STATUS_COLORS: Record<RunView['status'], string> = {
  running: 'green',
  paused: 'yellow',
  done: 'green',
  failed: 'red',
  interrupted: 'yellow',
};

function labelled(label: string, ...rest: Span[]): Line {
  return [{ text: label.padEnd(LABEL_WIDTH), dim: true }, ...rest];
}

/** Scenario, protocol, world and seed; the status at the right. */
export function titlePanel(view: RunView, width: number): Line[] {
  const several = view.protocols.length > 1;
  const place = several ? ` (${view.current + 1} of ${view.protocols.length})` : '';
  const rest = [
    `${view.protocols[view.current] ?? ''}${place}`,
    view.world,
    ...(view.seed === undefined ? [] : [`seed ${view.seed}`]),
  ];
  const title: Line = [{ text: view.scenario, bold: true }, { text: ` · ${rest.join(' · ')}` }];
  const status: Line = [{ text: view.status, color: STATUS_COLORS[view.status], bold: true }];
  return [ends(title, status, width)];
}

/** The bar over the whole width; iterations and what is left of the wait below or beside it. */
export function progressPanel(view: RunView, width: number): Line[] {
  const fraction = view.iterations > 0 ? view.iteration / view.iterations : 0;
  const words = [
    `${formatCount(view.iteration)}/${formatCount(view.iterations)} iterations`,
    ...(view.phaseMessage === undefined ? [] : [view.phaseMessage]),
    ...(view.etaSeconds === null || view.status !== 'running'
      ? []
      : [`${formatWait(view.etaSeconds)} left`]),
  ];
  const text = words.join(' · ');
  const beside = width - text.length - 2 >= 20;
  const bar = progressBar(fraction, beside ? width - text.length - 2 : width);
  const color = STATUS_COLORS[view.status];
  const line: Span[] = [
    { text: bar.done, color },
    { text: bar.left, dim: true },
  ];
  return beside ? [[...line, { text: `  ${text}` }]] : [line, cut([{ text }], width)];
}

/** The training loss so far, its first and last value, and the accuracy when somebody measures it. */
export function learningPanel(view: RunView, width: number): Line[] {
  const lines: Line[] = [];
  const losses = view.losses.filter(Number.isFinite);
  if (losses.length > 0) {
    const [first, last] = [formatFigure(losses[0]), formatFigure(losses[losses.length - 1])];
    const room = Math.min(48, width - LABEL_WIDTH - first.length - last.length - 2);
    lines.push(
      labelled(
        'loss',
        { text: `${first} ` },
        { text: room > 3 ? sparkline(losses, room) : '→', color: 'magenta' },
        { text: ` ${last}`, bold: true },
      ),
    );
  }
  if (view.accuracy !== null) {
    lines.push(labelled('accuracy', { text: formatShare(view.accuracy), bold: true }));
  }
  return lines;
}

/** The run's own time against the time people wait for it. */
export function timePanel(view: RunView): Line[] {
  const kind = view.world === 'simulated' ? 'modelled' : 'measured';
  return [
    labelled(kind, { text: formatSeconds(view.runSeconds), bold: true }),
    labelled('wall', { text: formatWait(view.wallSeconds) }),
  ];
}

export function trafficPanel(view: RunView): Line[] {
  return [
    labelled(
      'events',
      { text: formatCount(view.events) },
      { text: `  ${formatRate(view.eventsPerSecond, '')}`, dim: true },
    ),
    labelled('messages', { text: formatCount(view.messages) }),
  ];
}

export function memoryPanel(view: RunView): Line[] {
  return [
    labelled(
      'memory',
      { text: formatMemory(view.peakMemoryBytes) },
      { text: ' peak of a node', dim: true },
    ),
  ];
}

/** A bar a role; its percentages sum to 100. */
export function sharesPanel(view: RunView, width: number): Line[] {
  if (view.shares.length === 0) return [];
  const shown = SHOWN_STATES.filter(
    ({ state }) =>
      !(state === 'redo' || state === 'down') || view.shares.some((share) => share[state] > 0),
  );
  const nameWidth = Math.min(
    LABEL_WIDTH + 5,
    Math.max(LABEL_WIDTH, ...view.shares.map(({ role }) => role.length + 1)),
  );
  const rows = view.shares.map((share) => shareLine(share, shown, nameWidth, width));
  return [
    [{ text: 'time'.padEnd(nameWidth), dim: true }, ...barLegend(shown, width - nameWidth)],
    ...rows,
  ];
}

/** What the stretches of the bars mean, as far apart as there is room. */
function barLegend(shown: typeof SHOWN_STATES, width: number): Line {
  const legend = (inside: string, between: string): Line =>
    shown.flatMap(({ bar, state, color }, index): Span[] => [
      { text: bar, color },
      { text: `${inside}${state}${index < shown.length - 1 ? between : ''}` },
    ]);
  const candidates = [legend(' ', '  '), legend(' ', ' '), legend('', ' ')];
  return candidates.find((line) => widthOf(line) <= width) ?? candidates[candidates.length - 1];
}

function shareLine(
  share: RoleShares,
  shown: typeof SHOWN_STATES,
  nameWidth: number,
  width: number,
): Line {
  const shares = shown.map(({ state }) => share[state]);
  const percent = apportion(shares, 100);
  const text = ` ${percent.map((value) => `${value}`.padStart(3)).join('')} %`;
  const cells = apportion(shares, Math.max(4, Math.min(40, width - nameWidth - text.length)));
  return [
    ...cut([{ text: share.role.padEnd(nameWidth), dim: true }], nameWidth),
    ...shown.map(({ bar, color }, index): Span => ({ text: bar.repeat(cells[index]), color })),
    { text },
  ];
}

/** The busiest links, when the view has them. */
export function linksPanel(view: RunView, width: number): Line[] {
  const links = view.links ?? [];
  if (links.length === 0) return [];
  const nameWidth = Math.max(LABEL_WIDTH, ...links.map(({ id }) => id.length + 1));
  const room = Math.max(4, Math.min(24, width - nameWidth - 8));
  return [
    [{ text: 'busiest links', dim: true }],
    ...links.map(({ id, utilisation }): Line => {
      const bar = progressBar(utilisation, room);
      return [
        { text: id.padEnd(nameWidth) },
        { text: bar.done, color: 'cyan' },
        { text: bar.left, dim: true },
        { text: formatShare(utilisation).padStart(8) },
      ];
    }),
  ];
}

/**
 * Who is not well, and below it the last lines of the event log, newest last, with their times; nothing where nothing
 * can fail. Room for `lines` events is taken even before there are any: the screen must not jump at the first.
 */
export function eventsPanel(view: RunView, width: number, lines: number): Line[] {
  if (!view.eventLog) return [];
  const events = view.eventLog.filter(({ protocol }) => protocol === view.current).slice(-lines);
  const times = events.map(({ timeNs }) => formatSeconds(timeNs / 1e9, EVENT_TIME_DIGITS));
  const timeWidth = Math.max(LABEL_WIDTH, ...times.map((time) => time.length + 2));
  const rows = events.map(({ text }, index): Line => {
    const time: Span = { text: times[index].padEnd(timeWidth), dim: true };
    return cut([time, { text }], width);
  });
  const empty = Array.from({ length: lines - rows.length }, (): Line => []);
  return [...flow(healthCounts(view), width), ...rows, ...empty];
}

const FAILURE_LINES = 6;

/** The first lines of what went wrong; the whole of it is printed when the screen is gone. */
export function failurePanel(view: RunView, width: number): Line[] {
  if (view.failure === undefined) return [];
  const lines = view.failure.split('\n');
  const shown = lines.slice(0, FAILURE_LINES).map((text, index): Line => {
    return cut([{ text, color: 'red', bold: index === 0 }], width);
  });
  return lines.length > FAILURE_LINES ? [...shown, [{ text: '  …', dim: true }]] : shown;
}

/** What the keys do; nothing once the run has ended. */
export function keysPanel(view: RunView): Line[] {
  if (view.status !== 'running' && view.status !== 'paused') return [];
  const key = (text: string): Span => ({ text, bold: true });
  const quit: Span[] = [key('q'), { text: ' quit', dim: true }];
  if (view.pausable === false) return [quit];
  const pause = view.status === 'paused' ? ' resume' : ' pause';
  return [[key('p'), { text: `${pause}   `, dim: true }, ...quit]];
}

/**
 * The panels of the screen, each a few lines made from the view and a width. A panel with nothing to show has no
 * lines. The frame decides where they stand, and which are dropped.
 */
import {
  ABSENT,
  formatCount,
  formatFigure,
  formatMemory,
  formatRate,
  formatSeconds,
  formatShare,
  formatWait,
} from '../../engine/format.ts';
import type { RunView } from '../progress.ts';
import { progressBar, sparkline } from './bars.ts';
import { cut, ends, type Line, type Span } from './line.ts';

export const LABEL_WIDTH = 9;
const STATUS_COLORS: Record<RunView['status'], string> = {
  running: 'green',
  paused: 'yellow',
  done: 'green',
  failed: 'red',
  interrupted: 'yellow',
};

/** A line that begins with what it is about. */
export function labelled(label: string, ...rest: Span[]): Line {
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

/** The training loss so far, and the accuracy measured last; nothing where nothing is learnt. */
export function learningPanel(view: RunView, width: number): Line[] {
  const { accuracy } = view;
  if (accuracy === undefined) return [];
  const losses = view.losses.filter(Number.isFinite);
  const figure: Span = {
    text: accuracy === null ? ABSENT : formatShare(accuracy),
    bold: true,
  };
  return [lossLine(losses, width), labelled('accuracy', figure)];
}

/** The first loss, how it went from there, and the last. */
function lossLine(losses: readonly number[], width: number): Line {
  if (losses.length === 0) return labelled('loss', { text: ABSENT });
  const [first, last] = [formatFigure(losses[0]), formatFigure(losses[losses.length - 1])];
  const room = Math.min(48, width - LABEL_WIDTH - first.length - last.length - 2);
  return labelled(
    'loss',
    { text: `${first} ` },
    { text: room > 3 ? sparkline(losses, room) : '→', color: 'magenta' },
    { text: ` ${last}`, bold: true },
  );
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

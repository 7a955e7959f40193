/**
 * Progress as plain lines, now and then: for logs, pipes and `--no-ui`. Knows no terminal, no colours and no Ink.
 */
import {
  formatCount,
  formatFigure,
  formatRate,
  formatSeconds,
  formatShare,
  formatWait,
} from '../../reports/format.ts';
import type { RunView } from '../progress.ts';
import type { Progress, ViewSource } from './view-source.ts';

const INTERVAL_MILLISECONDS = 2000;

/** How the run stands, in one line without its line break. */
export function plainLine(view: RunView): string {
  const protocol = view.protocols[view.current];
  const figures = [
    `${formatCount(view.iteration)}/${formatCount(view.iterations)} iterations`,
    ...(view.losses.length > 0
      ? [`loss ${formatFigure(view.losses[view.losses.length - 1])}`]
      : []),
    ...(view.accuracy === null ? [] : [`accuracy ${formatShare(view.accuracy)}`]),
    `${view.world === 'simulated' ? 'modelled' : 'measured'} ${formatSeconds(view.runSeconds)}`,
    `wall ${formatWait(view.wallSeconds)}`,
    formatRate(view.eventsPerSecond, 'events'),
    ...(view.phaseMessage === undefined ? [] : [view.phaseMessage]),
    ...(view.status === 'running' ? remaining(view) : [view.status]),
  ];
  return `${view.scenario} ${protocol ?? ''}`.trim() + `: ${figures.join(', ')}`;
}

function remaining({ etaSeconds }: RunView): string[] {
  return etaSeconds === null ? [] : [`${formatWait(etaSeconds)} left`];
}

/** Writes a line every two seconds while the run lasts, and the last one when it is done. */
export function showPlain(
  source: ViewSource,
  stream: { write(text: string): unknown } = process.stderr,
): Progress {
  const print = () => stream.write(`${plainLine(source.view())}\n`);
  // Unreferenced: a display never keeps a program alive.
  const timer = setInterval(print, INTERVAL_MILLISECONDS).unref();
  let isOver = false;
  return {
    done: () => {
      clearInterval(timer);
      if (!isOver) print();
      isOver = true;
      return Promise.resolve();
    },
  };
}

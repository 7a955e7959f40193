/** Progress as plain lines, for logs, pipes and `--no-ui`. It knows no terminal, no colours and no Ink. */
import {
  formatCount,
  formatCounted,
  formatFigure,
  formatRate,
  formatSeconds,
  formatShare,
  formatWait,
} from '../../engine/format.ts';
import type { RunView } from '../progress.ts';
import { EVENT_TIME_DIGITS } from './faults-panel.ts';
import type { Progress, ViewSource } from './view-source.ts';

const INTERVAL_MILLISECONDS = 2000;
/** Events of a run with faults are told as they happen. */
const EVENTS_MILLISECONDS = 250;

/** How the run stands, in one line without its line break. */
export function plainLine(view: RunView): string {
  const protocol = view.protocols[view.current];
  const figures = [
    `${formatCount(view.iteration)}/${formatCount(view.iterations)} iterations`,
    ...(view.losses.length > 0
      ? [`loss ${formatFigure(view.losses[view.losses.length - 1])}`]
      : []),
    ...(typeof view.accuracy === 'number' ? [`accuracy ${formatShare(view.accuracy)}`] : []),
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

/** Prints each event of the log once, as far as the view still has it. */
class EventPrinter {
  private printed = 0;

  /** The lines that are new since the last call. */
  newLines({ protocols, eventLog = [], eventCount = 0 }: RunView): string[] {
    const fresh = eventCount - this.printed;
    this.printed = eventCount;
    if (fresh <= 0) return [];
    const shown = eventLog.slice(-fresh);
    const missed = fresh - shown.length;
    return [
      ...(missed > 0 ? [`... ${formatCounted(missed, 'event')} more`] : []),
      ...shown.map(({ protocol, timeNs, text }) => {
        const whose = protocols.length > 1 ? `${protocols[protocol]} ` : '';
        return `${whose}at ${formatSeconds(timeNs / 1e9, EVENT_TIME_DIGITS)}: ${text}`;
      }),
    ];
  }
}

/**
 * Writes a line every two seconds while the run lasts, and the last one when it is done; events of a run with faults in
 * between, as they happen.
 */
export function showPlain(
  source: ViewSource,
  stream: { write(text: string): unknown } = process.stderr,
): Progress {
  const events = new EventPrinter();
  const printEvents = () => {
    for (const line of events.newLines(source.view())) stream.write(`${line}\n`);
  };
  const print = () => {
    printEvents();
    stream.write(`${plainLine(source.view())}\n`);
  };
  // Unreferenced: a display never keeps a program alive.
  const timers = [
    setInterval(print, INTERVAL_MILLISECONDS).unref(),
    setInterval(printEvents, EVENTS_MILLISECONDS).unref(),
  ];
  let isOver = false;
  return {
    done: () => {
      for (const timer of timers) clearInterval(timer);
      if (!isOver) print();
      isOver = true;
      return Promise.resolve();
    },
  };
}

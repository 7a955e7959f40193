/** What happened from a strike until work was regained: samples done over time, with events, and sentences of faults. */
import { formatCounted, formatSeconds } from '../../../engine/format.ts';
import type { Chart } from '../section.ts';
import { byProtocol, type Row, timeIn } from './rows.ts';

const MOST_EVENTS = 300;
const MOST_SENTENCES = 5;
const [WIDTH, HEIGHT] = [900, 180];
/** Around the first recovery, as a part of it. */
const MARGIN = 0.5;

const EVENTS = ['struck', 'suspected', 'repair', 'recovered', 'returned', 'over'];
const COLOURS = ['#d55e00', '#e69f00', '#cc79a7', '#009e73', '#56b4e9', '#7f7f7f'];

export interface RecoveryRows {
  readonly iterations: readonly Row[];
  readonly events: readonly Row[];
  readonly faults: readonly Row[];
}

/** None where nothing failed. */
export function recoveryCharts(rows: RecoveryRows): Chart[] {
  if (rows.events.length === 0) return [];
  const views = [{ label: 'whole run', spec: picture(rows, () => null) }];
  if (firstRecovery(rows.faults) !== null)
    views.push({ label: 'first recovery', spec: picture(rows, firstRecovery) });
  return [{ id: 'recovery', title: 'Work done over time, and what failed meanwhile', views }];
}

/** A sentence a fault, of the first ones of each protocol. */
export function recoveryTexts({ faults }: RecoveryRows): string[] {
  return [...byProtocol(faults)].flatMap(([protocol, own]) => {
    const sentences = own.slice(0, MOST_SENTENCES).map((row) => `${protocol}: ${faultText(row)}.`);
    const more = own.length - sentences.length;
    return more > 0
      ? [...sentences, `${protocol}: and ${more} faults more, in faults.csv.`]
      : sentences;
  });
}

/** Empty where nobody knows. */
function samplesText(samples: string): string {
  return samples === '' ? 'unknown samples' : formatCounted(Number(samples), 'sample');
}

function faultText(row: Row): string {
  const at = formatSeconds(timeIn(row, 'StruckSeconds') ?? 0);
  const nodes = row['nodes'].split(' ');
  const whom = nodes.length === 1 ? `node ${nodes[0]}` : `${nodes.length} nodes`;
  const [detected, recovered] = ['DetectedAfterSeconds', 'RecoveredAfterSeconds'].map((name) =>
    timeIn(row, name),
  );
  if (detected === null) return `${row['kind']} of ${whom} at ${at}: no node was suspected for it`;
  const seen = `noticed after ${formatSeconds(detected)}`;
  const back =
    recovered === null
      ? 'work was not regained'
      : `work regained after ${formatSeconds(recovered)}, ${samplesText(row['redoneSamples'])} done again`;
  return `${row['kind']} of ${whom} at ${at}: ${seen}, ${back}`;
}

type Span = readonly [fromSeconds: number, toSeconds: number];

/** From a little before the first strike that was recovered from to a little after that. */
function firstRecovery(faults: readonly Row[]): Span | null {
  for (const row of faults) {
    const [struck, recovered] = [timeIn(row, 'StruckSeconds'), timeIn(row, 'RecoveredSeconds')];
    if (struck === null || recovered === null) continue;
    const margin = MARGIN * (recovered - struck);
    return [struck - margin, recovered + margin];
  }
  return null;
}

function picture(rows: RecoveryRows, spanOf: (faults: readonly Row[]) => Span | null): object {
  const [events, faults] = [byProtocol(rows.events), byProtocol(rows.faults)];
  const panels = [...byProtocol(rows.iterations)].map(([protocol, iterations]) =>
    panel(protocol, iterations, events.get(protocol) ?? [], spanOf(faults.get(protocol) ?? [])),
  );
  return { vconcat: panels };
}

function panel(
  protocol: string,
  iterations: readonly Row[],
  events: readonly Row[],
  span: Span | null,
): object {
  const x = {
    ...{ field: 'seconds', type: 'quantitative', title: 'modelled time (s)' },
    scale: span === null ? {} : { domain: span, nice: false },
  };
  return {
    ...{ title: protocol, width: WIDTH, height: HEIGHT },
    layer: [workLayer(iterations, span, x), eventLayer(events, span, x)],
  };
}

function workLayer(iterations: readonly Row[], span: Span | null, x: object): object {
  const ends = iterations.map((row) => ({
    seconds: timeIn(row, 'EndSeconds') ?? 0,
    samples: Number(row['cumulativeSamples']),
  }));
  const all = [{ seconds: 0, samples: 0 }, ...ends];
  // The step at the beginning of a part of the run comes from before it.
  const first = span === null ? 0 : all.findLastIndex(({ seconds }) => seconds <= span[0]);
  const done = all
    .slice(Math.max(0, first))
    .filter(({ seconds }) => seconds <= (span?.[1] ?? seconds));
  return {
    data: { values: done },
    mark: { type: 'line', interpolate: 'step-after', clip: true, color: '#0072b2' },
    encoding: {
      x,
      y: { field: 'samples', type: 'quantitative', title: 'samples done', scale: { zero: false } },
    },
  };
}

function eventLayer(events: readonly Row[], span: Span | null, x: object): object {
  const shown = events
    .map((row) => ({
      seconds: timeIn(row, 'Seconds') ?? 0,
      event: row['event'],
      text: row['text'],
    }))
    .filter(({ seconds }) => span === null || (seconds >= span[0] && seconds <= span[1]))
    .slice(0, MOST_EVENTS);
  return {
    data: { values: shown },
    mark: { type: 'rule', strokeWidth: 2, clip: true },
    encoding: {
      x,
      color: {
        ...{ field: 'event', type: 'nominal', title: null },
        scale: { domain: EVENTS, range: COLOURS },
      },
      tooltip: [
        { field: 'seconds', type: 'quantitative', title: 'modelled time (s)', format: '.6~g' },
        { field: 'event', title: 'event' },
        { field: 'text', title: 'what' },
      ],
    },
  };
}

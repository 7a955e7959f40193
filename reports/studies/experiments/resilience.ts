/** What failures cost: goodput as a distribution over seeds, the worst seed by its number, recovery and lost data. */
import { bars } from '../charts/bars.ts';
import type { Mark } from '../charts/parts.ts';
import type { StudyRun } from '../run-outcome.ts';
import { meanAt, quantile, type PointRuns } from '../seed-means.ts';
import type { Analyse } from '../section.ts';
import { endOf, measured } from '../study-table.ts';
import {
  lossesTo,
  lossText,
  outcomeOf,
  percent,
  pointsOf,
  protocolOf,
  protocolsIn,
  textOf,
} from './shared.ts';

const GOODPUT = 'training.samplesPerSecond';
const NONE = 'none';

/** Samples that stayed learned, a second; a run that did not get through has none. */
function goodputOf(run: StudyRun): number {
  return endOf(run) === 'failed' || endOf(run) === 'refused' ? 0 : (measured(run, GOODPUT) ?? 0);
}

/** The goodput of each run of a protocol under some faults, as a share of that without any. */
interface Kept {
  readonly label: string;
  readonly kind: string;
  readonly shares: number[];
  readonly runs: readonly StudyRun[];
}

const middleOf = ({ shares }: Kept): number => quantile(shares, 0.5);

function keptOf(points: readonly PointRuns[], label: string, kind: string): Kept[] {
  const own = points.filter((point) => protocolOf(point) === label);
  const [faulty, whole] = [kind, NONE].map((name) =>
    own.find((point) => textOf(point, 'faults') === name),
  );
  const full = whole && meanAt(whole, GOODPUT)?.mean;
  if (!faulty || !full) return [];
  const { runs } = faulty;
  return [{ label, kind, runs, shares: runs.map((run) => goodputOf(run) / full) }];
}

export const resilience: Analyse = (runs, study) => {
  const points = pointsOf(runs);
  const faulty = points.filter((point) => textOf(point, 'faults') !== NONE);
  const kinds = [...new Set(faulty.map((point) => textOf(point, 'faults')))];
  const labels = protocolsIn(points, study);
  const kept = kinds.flatMap((kind) => labels.flatMap((label) => keptOf(points, label, kind)));
  const marks = kept.map(({ label, kind, shares }): Mark => {
    const [low, y, high] = [0.05, 0.5, 0.95].map((part) => quantile(shares, part));
    return { x: kind, series: label, y, low, high };
  });
  const x = { title: 'what fails' };
  const meansOf = (path: string) =>
    faulty.flatMap((point) => {
      const mean = meanAt(point, path)?.mean;
      const place = { x: textOf(point, 'faults'), series: protocolOf(point) };
      return mean === undefined ? [] : [{ ...place, y: mean }];
    });
  const seconds = meansOf('resilience.recoveredAfterSeconds.mean');
  const samples = meansOf('resilience.redoneSamples');
  const share = { title: 'goodput kept (share of that without failures)', format: '.0%' };
  return {
    charts: [
      {
        id: 'goodput',
        title:
          'Goodput under failures as a share of that without, median; whiskers from p5 to p95 of the seeds',
        views: [{ label: 'goodput', spec: bars(marks, x, share) }],
      },
      {
        id: 'recovery',
        title: 'From the failure to the next commit, and samples done again',
        views: [
          {
            label: 'recovery',
            spec: bars(seconds, x, { title: 'modelled time to recover (s)', format: '~g' }),
          },
          {
            label: 'redone',
            spec: bars(samples, x, { title: 'samples done again', format: '~g' }),
          },
        ],
      },
    ],
    findings: [
      ...kinds.map((kind) => {
        const ranked = kept
          .filter((one) => one.kind === kind)
          .sort((one, two) => middleOf(two) - middleOf(one));
        return `Goodput kept with ${kind}: ${ranked.map(distribution).join('; ')}.`;
      }),
      lossText(
        labels[0],
        kinds.flatMap((kind) => lossesWith(kind, kept)),
      ),
    ],
  };
};

function lossesWith(kind: string, kept: readonly Kept[]): string[] {
  const [mine, ...rivals] = kept.filter((one) => one.kind === kind);
  const more = rivals.filter((one) => outcomeOf(middleOf(mine), middleOf(one), percent) === 'less');
  const worded = more.map(
    (one) => `${one.label} (${percent(middleOf(mine))} against ${percent(middleOf(one))})`,
  );
  return lossesTo(kind, worded);
}

function distribution(found: Kept): string {
  const [low, middle, high] = [0.05, 0.5, 0.95].map((part) =>
    percent(quantile(found.shares, part)),
  );
  const worst = found.shares.indexOf(Math.min(...found.shares));
  const failed = found.runs.filter((run) => endOf(run) === 'failed').length;
  const lost = failed > 0 ? `, ${failed} of ${found.runs.length} runs did not get through` : '';
  const spread =
    low === high ? '' : ` (p5 ${low}, p95 ${high}, worst seed ${found.runs[worst].seed})`;
  return `${found.label} keeps ${middle}${spread}${lost}`;
}

/** What is learned by an iteration, a sample, a second and a node-second, at a common and at tuned learning rates. */
import { bars } from '../charts/bars.ts';
import { lines } from '../charts/lines.ts';
import type { Mark } from '../charts/parts.ts';
import type { Curve } from '../run-outcome.ts';
import { meanAt, meanOf, type PointRuns } from '../seed-means.ts';
import type { Analyse } from '../section.ts';
import {
  figure,
  lossText,
  meanMark,
  pointsOf,
  protocolOf,
  protocolsIn,
  textOf,
  times,
} from './shared.ts';

const RATE = 'training.learningRate';
const LOSS = 'training.finalTestLoss';

const lossOf = (point: PointRuns): number => meanAt(point, LOSS)?.mean ?? Infinity;
const lowest = (points: readonly PointRuns[]): PointRuns =>
  [...points].sort((one, two) => lossOf(one) - lossOf(two))[0];

const AXES: readonly [string, (curve: Curve, at: number, nodes: number) => number][] = [
  ['iterations', ({ iterations }, at) => iterations[at]],
  ['samples', ({ samples }, at) => samples[at]],
  ['modelled time (s)', ({ seconds }, at) => seconds[at]],
  ['modelled time of all nodes (node-seconds)', ({ seconds }, at, nodes) => seconds[at] * nodes],
];

export const progress: Analyse = (runs, study) => {
  const points = pointsOf(runs);
  const protocols = protocolsIn(points, study);
  const subject = protocols[0];
  const of = (label: string) => points.filter((point) => protocolOf(point) === label);
  const tuned = protocols.map((label) => lowest(of(label)));
  const rate = textOf(tuned[0], RATE);
  const common = protocols.flatMap((label) =>
    of(label).filter((point) => textOf(point, RATE) === rate),
  );
  const finals = points.flatMap((point) =>
    meanMark(point, LOSS, { x: textOf(point, RATE), series: protocolOf(point) }),
  );
  return {
    charts: [
      {
        id: 'losses',
        title: 'Training loss, each protocol at its best learning rate, mean of all seeds',
        views: AXES.map(([label, place]) => ({
          label,
          spec: lines(
            tuned.flatMap((point) => lossMarks(point, place)),
            { title: label },
            { title: 'training loss', isLog: true },
          ),
        })),
      },
      {
        id: 'rates',
        title: 'Final loss on held-out digits by learning rate',
        views: [
          {
            label: 'by rate',
            spec: bars(
              finals,
              { title: 'learning rate' },
              { title: 'loss on held-out digits at the end' },
            ),
          },
        ],
      },
    ],
    findings: [
      ...common.slice(1).map((point) => compared(common[0], point, rate)),
      ...tuned.slice(1).map((point) => tunedText(subject, tuned[0], point)),
      lossText(
        subject,
        tuned.slice(1).flatMap((point) => lossTo(tuned[0], point)),
      ),
    ],
  };
};

function lossMarks({ runs, cells }: PointRuns, place: (typeof AXES)[number][1]): Mark[] {
  const curves = runs.flatMap(({ outcome }) => outcome.curve ?? []);
  const nodes = runs[0].outcome.summary?.nodes ?? 1;
  const length = Math.min(...curves.map(({ losses }) => losses.length));
  if (curves.length === 0) return [];
  return Array.from({ length }, (_none, at) => at).flatMap((at) => {
    const loss = meanOf(curves.map(({ losses }) => losses[at]));
    const x = meanOf(curves.map((curve) => place(curve, at, nodes)));
    if (loss === null || x === null || loss.mean <= 0) return [];
    const band = loss.halfWidth > 0 && loss.halfWidth < loss.mean;
    return [
      {
        ...{ x: x.mean, y: loss.mean, series: String(cells['protocol']) },
        ...(band ? { low: loss.mean - loss.halfWidth, high: loss.mean + loss.halfWidth } : {}),
      },
    ];
  });
}

function compared(mine: PointRuns, other: PointRuns, rate: string): string {
  const [one, two] = [mine, other].map((point) => meanAt(point, LOSS));
  const [subject, rival] = [protocolOf(mine), protocolOf(other)];
  if (!one || !two) return `${rival} has no test loss at the learning rate ${rate}.`;
  const apart = Math.abs(one.mean - two.mean);
  const isTie = apart <= one.halfWidth + two.halfWidth;
  const relation =
    apart < 1e-4 * one.mean
      ? `makes the same progress an iteration as ${rival}`
      : isTie
        ? `and ${rival} cannot be told apart by an iteration`
        : `makes ${one.mean < two.mean ? 'more' : 'less'} progress an iteration than ${rival}`;
  return `At the common learning rate ${rate}, ${subject} ${relation}: test loss ${figure(one.mean)} ± ${figure(one.halfWidth)} against ${figure(two.mean)} ± ${figure(two.halfWidth)}.`;
}

/** How many times as long the other one takes. */
function factorOf(mine: PointRuns, other: PointRuns): number {
  const [own, its] = [mine, other].map((point) => meanAt(point, 'time.modelledSeconds')?.mean);
  return (its ?? NaN) / (own ?? NaN);
}

const isAsLong = (factor: number) => times(factor) === times(1) || times(1 / factor) === times(1);

/** Who learns more of the same samples, or as much of them in less time. */
function lossTo(mine: PointRuns, other: PointRuns): string[] {
  const [one, two] = [mine, other].map((point) => meanAt(point, LOSS));
  if (!one || !two) return [];
  const spread = one.halfWidth + two.halfWidth;
  if (one.mean - two.mean > spread) return [`${protocolOf(other)} learns more of the same samples`];
  const factor = factorOf(mine, other);
  if (!(factor < 1) || isAsLong(factor) || two.mean - one.mean > spread) return [];
  return [`${protocolOf(other)} learns as much of them ${times(1 / factor)} as fast`];
}

function tunedText(subject: string, mine: PointRuns, other: PointRuns): string {
  const factor = factorOf(mine, other);
  const longer =
    factor >= 1 ? `takes ${times(factor)} the time of` : `is ${times(1 / factor)} as fast as`;
  const than = isAsLong(factor) ? 'takes as long as' : longer;
  return `Tuned (${textOf(other, RATE)}), ${protocolOf(other)} ends at a test loss of ${figure(lossOf(other))}, ${subject} (${textOf(mine, RATE)}) at ${figure(lossOf(mine))}; for the same samples it ${than} ${subject}.`;
}

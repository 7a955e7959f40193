/** Who waits: idle shares against nodes and bandwidth (PROTOCOLS section F). */
import { CAUSE_PARTS, stacked, STATE_PARTS } from '../charts/bars.ts';
import { heat } from '../charts/heat.ts';
import { lines } from '../charts/lines.ts';
import type { Mark } from '../charts/parts.ts';
import { meanAt, type PointRuns } from '../seed-means.ts';
import type { Analyse } from '../section.ts';
import { crossings, crossingText, type Difference, edgesOf } from './crossover.ts';
import {
  causeMarks,
  contests,
  countOf,
  lossText,
  meanMark,
  outcomeOf,
  percent,
  pointsOf,
  protocolOf,
  protocolsIn,
  shareMarks,
  subjectOf,
  textOf,
} from './shared.ts';

const WAITING = 'waiting.mean';
const NODES = 'cluster.nodes';
const BANDWIDTH = 'cluster.network.bandwidth';
const SHARE = { title: 'time waiting: comm + idle (share)', format: '.0%' };
const NODE_AXIS = { title: 'nodes', isLog: true, isTried: true };

const waitOf = (point: PointRuns): number => meanAt(point, WAITING)!.mean;

function placeOf(point: PointRuns): string {
  return ['hosts', BANDWIDTH]
    .map((axis) => textOf(point, axis))
    .filter(Boolean)
    .join(', ');
}

export const idle: Analyse = (runs, study) => {
  const points = pointsOf(runs).filter((point) => meanAt(point, WAITING) !== null);
  const subject = subjectOf(points, study);
  const rivals = protocolsIn(points, study).slice(1);
  const markOf = (path: string) => (point: PointRuns) =>
    meanMark(point, path, {
      x: Number(point.cells[NODES]),
      series: protocolOf(point),
      panel: placeOf(point),
    });
  const largest = Math.max(...points.map(({ cells }) => Number(cells[NODES])));
  const large = points.filter(({ cells }) => Number(cells[NODES]) === largest);
  const barsOf = (marksOf: typeof shareMarks) =>
    large.flatMap((point) => marksOf(point, protocolOf(point), placeOf(point)));
  const x = { title: 'protocol' };
  return {
    charts: [
      {
        id: 'waiting',
        title: 'Waiting of all nodes, servers included',
        views: [
          { label: 'mean', spec: lines(points.flatMap(markOf(WAITING)), NODE_AXIS, SHARE) },
          {
            label: 'worst node',
            spec: lines(points.flatMap(markOf('waiting.max')), NODE_AXIS, SHARE),
          },
        ],
      },
      {
        id: 'shares',
        title: `Time of ${largest} nodes, and why they wait`,
        views: [
          { label: 'states', spec: stacked(barsOf(shareMarks), x, STATE_PARTS) },
          { label: 'causes of waiting', spec: stacked(barsOf(causeMarks), x, CAUSE_PARTS) },
        ],
      },
      {
        id: 'map',
        title: `Waiting of ${subject} less that of the other: below 0 ${subject} waits less; a line stands where they cross`,
        views: rivals.map((rival) => ({
          label: rival,
          spec: mapOf(differences(points, subject, rival)),
        })),
      },
    ],
    findings: [
      ...rivals.flatMap((rival) => compared(points, subject, rival)),
      lossText(
        subject,
        rivals.flatMap((rival) => lossOf(points, subject, rival)),
      ),
    ],
  };
};

function pairs(points: readonly PointRuns[], subject: string, rival: string) {
  return contests(points).flatMap((group) => {
    const [mine, other] = [subject, rival].map((label) =>
      group.find((point) => protocolOf(point) === label),
    );
    if (!mine || !other) return [];
    return [{ mine, difference: waitOf(mine) - waitOf(other), other }];
  });
}

function differences(points: readonly PointRuns[], subject: string, rival: string): Difference[] {
  return pairs(points, subject, rival).map(({ mine, other, difference }) => ({
    nodes: Number(mine.cells[NODES]),
    difference: outcomeOf(waitOf(mine), waitOf(other), percent) === 'tie' ? 0 : difference,
    row: textOf(mine, BANDWIDTH),
    panel: textOf(mine, 'hosts'),
  }));
}

function mapOf(cells: readonly Difference[]): object {
  const marks = cells.map(({ nodes, difference, row, panel }): Mark => ({
    ...{ x: nodes, y: difference, series: row, panel },
  }));
  const value = { title: 'difference (share of time)', format: '+.2f' };
  return heat(marks, { title: 'nodes' }, 'bandwidth', value, edgesOf(crossings(cells)));
}

function lossOf(points: readonly PointRuns[], subject: string, rival: string): string[] {
  const found = pairs(points, subject, rival);
  const lost = found.filter(
    ({ mine, other }) => outcomeOf(waitOf(mine), waitOf(other), percent) === 'more',
  );
  if (lost.length === 0) return [];
  return [`it waits longer than ${rival} in ${lost.length} of ${found.length} clusters`];
}

function compared(points: readonly PointRuns[], subject: string, rival: string): string[] {
  const found = pairs(points, subject, rival);
  if (found.length === 0) return [];
  const by = (kind: ReturnType<typeof outcomeOf>) =>
    found.filter(({ mine, other }) => outcomeOf(waitOf(mine), waitOf(other), percent) === kind);
  const [won, tied, lost] = [by('less'), by('tie'), by('more')];
  const sorted = [...found].sort((one, two) => one.difference - two.difference);
  const worded = ({ mine, other }: (typeof found)[number]) =>
    `${percent(waitOf(mine))} against ${percent(waitOf(other))} ` +
    `(${textOf(mine, NODES)} nodes, ${placeOf(mine)})`;
  const best = won.length > 0 ? `, at best ${worded(sorted[0])}` : '';
  const worst = lost.length > 0 ? `, at worst ${worded(sorted[sorted.length - 1])}` : '';
  const rest = `as long in ${countOf(tied.length)} and longer in ${countOf(lost.length)}`;
  return [
    `${subject} waits less than ${rival} in ${countOf(won.length)} of ${found.length} clusters, ${rest}${best}${worst}.`,
    crossingText(subject, rival, differences(points, subject, rival)),
  ];
}

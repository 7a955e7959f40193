/** Who waits: idle shares against nodes and bandwidth (PROTOCOLS section F). */
import { heat, lines, stacked, type Mark } from '../charts.ts';
import { meanAt, type PointRuns } from '../seed-means.ts';
import type { Analyse } from '../section.ts';
import {
  contests,
  meanMark,
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
const SHARE = { title: 'waiting (comm + idle), share of time', format: '.0%' };
const NODE_AXIS = { title: 'nodes', isLog: true };

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
  const shares = points
    .filter(({ cells }) => Number(cells[NODES]) === largest)
    .flatMap((point) => shareMarks(point, protocolOf(point), placeOf(point)));
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
        title: `Time of ${largest} nodes`,
        views: [{ label: 'states', spec: stacked(shares, { title: 'protocol' }) }],
      },
      {
        id: 'map',
        title: `Waiting of ${subject} less that of the other: negative (blue or below 0) is where ${subject} waits less`,
        views: rivals.map((rival) => ({
          label: rival,
          spec: heat(differences(points, subject, rival), { title: 'nodes' }, 'bandwidth', {
            title: 'difference',
            format: '+.2f',
          }),
        })),
      },
    ],
    findings: rivals.flatMap((rival) => compared(points, subject, rival)),
  };
};

function pairs(points: readonly PointRuns[], subject: string, rival: string) {
  return contests(points).flatMap((group) => {
    const [mine, other] = [subject, rival].map((label) =>
      group.find((point) => protocolOf(point) === label),
    );
    if (!mine || !other) return [];
    return [
      { mine, difference: meanAt(mine, WAITING)!.mean - meanAt(other, WAITING)!.mean, other },
    ];
  });
}

function differences(points: readonly PointRuns[], subject: string, rival: string): Mark[] {
  return pairs(points, subject, rival).map(({ mine, difference }) => ({
    x: Number(mine.cells[NODES]),
    y: difference,
    series: textOf(mine, BANDWIDTH),
    panel: textOf(mine, 'hosts'),
  }));
}

function compared(points: readonly PointRuns[], subject: string, rival: string): string[] {
  const found = pairs(points, subject, rival);
  if (found.length === 0) return [];
  const won = found.filter(({ difference }) => difference < 0);
  const sorted = [...found].sort((one, two) => one.difference - two.difference);
  const worded = ({ mine, other }: (typeof found)[number]) =>
    `${percent(meanAt(mine, WAITING)!.mean)} against ${percent(meanAt(other, WAITING)!.mean)} ` +
    `(${textOf(mine, NODES)} nodes, ${placeOf(mine)})`;
  const best = won.length > 0 ? `, at best ${worded(sorted[0])}` : '';
  const worst = won.length < found.length ? `, at worst ${worded(sorted[sorted.length - 1])}` : '';
  return [
    `${subject} waits less than ${rival} in ${won.length} of ${found.length} clusters${best}${worst}.`,
  ];
}

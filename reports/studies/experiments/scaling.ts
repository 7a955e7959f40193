/** How far each protocol scales: times, speed-up against the subject on one node, and the size law (PROTOCOLS A.5). */
import { formatCounted } from '../../../engine/format.ts';
import { lines } from '../charts/lines.ts';
import type { Mark } from '../charts/parts.ts';
import { meanAt, type PointRuns } from '../seed-means.ts';
import type { Analyse } from '../section.ts';
import type { ResolvedStudyInfo } from '../study-info.ts';
import {
  lossesTo,
  lossText,
  meanMark,
  pointsOf,
  protocolOf,
  protocolsIn,
  subjectOf,
  textOf,
  times,
} from './shared.ts';

const TIME = 'time.modelledSeconds';
const NODES = 'cluster.nodes';
const NODE_AXIS = { title: 'nodes', isLog: true, isTried: true };
const TIME_AXIS = { title: 'modelled time of the run (s)', isLog: true, format: '~g' };

const nodesOf = ({ cells }: PointRuns) => Number(cells[NODES]);
const secondsOf = (point: PointRuns) => meanAt(point, TIME)!.mean;

export const scaling: Analyse = (runs, study) => {
  const points = pointsOf(runs).filter((point) => meanAt(point, TIME) !== null);
  const subject = subjectOf(points, study);
  const works = [...new Set(points.map((point) => textOf(point, 'work')))];
  const isWeak = (work: string) => work.startsWith('weak');
  const oneNode = (work: string) =>
    points.find(
      (point) =>
        textOf(point, 'work') === work && nodesOf(point) === 1 && protocolOf(point) === subject,
    );
  const speedUps = works.flatMap((work): Mark[] => {
    const one = oneNode(work);
    if (!one) return [];
    const own = points.filter((point) => textOf(point, 'work') === work);
    const gain = (point: PointRuns) =>
      (secondsOf(one) / secondsOf(point)) * (isWeak(work) ? nodesOf(point) : 1);
    return own.map((point) => ({
      ...{ x: nodesOf(point), y: gain(point) },
      ...{ series: protocolOf(point), panel: work },
    }));
  });
  const places = new Set(speedUps.map(({ x, panel }) => JSON.stringify({ x, y: x, panel })));
  const ideal = [...places].map((place) => ({ ...(JSON.parse(place) as Mark), series: 'ideal' }));
  const seconds = points.flatMap((point) =>
    meanMark(point, TIME, {
      ...{ x: nodesOf(point), series: protocolOf(point), panel: textOf(point, 'work') },
    }),
  );
  const gainAxis = { title: `speed-up against ${subject} on one node`, isLog: true, format: '~g' };
  return {
    charts: [
      {
        id: 'speed-up',
        title: 'Speed-up (weak: nodes times efficiency), with the ideal line',
        views: [{ label: 'speed-up', spec: lines(speedUps, NODE_AXIS, gainAxis, ideal) }],
      },
      {
        id: 'seconds',
        title: 'Time of the same work',
        views: [
          {
            label: 'time',
            spec: lines(seconds, NODE_AXIS, TIME_AXIS),
          },
        ],
      },
    ],
    findings: [
      ...works.map((work) => {
        const own = points.filter((point) => textOf(point, 'work') === work);
        return fastest(own, work, protocolsIn(own, study));
      }),
      lossText(
        subject,
        works.flatMap((work) => lossesIn(work, points, study)),
      ),
      ...sizeLaw(points, subject, microBatchesOf(study.base)),
    ],
  };
};

/** Times closer than that are as long. */
const ALIKE = 0.005;

/** Each at its best number of nodes. */
function bestOf(own: readonly PointRuns[], protocols: readonly string[]) {
  return protocols.flatMap((label) => {
    const mine = own.filter((point) => protocolOf(point) === label);
    const sorted = mine.sort((one, two) => secondsOf(one) - secondsOf(two));
    return sorted.length > 0
      ? [{ label, nodes: nodesOf(sorted[0]), seconds: secondsOf(sorted[0]) }]
      : [];
  });
}

function lossesIn(work: string, points: readonly PointRuns[], study: ResolvedStudyInfo): string[] {
  const own = points.filter((point) => textOf(point, 'work') === work);
  const [mine, ...rivals] = bestOf(own, protocolsIn(own, study));
  const faster = rivals.filter(({ seconds }) => seconds / mine.seconds < 1 - ALIKE);
  const worded = faster.map(
    ({ label, seconds }) => `${label} (${times(mine.seconds / seconds)} as fast)`,
  );
  return lossesTo(work, worded);
}

function fastest(own: readonly PointRuns[], work: string, protocols: readonly string[]): string {
  const [subject, ...rivals] = bestOf(own, protocols);
  const worded = rivals.map(({ label, nodes, seconds }) => {
    const factor = seconds / subject.seconds;
    const longer = factor >= 1 ? `${times(factor)} as long` : `${times(1 / factor)} as fast`;
    const than = Math.abs(factor - 1) < ALIKE ? 'as fast' : longer;
    return `${label} is ${than} (${formatCounted(nodes, 'node')})`;
  });
  const kind = work.startsWith('weak') ? 'has the shortest time' : 'is fastest';
  return `${work}: ${subject.label} ${kind} with ${formatCounted(subject.nodes, 'node')}; against that, each at its own best, ${worded.join(', ')}.`;
}

/** Fitted on the two smallest numbers of nodes, and found on all. */
function sizeLaw(points: readonly PointRuns[], subject: string, microBatches: number): string[] {
  const own = points
    .filter((point) => textOf(point, 'work') === 'strong' && protocolOf(point) === subject)
    .sort((one, two) => nodesOf(one) - nodesOf(two));
  if (own.length < 3) return [];
  const perIteration = (point: PointRuns) =>
    secondsOf(point) / meanAt(point, 'training.iterations')!.mean;
  const [one, , third] = own;
  const m = microBatches;
  const work = perIteration(one);
  const nodes = nodesOf(third);
  // T(N) = (m + N - 1) (U / (N m) + h)
  const slotSeconds = perIteration(third) / (m + nodes - 1) - work / (nodes * m);
  if (!(slotSeconds > 0)) return [];
  const predicted = Math.sqrt((work * (m - 1)) / (m * slotSeconds));
  const found = [...own].sort((first, second) => perIteration(first) - perIteration(second))[0];
  return [
    `The size law, with its two constants from ${nodesOf(one)} and ${nodes} nodes, predicts that ${subject} is fastest with ${Math.round(predicted)} nodes; of those tried it is with ${nodesOf(found)}.`,
  ];
}

function microBatchesOf({ training }: Readonly<Record<string, unknown>>): number {
  return (training as { microBatches?: number } | undefined)?.microBatches ?? 1;
}

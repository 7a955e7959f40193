/** The largest model of each protocol by the number of nodes, and what was the limit. */
import { lines } from '../charts/lines.ts';
import type { Mark } from '../charts/parts.ts';
import type { Found } from '../run-outcome.ts';
import type { PointRuns } from '../seed-means.ts';
import type { Analyse } from '../section.ts';
import {
  lossesTo,
  lossText,
  pointsOf,
  protocolOf,
  protocolsIn,
  subjectOf,
  textOf,
  times,
} from './shared.ts';

const NODES = 'cluster.nodes';
const foundOf = ({ runs }: PointRuns): Found | null => runs[0].outcome.found;

export const capacity: Analyse = (runs, study) => {
  const points = pointsOf(runs).filter((point) => foundOf(point) !== null);
  const marks = points.flatMap((point): Mark[] => {
    const { parameters } = foundOf(point)!;
    if (parameters === null) return [];
    const [x, series] = [Number(point.cells[NODES]), protocolOf(point)];
    return [{ x, series, y: parameters, panel: `growing in ${textOf(point, 'grow')}` }];
  });
  const most = Math.max(...points.map(({ cells }) => Number(cells[NODES])));
  const kinds = [...new Set(points.map((point) => textOf(point, 'grow')))];
  const largestOf = (kind: string) => {
    const own = points.filter(
      (point) => textOf(point, 'grow') === kind && Number(point.cells[NODES]) === most,
    );
    return protocolsIn(own, study).flatMap(
      (label) => own.find((point) => protocolOf(point) === label) ?? [],
    );
  };
  return {
    charts: [
      {
        id: 'largest',
        title: 'Parameters of the largest model that can be trained',
        views: [
          {
            label: 'largest',
            spec: lines(
              marks,
              { title: 'nodes', isLog: true, isTried: true },
              { title: 'parameters of the model', isLog: true, format: '~s' },
            ),
          },
        ],
      },
    ],
    findings: [
      ...kinds.map((kind) => sentence(kind, most, largestOf(kind))),
      lossText(
        subjectOf(points, study),
        kinds.flatMap((kind) => {
          const [mine, ...rivals] = largestOf(kind);
          return lossesTo(
            `in ${kind}`,
            rivals.flatMap((rival) => moreThan(mine, rival)),
          );
        }),
      ),
    ],
  };
};

function moreThan(mine: PointRuns, rival: PointRuns): string[] {
  const factor = (foundOf(rival)!.parameters ?? 0) / (foundOf(mine)!.parameters ?? 0);
  return factor > 1 && times(factor) !== times(1)
    ? [`${protocolOf(rival)} (${times(factor)} as much)`]
    : [];
}

function sentence(kind: string, nodes: number, points: readonly PointRuns[]): string {
  const [subject, ...rivals] = points;
  const mine = foundOf(subject)!.parameters ?? 0;
  const worded = rivals.map((point) => {
    const { parameters } = foundOf(point)!;
    const than = parameters === null ? nothingText(point) : share(parameters / mine);
    return `${protocolOf(point)} ${than} (${limitOf(point)})`;
  });
  return `Growing in ${kind} on ${nodes} nodes, ${protocolOf(subject)} holds ${Number((mine / 1e6).toPrecision(3))} million parameters (${limitOf(subject)}); the others: ${worded.join(', ')}.`;
}

function share(factor: number): string {
  return times(factor) === times(1) ? 'as much' : `${times(factor)} as much`;
}

/** Where nothing ran, that says nothing of memory. */
function nothingText({ runs }: PointRuns): string {
  return runs[0].outcome.summary === null ? 'cannot be run' : 'not even the smallest';
}

function limitOf(point: PointRuns): string {
  const { isOpen, limitItem, limitNode, limitRole, limit } = foundOf(point)!;
  if (isOpen) return 'no limit met';
  return limitItem === null
    ? (limit ?? 'no limit known')
    : `the limit is ${limitItem} of ${limitRole} ${limitNode}`;
}

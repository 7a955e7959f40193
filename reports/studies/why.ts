/** Why nodes wait, of any study: bars by cause for each protocol, and a sentence for each. */
import { CAUSE_NAMES, CAUSES } from '../explanation/cause-names.ts';
import {
  causeMarks,
  grouped,
  percent,
  pointsOf,
  protocolOf,
  protocolsIn,
} from './experiments/shared.ts';
import { CAUSE_PARTS, stacked } from './charts/bars.ts';
import type { Mark } from './charts/parts.ts';
import type { Analyse } from './section.ts';
import { meanAt, meanOf, type PointRuns } from './seed-means.ts';

const MOST_PANELS = 9;
/** Causes of less are left out of sentences. */
const LEAST = 0.0005;

/** Empty where no run was explained. */
export const why: Analyse = (runs, study) => {
  const points = pointsOf(runs).filter((point) => waitFor(point, CAUSES[0]) !== null);
  if (points.length === 0) return { charts: [], findings: [] };
  const axis = panelAxis(points);
  const panelOf = ({ cells }: PointRuns) => (axis === null ? '' : String(cells[axis]));
  const groups = grouped(points, (point) => [panelOf(point), protocolOf(point)]);
  const marks = groups.flatMap(meanMarks(panelOf));
  const labels = protocolsIn(points, study);
  return {
    charts: [
      {
        id: 'causes',
        title: 'Why nodes wait: mean of all nodes and runs of each protocol',
        views: [{ label: 'causes', spec: stacked(marks, { title: 'protocol' }, CAUSE_PARTS) }],
      },
    ],
    findings: labels.map((label) =>
      sentence(
        label,
        points.filter((point) => protocolOf(point) === label),
      ),
    ),
  };
};

function waitFor(point: PointRuns, cause: (typeof CAUSES)[number]): number | null {
  return meanAt(point, `waitingByCause.${cause}.mean`)?.mean ?? null;
}

/** The first axis of named values: kinds of work, of hosts, of failures. */
function panelAxis(points: readonly PointRuns[]): string | null {
  const axes = Object.keys(points[0].cells).filter((name) => name !== 'protocol');
  const valuesOf = (name: string) => new Set(points.map(({ cells }) => cells[name]));
  const isNamed = (name: string) =>
    [...valuesOf(name)].every((value) => typeof value === 'string') &&
    valuesOf(name).size <= MOST_PANELS;
  return axes.find(isNamed) ?? null;
}

/** One bar of several points. */
function meanMarks(panelOf: (point: PointRuns) => string) {
  return (group: readonly PointRuns[]): Mark[] => {
    const [first] = group;
    const all = group.map((point) => causeMarks(point, protocolOf(first), panelOf(first)));
    return all[0].map((mark, at) => ({
      ...mark,
      y: meanOf(all.map((marks) => marks[at].y))?.mean ?? null,
    }));
  };
}

function sentence(label: string, points: readonly PointRuns[]): string {
  const shares = CAUSES.map((cause) => ({
    name: CAUSE_NAMES[cause],
    share: meanOf(points.map((point) => waitFor(point, cause)))?.mean ?? 0,
  }));
  const sum = shares.reduce((all, { share }) => all + share, 0);
  const named = shares
    .filter(({ share }) => share >= LEAST)
    .sort((one, other) => other.share - one.share)
    .map(({ name, share }) => `${percent(share)} ${name}`);
  const parts = named.length > 0 ? `: ${named.join(', ')}` : '';
  return `In the mean of all its runs, nodes of ${label} wait ${percent(sum)} of the time${parts}.`;
}

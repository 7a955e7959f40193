/** A study of anything: what it measured, over the first axis with numbers. */
import { bars } from '../charts/bars.ts';
import { lines } from '../charts/lines.ts';
import type { Analyse } from '../section.ts';
import { wordsOf } from '../words.ts';
import {
  contests,
  countOf,
  figure,
  meanMark,
  outcomeOf,
  pointsOf,
  protocolOf,
  protocolsIn,
} from './shared.ts';
import { meanAt } from '../seed-means.ts';

const MOST_VIEWS = 8;

export const anyStudy: Analyse = (runs, study) => {
  const points = pointsOf(runs);
  const axes = Object.keys(points[0]?.cells ?? {}).filter((name) => name !== 'protocol');
  const first = axes.find((name) => points.every(({ cells }) => typeof cells[name] === 'number'));
  const others = axes.filter((name) => name !== first);
  const views = study.measure.slice(0, MOST_VIEWS).map((path) => {
    const marks = points.flatMap((point) =>
      meanMark(point, path, {
        x: first === undefined ? protocolOf(point) : Number(point.cells[first]),
        series: protocolOf(point),
        panel: others
          .map((name) => `${wordsOf(name).title} ${String(point.cells[name])}`)
          .join(', '),
      }),
    );
    const draw = first === undefined ? bars : lines;
    const { title } = wordsOf(path);
    return { label: title, spec: draw(marks, wordsOf(first ?? 'protocol'), wordsOf(path)) };
  });
  const [path] = study.measure;
  const labels = protocolsIn(points, study);
  const findings = labels.slice(1).flatMap((rival) => {
    const pairs = contests(points).flatMap((group) => {
      const [mine, other] = [labels[0], rival].map((label) => {
        const point = group.find((one) => protocolOf(one) === label);
        return point ? meanAt(point, path)?.mean : undefined;
      });
      return mine === undefined || other === undefined ? [] : [{ mine, other }];
    });
    if (pairs.length === 0) return [];
    const by = (kind: ReturnType<typeof outcomeOf>) =>
      countOf(pairs.filter(({ mine, other }) => outcomeOf(mine, other, figure) === kind).length);
    const ratios = pairs.map(({ mine, other }) => mine / other).filter(Number.isFinite);
    const range =
      ratios.length > 0
        ? `, from ${figure(Math.min(...ratios))} to ${figure(Math.max(...ratios))} times`
        : '';
    return [
      `The ${wordsOf(path).title} of ${labels[0]} is less than that of ${rival} in ${by('less')} of ${pairs.length} cases, the same in ${by('tie')} and more in ${by('more')}${range}.`,
    ];
  });
  return { charts: [{ id: 'measures', title: 'What was measured', views }], findings };
};

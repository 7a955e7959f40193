/** A study of anything: what it measured, over the first axis with numbers. */
import { bars, lines } from '../charts.ts';
import type { Analyse } from '../section.ts';
import { contests, figure, meanMark, pointsOf, protocolOf, protocolsIn } from './shared.ts';
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
        panel: others.map((name) => `${name} ${String(point.cells[name])}`).join(', '),
      }),
    );
    const draw = first === undefined ? bars : lines;
    return {
      label: path,
      spec: draw(marks, { title: first ?? 'protocol' }, { title: path, format: '~g' }),
    };
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
    const less = pairs.filter(({ mine, other }) => mine < other).length;
    const ratios = pairs.map(({ mine, other }) => mine / other).filter(Number.isFinite);
    const range =
      ratios.length > 0
        ? `, from ${figure(Math.min(...ratios))} to ${figure(Math.max(...ratios))} times`
        : '';
    return [
      `${path} of ${labels[0]} is less than that of ${rival} in ${less} of ${pairs.length} cases${range}.`,
    ];
  });
  return { charts: [{ id: 'measures', title: 'What was measured', views }], findings };
};

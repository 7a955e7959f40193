/** A section of a report from the folder of one run. */
import { formatCounted } from '../../engine/format.ts';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { CAUSE_PARTS, stacked, STATE_PARTS, STATES } from '../../reports/studies/charts/bars.ts';
import { lines } from '../../reports/studies/charts/lines.ts';
import type { Mark } from '../../reports/studies/charts/parts.ts';
import { CAUSE_NAMES, CAUSES } from '../../reports/explanation/cause-names.ts';
import { ganttCharts } from '../../reports/studies/run/gantt.ts';
import { recoveryCharts, recoveryTexts } from '../../reports/studies/run/recovery.ts';
import type { Row } from '../../reports/studies/run/rows.ts';
import type { Chart } from '../../reports/studies/section.ts';
import type { SummaryFile } from '../output/results.ts';
import type { Section } from './page/document.ts';

export function isRunFolder(folder: string): boolean {
  return existsSync(join(folder, 'summary.json'));
}

export function runSection(folder: string): Section {
  const summary = JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as SummaryFile;
  const { runs, scenario, program, node } = summary;
  const text = readFileSync(join(folder, 'iterations.csv'), 'utf8');
  const rows = rowsIn(folder, 'iterations.csv');
  const recovery = {
    ...{ iterations: rows, events: rowsIn(folder, 'events.csv') },
    faults: rowsIn(folder, 'faults.csv'),
  };
  const shares = runs.flatMap(({ label, accountingByRole }) =>
    Object.entries(accountingByRole).flatMap(([role, account]) =>
      STATES.map((state): Mark => ({
        x: `${label}: ${role}`,
        series: state,
        y: account[state].mean,
      })),
    ),
  );
  const waits = [...runs].sort((one, two) => one.waiting.mean - two.waiting.mean);
  const worded = waits.map(({ label, waiting }) => `${label} ${(100 * waiting.mean).toFixed(1)} %`);
  return {
    name: scenario,
    question: `Where did the time of ${scenario} go?`,
    setUp: [
      `program ${program}, Node ${node}`,
      ...runs.map(
        ({ label, nodes, seed, digest }) =>
          `${label}: ${formatCounted(nodes, 'node')}, seed ${seed}, digest ${digest}`,
      ),
    ],
    charts: [
      {
        id: 'shares',
        title: 'Time of each role, mean of its nodes',
        views: [{ label: 'states', spec: stacked(shares, { title: 'role' }, STATE_PARTS) }],
      },
      ...causesChart(runs),
      ...ganttCharts(rowsIn(folder, 'tasks.csv'), rowsIn(folder, 'messages.csv')),
      ...recoveryCharts(recovery),
      ...lossChart(rows),
    ],
    findings: [
      `Share of time that nodes wait, least first: ${worded.join(', ')}.`,
      ...recoveryTexts(recovery),
    ],
    table: parse(text) as string[][],
    csv: { name: 'iterations.csv', text },
  };
}

/** None where the run has no such file. */
function rowsIn(folder: string, name: string): Row[] {
  const path = join(folder, name);
  return existsSync(path) ? parse(readFileSync(path), { columns: true }) : [];
}

/** None where no run was explained. */
function causesChart(runs: SummaryFile['runs']): Chart[] {
  const marks = runs.flatMap(({ label, waitingByCause }) =>
    CAUSES.flatMap((cause): Mark[] => {
      const share = waitingByCause?.[cause].mean;
      return share === undefined ? [] : [{ x: label, series: CAUSE_NAMES[cause], y: share }];
    }),
  );
  if (marks.length === 0) return [];
  const spec = stacked(marks, { title: 'protocol' }, CAUSE_PARTS);
  const title = 'Why nodes wait, mean of all nodes';
  return [{ id: 'causes', title, views: [{ label: 'causes', spec }] }];
}

/** None where nothing was learned. */
function lossChart(rows: readonly Row[]): Chart[] {
  const known = rows.filter((row) => row['loss'] !== '');
  if (known.length === 0) return [];
  const seconds = Object.keys(rows[0]).find((name) => name.endsWith('EndSeconds'))!;
  const columns = {
    iterations: 'iteration',
    samples: 'cumulativeSamples',
    [seconds.startsWith('measured') ? 'measured time (s)' : 'modelled time (s)']: seconds,
  };
  const views = Object.entries(columns).map(([label, column]) => {
    const marks = known.map((row): Mark => ({
      ...{ x: Number(row[column]), y: Number(row['loss']), series: row['protocol'] },
    }));
    return { label, spec: lines(marks, { title: label }, { title: 'training loss' }) };
  });
  return [{ id: 'losses', title: 'Training loss', views }];
}

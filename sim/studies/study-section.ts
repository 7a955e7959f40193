/** A section of a report from the folder of a study. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { analyse } from '../../reports/studies/analyse.ts';
import type { StudyRun } from '../../reports/studies/run-outcome.ts';
import { listed, wordsOf } from '../../reports/studies/words.ts';
import { studyColumns, studyCsv } from '../../reports/studies/study-table.ts';
import { readJournals } from './journal.ts';
import type { Section } from './page/document.ts';
import type { StudyFile } from './study-folder.ts';

/** Whether the folder is that of a study that has ended, or been interrupted. */
export function isStudyFolder(folder: string): boolean {
  return existsSync(join(folder, 'study.json'));
}

/** The section, made from the journals; the same numbers as in results.csv. */
export function studySection(folder: string): Section {
  const file = JSON.parse(readFileSync(join(folder, 'study.json'), 'utf8')) as StudyFile;
  const { study, points, runs: count, program, node } = file;
  const outcomes = readJournals(folder);
  const runs = points.flatMap(({ key, cells, seed }): StudyRun[] => {
    const outcome = outcomes.get(key);
    return outcome ? [{ cells, seed, outcome }] : [];
  });
  const search = study.search?.called ?? null;
  const text = studyCsv(runs, studyColumns(runs, study.measure, search));
  const { charts, findings } = analyse(runs, study);
  const base = JSON.stringify(study.base);
  return {
    name: study.name,
    question: study.question ?? questionOf(study, points),
    setUp: [
      `${runs.length} of ${count} runs, program ${program}, Node ${node}`,
      `varied: ${Object.keys(points[0]?.cells ?? {}).join(', ')}; seeds ${[...new Set(points.map(({ seed }) => seed))].join(', ')}`,
      `base: ${base}`,
    ],
    charts,
    findings,
    table: parse(text) as string[][],
    csv: { name: `${study.name}.csv`, text },
  };
}

/** What a study asks whose author did not say: what it measures first, over what it varies. */
function questionOf({ measure }: StudyFile['study'], points: StudyFile['points']): string {
  const valuesOf = (axis: string) => [...new Set(points.map(({ cells }) => String(cells[axis])))];
  const axes = Object.keys(points[0]?.cells ?? {}).filter((axis) => axis !== 'protocol');
  const varied = axes.filter((axis) => valuesOf(axis).length > 1);
  const over = varied.map((axis) => wordsOf(axis).title);
  const what = `${wordsOf(measure[0]).title} of ${listed(valuesOf('protocol'))}`;
  return over.length > 0
    ? `How does the ${what} change with ${listed(over)}?`
    : `What is the ${what}?`;
}

/** The results of a study as one table, a row a run: what results.csv and results.parquet hold. */
import { stringify } from 'csv-stringify/sync';
import { numberAt } from '../check.ts';
import { CAUSES } from '../explanation/cause-names.ts';
import type { Cell, RunOutcome, StudyRun } from './run-outcome.ts';

export interface StudyColumn {
  readonly name: string;
  cell(run: StudyRun): Cell;
}

/** Columns of a search, present where the study has one. */
const SEARCH: readonly [string, (outcome: RunOutcome) => Cell][] = [
  ['parameters', ({ found }) => found?.parameters ?? null],
  ['isOpen', ({ found }) => found?.isOpen ?? null],
  ['limitNode', ({ found }) => found?.limitNode ?? null],
  ['limitRole', ({ found }) => found?.limitRole ?? null],
  ['limitItem', ({ found }) => found?.limitItem ?? null],
  ['limit', ({ found }) => found?.limit ?? null],
];

/** The figure of a run at a path of its summary; null where it has none. */
export function measured({ outcome }: StudyRun, path: string): number | null {
  return outcome.summary && numberAt(outcome.summary, path);
}

/** How a run ended: as its summary says, or 'refused'. */
export function endOf({ outcome }: StudyRun): string {
  return outcome.summary?.outcome ?? 'refused';
}

/** Why nodes waited, of every study whose runs were explained. */
function causePaths(runs: readonly StudyRun[], measures: readonly string[]): string[] {
  if (!runs.some(({ outcome }) => outcome.summary?.waitingByCause)) return [];
  const paths = CAUSES.map((cause) => `waitingByCause.${cause}.mean`);
  return paths.filter((path) => !measures.includes(path));
}

/**
 * The columns of a study: its axes, the seed, what a search found, what is measured, and what names the run.
 * @param search what the number of a search is called; null without one
 */
export function studyColumns(
  runs: readonly StudyRun[],
  measures: readonly string[],
  search: string | null,
): StudyColumn[] {
  const axes = [...new Set(runs.flatMap(({ cells }) => Object.keys(cells)))];
  const column = (name: string, cell: (outcome: RunOutcome) => Cell): StudyColumn => ({
    name,
    cell: ({ outcome }) => cell(outcome),
  });
  const found =
    search === null
      ? []
      : [
          column(search, ({ found }) => found?.number ?? null),
          ...SEARCH.map(([name, cell]) => column(name, cell)),
        ];
  return [
    ...axes.map((name) => ({ name, cell: ({ cells }: StudyRun) => cells[name] ?? null })),
    { name: 'seed', cell: ({ seed }) => seed },
    ...found,
    ...[...measures, ...causePaths(runs, measures)].map((path) => ({
      name: path,
      cell: (run: StudyRun) => measured(run, path),
    })),
    { name: 'outcome', cell: endOf },
    column('failure', ({ summary, refused }) => refused ?? summary?.failure ?? null),
    column('digest', ({ summary }) => summary?.digest ?? null),
    column('numbersDigest', ({ summary }) => summary?.numbersDigest ?? null),
    column('key', ({ key }) => key),
    column('program', ({ program }) => program),
    column('node', ({ node }) => node),
  ];
}

/** CSV text with a header row. A text that a spreadsheet would take for a formula begins with an apostrophe. */
export function studyCsv(runs: readonly StudyRun[], columns: readonly StudyColumn[]): string {
  const rows = runs.map((run) => columns.map(({ cell }) => plain(cell(run))));
  return stringify([columns.map(({ name }) => name), ...rows], { escape_formulas: true });
}

function plain(cell: Cell): string | number | null {
  return typeof cell === 'boolean' ? String(cell) : cell;
}

/** A table of a study as a Parquet file: numbers where all of a column are, else texts; what is missing is null. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { StudyRun } from '../../reports/studies/run-outcome.ts';
import type { StudyColumn } from '../../reports/studies/study-table.ts';

export function studyParquet(
  runs: readonly StudyRun[],
  columns: readonly StudyColumn[],
): Uint8Array {
  const columnData = columns.map(({ name, cell }) => {
    const cells = runs.map(cell);
    const present = cells.filter((value) => value !== null);
    const areNumbers = present.length > 0 && present.every((value) => typeof value === 'number');
    const data = cells.map((value) => (value === null || areNumbers ? value : String(value)));
    const type = areNumbers ? ('DOUBLE' as const) : ('STRING' as const);
    return { name, data, type, nullable: true };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

/** Rows of the CSV files of a run, as texts. Columns of times begin with the kind of their time. */
export type Row = Readonly<Record<string, string>>;

/** The number in the column whose name ends so; null where the cell is empty. */
export function timeIn(row: Row, ending: string): number | null {
  for (const kind of ['modelled', 'measured']) {
    const text = row[kind + ending];
    if (text !== undefined && text !== '') return Number(text);
  }
  return null;
}

/** The rows of each protocol, in their order. */
export function byProtocol(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const known = groups.get(row['protocol']);
    if (known) known.push(row);
    else groups.set(row['protocol'], [row]);
  }
  return groups;
}

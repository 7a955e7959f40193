/**
 * Traces of faults, such as those of spot instances: from a CSV file with the columns time, node and event, or from
 * the scenario itself; returned in order of time. Every complaint names the file, the line and the column.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CsvError } from 'csv-parse';
import { parse as parseCsv } from 'csv-parse/sync';
import type { TraceRow } from '../../scenarios/fault.ts';
import { BadInput } from './bad-input.ts';
import { nearest, show } from './show.ts';
import { isSpotTrace, spotRows } from './spot-trace.ts';
import { DIMENSIONS, type QuantityParser } from './schema/units.ts';

const COLUMNS = ['time', 'node', 'event'] as const;
type Column = (typeof COLUMNS)[number];

/** A line of the file that is neither empty nor a comment. */
interface Line {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** A row and its place, for messages. */
interface PlacedRow {
  readonly row: TraceRow<number>;
  readonly place: string;
}

/**
 * The rows in order of time.
 * @throws BadInput when a node is not there, crashes while it is down, or returns while it is up
 */
export function orderTrace(rows: readonly PlacedRow[], nodes: number): TraceRow<number>[] {
  const ordered = [...rows].sort((one, other) => one.row.time - other.row.time);
  const downSince = new Map<number, number>();
  for (const { row, place } of ordered) {
    const { node, time, event } = row;
    const since = downSince.get(node);
    if (node >= nodes)
      throw new BadInput(`${place}: node is ${node}; a node from 0 to ${nodes - 1} would be right`);
    if (event === 'crash' && since !== undefined)
      throw new BadInput(
        `${place}: node ${node} crashes, but has been down since ${since} s; ` +
          'a return before it would be right',
      );
    if (event === 'return' && since === undefined)
      throw new BadInput(
        `${place}: node ${node} returns, but is not down; a crash before it would be right`,
      );
    if (event === 'return' && time === since)
      throw new BadInput(
        `${place}: node ${node} returns at the moment of its crash; a later time would be right`,
      );
    if (event === 'crash') downSince.set(node, time);
    else downSince.delete(node);
  }
  return ordered.map(({ row }) => row);
}

/**
 * The rows of a trace file, as they stand in it.
 * @param path of the field that names the file, such as `faults[0].trace`
 * @param file as the field names it
 * @param folder what the file's name starts from
 * @throws BadInput when there is no such file, or something in it cannot be read
 */
export async function readTrace(
  path: string,
  file: string,
  folder: string,
  parse: QuantityParser,
): Promise<PlacedRow[]> {
  const text = await readFile(resolve(folder, file), 'utf8').catch(() => null);
  if (text === null)
    throw new BadInput(
      `${path} is ${show(file)}, which is no file in ${folder}; ` +
        'a CSV file with the columns time, node and event would be right',
    );
  const all = linesOf(text, `${path}: ${file}`);
  const placed = (line: Line) => `${path}: ${file}, line ${line.info.lines}`;
  if (all.length > 0 && isSpotTrace(all[0].record))
    return spotRows(all.map((line) => ({ record: line.record, place: placed(line) })));
  const [header, ...lines] = all;
  const order = header ? columnOrder(header, `${path}: ${file}`) : [];
  if (lines.length === 0)
    throw new BadInput(
      `${path}: ${file} has no rows; a line such as 12.5,3,crash below the line time,node,event would be right`,
    );
  return lines.map((line) => ({
    row: rowOf(line, order, `${path}: ${file}`, parse),
    place: placed(line),
  }));
}

function linesOf(text: string, where: string): Line[] {
  try {
    return parseCsv(text, {
      bom: true,
      trim: true,
      comment: '#',
      comment_no_infix: true,
      skip_empty_lines: true,
      // Counted here, where the missing or extra column can be named.
      relax_column_count: true,
      info: true,
    }) as unknown as Line[];
  } catch (error) {
    const { lines, column } = error as CsvError & { lines: number; column: number };
    throw new BadInput(
      `${where}, line ${lines}, column ${column + 1}: the quotes do not match; a field without quotes would be right`,
    );
  }
}

/** The column at each place of a line. */
function columnOrder({ record, info }: Line, where: string): Column[] {
  // A file that is no trace may hold anything, even a password: nothing of it is repeated.
  if (!record.some((name) => nearest(name, COLUMNS)))
    throw new BadInput(
      `${where}, line ${info.lines}: none of the columns time, node and event is there; ` +
        'a CSV file that begins with the line time,node,event would be right',
    );
  for (const [at, name] of record.entries()) {
    const place = `${where}, line ${info.lines}, column ${at + 1}`;
    if (!COLUMNS.includes(name as Column)) {
      const right = nearest(name, COLUMNS);
      const words = right ? `'${right}'` : 'time, node or event';
      throw new BadInput(
        `${place}: ${show(name)} is no column that is known; ${words} would be right`,
      );
    }
    if (record.indexOf(name) < at)
      throw new BadInput(`${place}: there are two columns ${show(name)}; one would be right`);
  }
  const missing = COLUMNS.find((column) => !record.includes(column));
  if (missing)
    throw new BadInput(
      `${where}, line ${info.lines}, column ${record.length + 1}: the column '${missing}' is missing; ` +
        'the line time,node,event would be right',
    );
  return record as Column[];
}

function rowOf(
  { record, info }: Line,
  order: readonly Column[],
  where: string,
  parse: QuantityParser,
): TraceRow<number> {
  const place = (at: number) => `${where}, line ${info.lines}, column ${at + 1}`;
  if (record.length !== order.length)
    throw new BadInput(
      `${place(Math.min(record.length, order.length))}: there are ${record.length} fields; ` +
        `${order.length} as in the first line would be right`,
    );
  const row = { time: 0, node: 0, event: 'crash' as TraceRow<number>['event'] };
  for (const [at, column] of order.entries()) {
    const field = record[at];
    const refuse = (right: string, fault: string | null = null): never => {
      const given = field === '' ? 'missing' : show(field);
      const which = fault && field !== '' ? `, which ${fault}` : '';
      throw new BadInput(`${place(at)}: ${column} is ${given}${which}; ${right} would be right`);
    };
    if (column === 'time') row.time = timeOf(field, parse, refuse);
    else if (column === 'node')
      row.node = /^\d{1,9}$/.test(field) ? Number(field) : refuse('a whole number from 0');
    else
      row.event = field === 'crash' || field === 'return' ? field : refuse("'crash' or 'return'");
  }
  return row;
}

/** A number of seconds, or a time with its unit. */
function timeOf(
  field: string,
  parse: QuantityParser,
  refuse: (right: string, fault: string | null) => never,
): number {
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(field);
  const value = number ? Number(field) : parse(field, 'time');
  const right = `${DIMENSIONS.time.example} not below 0`;
  if (typeof value === 'string') return refuse(right, value);
  return value >= 0 && Number.isFinite(value) ? value : refuse(right, null);
}

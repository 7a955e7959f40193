/** The ledger as a document and as CSV. */
import type { HeldCell, HeldTable } from './entries.ts';

const HEAD = `# Ledger: predictions against what people measured

Made by \`npm run ledger\` from the tables in \`scenarios/published/\`; a test holds this page to what the program says. An error is
predicted over published, less 1. A constant that was fitted is named, at most one a source, and a cell that it was fitted to says
nothing. Rates are those of the steady window.
`;

/** Whether it is as near as its table is held to; a run that failed is not. */
export function holds({ error }: HeldCell, within: number): boolean {
  return error !== null && Math.abs(error) <= within;
}

/** Without cells that a constant was fitted to, and failed ones: mean and largest error, regardless of sign. */
export function spreadOf(cells: readonly HeldCell[]): { mean: number; worst: number } | null {
  const errors = cells.flatMap(({ cell, error }) =>
    error === null || cell.fitted ? [] : [Math.abs(error)],
  );
  if (errors.length === 0) return null;
  const sum = errors.reduce((total, one) => total + one, 0);
  return { mean: sum / errors.length, worst: Math.max(...errors) };
}

export function ledgerDocument(tables: readonly HeldTable[]): string {
  const rows = tables.map(({ name, table, cells }) => {
    const spread = spreadOf(cells);
    const held = cells.filter((cell) => holds(cell, table.within)).length;
    return [
      `[${name}](#${name})`,
      `${cells.length}`,
      spread ? percent(spread.mean) : '-',
      spread ? percent(spread.worst) : '-',
      percent(table.within),
      held === cells.length ? 'yes' : `${held} of ${cells.length}`,
      table.fitted === null ? 'nothing' : 'one constant',
    ];
  });
  const head = ['table', 'cells', 'mean error', 'worst', 'held to', 'holds', 'fitted'];
  return [HEAD, grid([head, ...rows]), ...tables.map(section)].join('\n');
}

/** The part of the document about one table. */
export function section({ name, table, cells }: HeldTable): string {
  const rows = cells.map((held) => [
    held.cell.name,
    held.predicted === null ? '-' : figure(held.predicted),
    `${held.cell.published}`,
    held.error === null ? '-' : signed(held.error),
    held.cell.fitted ? 'fitted' : '',
    remark(held, table.within),
  ]);
  return [
    `## ${name}\n`,
    `${table.source}. ${table.setUp}. In ${table.unit}.\n`,
    'Assumed:\n',
    ...table.assumed.map((sentence) => `- ${sentence}`),
    '',
    `Fitted: ${table.fitted ?? 'nothing'}. Held to ${percent(table.within)}.\n`,
    grid([['cell', 'predicted', 'published', 'error', 'fitted', 'remark'], ...rows]),
  ].join('\n');
}

function remark({ cell, failure, ...held }: HeldCell, within: number): string {
  if (failure !== null) return `failed: ${failure}`;
  if (cell.fitted || holds({ cell, failure, ...held }, within)) return '';
  return `misses${cell.why ? `: ${cell.why}` : ''}`;
}

export function ledgerCsv(tables: readonly HeldTable[]): string {
  const head = ['table', 'cell', 'predicted', 'published', 'error', 'fitted', 'within', 'holds'];
  const rows = tables.flatMap(({ name, table, cells }) =>
    cells.map((held) => [
      ...[name, held.cell.name],
      ...[held.predicted, held.cell.published, held.error].map((value) => value ?? ''),
      ...[held.cell.fitted === true, table.within, holds(held, table.within)],
    ]),
  );
  const quote = (value: unknown) => {
    const text = String(value);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `${[head, ...rows].map((row) => row.map(quote).join(',')).join('\n')}\n`;
}

function grid([head, ...rows]: readonly string[][]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => row[at].length)));
  const padded = [head, widths.map((width) => '-'.repeat(width)), ...rows].map((row) =>
    line(row.map((cell, at) => cell.padEnd(widths[at]))),
  );
  return `${padded.join('\n')}\n`;
}

/** Four digits say more than any published table does. */
function figure(value: number): string {
  return Number(value.toPrecision(4)).toString();
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}

function signed(fraction: number): string {
  return `${fraction < 0 ? '-' : '+'}${percent(Math.abs(fraction))}`;
}

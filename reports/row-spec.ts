/** How a row of the table gets its cells from summaries: a word, a figure, or an amount. */
import type { Summary } from './summary.ts';

/** Digits of times, which are compared between columns: one more than elsewhere. */
export const TIME_DIGITS = 4;

export interface RowSpec {
  readonly label: string;
  /** A figure of one summary as text; null when this run has none. */
  cell(summary: Summary): string | null;
  /** Whether this run has nothing to count: a row without anything is left out. */
  isNothing?(summary: Summary): boolean;
}

type Value = (summary: Summary) => number | null | undefined;

export function word(label: string, cell: RowSpec['cell']): RowSpec {
  return { label, cell };
}

/** A number whose 0 means something, such as a loss. */
export function figure(label: string, of: Value, format: (value: number) => string): RowSpec {
  return {
    label,
    cell: (summary) => {
      const value = of(summary);
      return value === null || value === undefined ? null : format(value);
    },
  };
}

/** A number whose 0 means that there was none. */
export function amount(label: string, of: Value, format: (value: number) => string): RowSpec {
  return { ...figure(label, of, format), isNothing: (summary) => !of(summary) };
}

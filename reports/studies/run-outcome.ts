/** What a run of a study left, as plain data: it crosses threads, and is a line of the journal. */
import type { Summary } from '../summary.ts';

/** Losses of a run over time, thinned out. Equally long lists. */
export interface Curve {
  readonly iterations: number[];
  readonly samples: number[];
  readonly seconds: number[];
  readonly losses: (number | null)[];
}

/** Where a search ended. */
export interface Found {
  /** The largest number that still ended well; null where not even the first did. */
  readonly number: number | null;
  /** Parameters of the model then. */
  readonly parameters: number | null;
  /** Whether the end of the search was reached, so that the truth may be larger. */
  readonly isOpen: boolean;
  /** What stopped the next one: the sentence, and where memory did, the node, its role and the largest item. */
  readonly limit: string | null;
  readonly limitNode: number | null;
  readonly limitRole: string | null;
  readonly limitItem: string | null;
}

export interface RunOutcome {
  readonly key: string;
  /** Null where nothing ran. */
  readonly summary: Summary | null;
  /** Why it could not be run; null where it was. */
  readonly refused: string | null;
  readonly curve: Curve | null;
  readonly found: Found | null;
  readonly program: string;
  readonly node: string;
}

/** What a table shows of a value. */
export type Cell = string | number | boolean | null;

/** A run of a study with the values of its axes. */
export interface StudyRun {
  readonly cells: Readonly<Record<string, Cell>>;
  readonly seed: number;
  readonly outcome: RunOutcome;
}

/** What a study says, as people write it; docs/study.md explains each field. */
import type { Scenario } from './scenario.ts';

/** Fields of the scenario by their path, such as 'cluster.nodes', each with a value. */
export type Settings = Record<string, unknown>;

/** A value of an axis that has a name and sets several fields. */
export interface Variant {
  called: string;
  set: Settings;
}

/** Numbers from one to another: each `by` more than the one before, or so many `times` as much. */
export interface Range {
  from: number;
  to: number;
  by?: number;
  times?: number;
}

export type Values = readonly unknown[] | Range;

/**
 * The largest whole number with which a run still ends well, found by bisection. In the scenario and in what varies,
 * `'$'` stands for it, and `{ times: '$', of: value }` in a list for the value so many times.
 */
export interface Search {
  called: string;
  from: number;
  to: number;
}

/** Which pictures and sentences a report makes of it. */
export type Experiment = 'idle' | 'progress' | 'scaling' | 'resilience' | 'capacity';

export interface Study {
  name: string;
  /** What it is to answer, in one sentence. */
  question?: string;
  experiment?: Experiment;
  /** Label of the protocol that the report compares with all others; the first one when left out. */
  subject?: string;
  base: Scenario;
  /** Each field takes each of its values, crossed with all others. A protocol is a field too: `protocol`. */
  vary?: Record<string, Values>;
  /** Lists of equal length: the first values belong together, the second ones, and so on. */
  paired?: Record<string, readonly unknown[]>;
  /** Seeds: so many from the scenario's own on, or these. Default: that one. */
  repeat?: number | readonly number[];
  /** Paths of figures in summary.json. */
  measure?: readonly string[];
  /** Keep the losses of every run, for pictures of them. */
  curves?: boolean;
  search?: Search;
  /** What `--small` replaces. */
  small?: Partial<Omit<Study, 'name' | 'small'>>;
}

/** Types a study while it is written; returns it unchanged. Validation comes when it is run. */
export function defineStudy(study: Study): Study {
  return study;
}

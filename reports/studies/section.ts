/** One experiment in a report: its question, pictures, sentences and table. Plain data, drawn elsewhere. */
import type { ResolvedStudyInfo } from './study-info.ts';
import type { StudyRun } from './run-outcome.ts';

/** A picture as a Vega-Lite specification; several views of one picture can be switched. */
export interface Chart {
  readonly id: string;
  readonly title: string;
  readonly views: readonly { readonly label: string; readonly spec: object }[];
}

/** What an experiment makes of its runs. */
export interface Analysis {
  readonly charts: readonly Chart[];
  /** Sentences computed from the numbers. */
  readonly findings: readonly string[];
}

export type Analyse = (runs: readonly StudyRun[], study: ResolvedStudyInfo) => Analysis;

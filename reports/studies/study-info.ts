/** What a report is told of a study. */

export interface ResolvedStudyInfo {
  readonly name: string;
  readonly question?: string;
  readonly experiment?: string;
  readonly subject?: string;
  readonly base: Readonly<Record<string, unknown>>;
  readonly measure: readonly string[];
  readonly search?: { readonly called: string };
}

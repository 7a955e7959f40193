/**
 * Labelled samples, held once in memory that threads may share. Features are bytes scaled by `featureScale`,
 * which keeps 10,000 digits at 8 MB; the learner turns the rows of a micro-batch into elements.
 */
export interface Dataset {
  readonly name: string;
  readonly features: Uint8Array;
  readonly labels: Uint8Array;
  readonly featureCount: number;
  readonly classes: number;
  /** Multiplies a feature byte to give the input of the model, such as 1/255. */
  readonly featureScale: number;
}

/** Training and held-out samples of a run. */
export interface DataSplit {
  readonly train: Dataset;
  readonly test: Dataset;
}

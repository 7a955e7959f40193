/**
 * The rate of a run once pipelines are full and before they drain: what published tables give. The first and the last
 * tenth of the iterations are left out, at least one each, and the summary says how long they were.
 */
import type { ReportInput } from './report-input.ts';
import type { Steady } from './summary.ts';

type Ended = Pick<ReportInput, 'nominal'> & {
  readonly training: Pick<ReportInput['training'], 'iterations'>;
  readonly run: Pick<ReportInput['run'], 'timeNs'>;
};

/** Null with fewer than three iterations: none is left between the first and the last. */
export function steadyOf({ training, run, nominal }: Ended): Steady | null {
  const rows = training.iterations;
  const leftOut = Math.max(1, Math.ceil(rows.length / 10));
  const iterations = rows.length - 2 * leftOut;
  if (iterations < 1) return null;
  const begin = rows[leftOut - 1];
  const end = rows[rows.length - 1 - leftOut];
  const seconds = (end.timeNs - begin.timeNs) / 1e9;
  if (seconds <= 0) return null;
  const samplesPerSecond = (end.samples - begin.samples) / seconds;
  return {
    iterations,
    samplesPerSecond,
    warmUpSeconds: begin.timeNs / 1e9,
    drainSeconds: (run.timeNs - end.timeNs) / 1e9,
    speedUp: nominal ? samplesPerSecond / nominal.samplesPerSecondAlone : null,
    flopUtilisation: nominal
      ? (samplesPerSecond * nominal.flopsPerSample) / nominal.flopsPerSecond
      : null,
  };
}

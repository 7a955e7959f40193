/** Which pictures and sentences belong to which experiment. */
import { anyStudy } from './experiments/any.ts';
import { capacity } from './experiments/capacity.ts';
import { idle } from './experiments/idle.ts';
import { progress } from './experiments/progress.ts';
import { resilience } from './experiments/resilience.ts';
import { scaling } from './experiments/scaling.ts';
import { why } from './why.ts';
import type { Analyse, Analysis } from './section.ts';

const EXPERIMENTS: Readonly<Record<string, Analyse>> = {
  ...{ idle, progress, scaling, resilience, capacity },
};

/** The pictures and sentences of a study; none without runs. */
export const analyse: Analyse = (runs, study): Analysis => {
  if (runs.length === 0) return { charts: [], findings: [] };
  const analyses = [EXPERIMENTS[study.experiment ?? ''] ?? anyStudy, why];
  const found = analyses.map((analyse) => analyse(runs, study));
  return {
    charts: found.flatMap(({ charts }) => charts),
    findings: found.flatMap(({ findings }) => findings),
  };
};

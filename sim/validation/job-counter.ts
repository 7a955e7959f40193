/** What the jobs of a node that trains alone take: gradients, updates, and the gaps between them. */
import type { DataSplit } from '../../models/spec/data.ts';
import { simulate } from '../assemble.ts';
import type { ResolvedScenario } from '../scenario/resolved.ts';
import type { TraceEntry } from '../worlds/board.ts';

export interface CountedJobs {
  readonly gradientFlops: number;
  readonly updateFlops: number;
  /** Medians, without the first fifth: code is slow until it has run for a while. */
  readonly gradientNs: number;
  readonly updateNs: number;
  readonly gapNs: number;
}

/** The first word of a job's name says what it is. */
const [GRADIENT, UPDATE] = ['gradient', 'update'];

export function jobCounter(scenario: ResolvedScenario, data: DataSplit | null) {
  const jobs: (TraceEntry & { kind: 'job' })[] = [];
  return {
    heard(entries: readonly TraceEntry[]): void {
      for (const entry of entries) if (entry.kind === 'job') jobs.push(entry);
    },
    counted(): CountedJobs {
      const settled = jobs.slice(Math.floor(jobs.length / 5));
      const length = (word: string): number =>
        median(settled.filter(({ name }) => name.startsWith(word)).map(lengthNs));
      const gaps = settled.slice(1).map(({ startNs }, at) => startNs - settled[at].endNs);
      const times = { gradientNs: length(GRADIENT), updateNs: length(UPDATE) };
      return { ...flopsOf(scenario, data), ...times, gapNs: median(gaps) };
    },
  };
}

/** What the same jobs are said to cost. */
function flopsOf(scenario: ResolvedScenario, data: DataSplit | null) {
  const flops = new Map<string, number>();
  const jobStarted = (_node: number, job: { name: string; flops: number }): void =>
    void flops.set(job.name.split(' ')[0], job.flops);
  const { simulation } = simulate(scenario, 0, data, { observers: [{ jobStarted }] });
  while (simulation.run(10_000));
  return { gradientFlops: flops.get(GRADIENT) ?? 0, updateFlops: flops.get(UPDATE) ?? 0 };
}

function lengthNs({ startNs, endNs }: { startNs: number; endNs: number }): number {
  return endNs - startNs;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted.length === 0 ? NaN : sorted[Math.floor(sorted.length / 2)];
}

/** How far a study is, in one line. */
import { formatWait } from '../../engine/format.ts';
import type { RunOutcome } from '../../reports/studies/run-outcome.ts';
import { progressBar } from '../ui/bars.ts';
import type { Job } from './jobs.ts';

const BAR_CELLS = 24;

export class StudyProgress {
  private readonly name: string;
  private readonly count: number;
  private readonly weight: number;
  private readonly startMs: number;
  private doneWeight = 0;
  private done = 0;
  private running = 0;
  failed = 0;
  refused = 0;
  broken = 0;

  /** @param startMs the clock's present time */
  constructor(name: string, jobs: readonly Job[], startMs: number) {
    this.name = name;
    this.count = jobs.length;
    this.weight = jobs.reduce((sum, { weight }) => sum + weight, 0);
    this.startMs = startMs;
  }

  began(): void {
    this.running++;
  }

  ended({ weight }: Job, outcome: RunOutcome | null): void {
    this.running--;
    this.done++;
    this.doneWeight += weight;
    if (outcome === null) this.broken++;
    else if (outcome.summary === null) this.refused++;
    else if (outcome.summary.outcome === 'failed') this.failed++;
  }

  line(nowMs: number): string {
    const { name, count, done, running, failed, refused, broken } = this;
    const byWeight = this.weight > 0 ? this.doneWeight / this.weight : 1;
    const fraction = count === 0 ? 1 : (byWeight + done / count) / 2;
    const { done: full, left } = progressBar(fraction, BAR_CELLS);
    const leftSeconds = ((nowMs - this.startMs) / 1000 / fraction) * (1 - fraction);
    const wait = done > 0 && done < count ? `, ${formatWait(leftSeconds)} left` : '';
    const counts = { running, failed, refused, broken };
    const others = Object.entries(counts).flatMap(([word, many]) =>
      many > 0 ? [`, ${many} ${word}`] : [],
    );
    return `${name} ${full}${left} ${done}/${count} runs${others.join('')}${wait}`;
  }
}

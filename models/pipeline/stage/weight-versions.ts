/** The versions of the weights of one stage: which each pass takes, and which are held beside the newest (PROTOCOLS B). */
import type { Pass } from '../../costs/segment-costs.ts';
import { NOTES } from '../../spec/notes.ts';
import type { VersionRule } from '../modes/mode.ts';
import type { StageJob } from './stage-job.ts';
import type { StageSite } from './stage-site.ts';

export class WeightVersions {
  readonly rule: VersionRule;
  private readonly site: StageSite;

  constructor(site: StageSite) {
    this.site = site;
    this.rule = site.work.mode.newRule(site.work.microBatches);
  }

  /** The version that a pass takes which begins after so many updates, of the micro-batch of that number. */
  taken(pass: Pass, number: number, updates: number): number {
    if (pass === 'update') return updates;
    return pass === 'forward'
      ? this.rule.forward(number, updates)
      : this.rule.backward(number, updates);
  }

  /** The gradient of a micro-batch is in the sum. */
  gradientAdded(number: number, updates: number): void {
    const unused = this.rule.ended(number, updates);
    if (unused === null) return;
    this.site.memory.versionDropped();
    this.site.numerics?.drop(unused);
  }

  updateBegins(job: StageJob): void {
    if (!this.rule.keeps(job.version)) return;
    job.keeps = true;
    this.site.memory.versionKept();
  }

  updated({ version }: StageJob): void {
    const age = this.rule.age(version);
    if (age !== null) this.site.world.note(NOTES.staleness, age);
  }
}

/**
 * What the two ends of the line do beside their passes: the first stage sends labels to the last, which finds the loss and
 * tells it (PROTOCOLS A.2).
 */
import { Labels } from './labels.ts';
import { taskOf, type StageJob, type Task } from './stage-job.ts';
import type { StageSender } from './stage-sender.ts';
import { placeOf } from '../placement.ts';
import type { StageSite } from './stage-site.ts';

/** Who gets the losses at the first stage. */
interface Losses {
  addLoss(iteration: number, microBatch: number, lossSum: number | null): void;
}

export class LineEnds {
  private readonly labels = new Labels();
  private readonly site: StageSite;
  private readonly sender: StageSender;
  private readonly losses: Losses;
  /** Whether others need the gradient of the loss before this stage begins its own backward. */
  private readonly isShared: boolean;

  constructor(site: StageSite, sender: StageSender, losses: Losses) {
    this.site = site;
    this.sender = sender;
    this.losses = losses;
    this.isShared = site.share.costs.slice !== null;
  }

  /** Whether a forward waits for its labels. */
  get missing(): boolean {
    return this.labels.missing;
  }

  /** The first stage begins a micro-batch. Returns the backward that its labels release here, if any. */
  injected({ iteration, microBatch }: Task): Task | null {
    const { work, numerics } = this.site;
    const { batch, microBatches } = work.training;
    const labels = numerics?.labels(iteration, microBatch) ?? null;
    if (this.sender.last) return this.labelled(taskOf(iteration, microBatch, null, labels));
    this.sender.label(iteration, microBatch, labels, batch / microBatches);
    return null;
  }

  /** Labels came; returns the backward they release, if any. */
  labelled(task: Task): Task | null {
    return this.released(this.labels.label(task));
  }

  /** The last forward of a micro-batch is done; returns the backward it releases, if any. */
  forwarded({ iteration, microBatch, carry }: StageJob): Task | null {
    return this.released(this.labels.forward(taskOf(iteration, microBatch, carry)));
  }

  /** A backward is done: at the last stage the loss is known now, at the latest. */
  backwardDone(job: StageJob): void {
    if (this.sender.last && !this.isShared) this.report(job, job.lossSum);
  }

  private released(backward: Task | null): Task | null {
    if (backward === null || !this.isShared) return backward;
    const { iteration, microBatch, carry, labels } = backward;
    const found = this.site.numerics?.loss(carry!, labels!) ?? { lossSum: null, carry: null };
    this.report(backward, found.lossSum);
    return taskOf(iteration, microBatch, found.carry);
  }

  private report({ iteration, microBatch }: Task, lossSum: number | null): void {
    const { work, placement, position } = this.site;
    const number = work.firstMicroBatch(placeOf(placement, position).copy) + microBatch;
    if (position === 0) this.losses.addLoss(iteration, number, lossSum);
    else this.sender.loss(iteration, number, lossSum);
  }
}

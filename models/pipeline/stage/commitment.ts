/**
 * When the updates of one stage are final (PROTOCOLS A.4, C). Its state is that of the newest update. At the first
 * stage an update is final once its iteration has been reported. From then on the gate is shut until the replicas
 * have the step.
 */
import type { FloatArray } from '../../learning/float-array.ts';
import { NOTES, publishes } from '../../spec/notes.ts';
import { ReplicaGate } from '../../replication/replica-gate.ts';
import { Losses } from './losses.ts';
import { placeOf } from '../placement.ts';
import { Versions } from './versions.ts';
import type { StageHooks, StageSite } from './stage-site.ts';
import type { StageJob } from './stage-job.ts';

export class Commitment {
  readonly state: Versions;
  readonly gate: ReplicaGate;
  private readonly site: StageSite;
  private readonly hooks: StageHooks;
  /** At the first stage of the first copy only. */
  private readonly losses: Losses | null;
  private version: number;
  /** The gradient of an update whose iteration is not reported yet. */
  private uncommitted: { gradient: FloatArray | null } | null = null;

  constructor(site: StageSite, hooks: StageHooks) {
    const { world, work, placement, position, numerics, version, replicas } = site;
    this.site = site;
    this.hooks = hooks;
    this.version = version;
    this.state = new Versions(position, version, numerics);
    this.gate = new ReplicaGate(replicas, version);
    this.losses =
      position > 0
        ? null
        : new Losses(work.training, version, (name, note) =>
            world.note(name, { ...note, epoch: placement.epoch }),
          );
  }

  /** Whether so many iterations are reported, if that is for this stage to do. */
  hasReported(iterations: number): boolean {
    return this.losses === null || this.losses.iterations === iterations;
  }

  /** Whether the newest update is not final yet. */
  get waits(): boolean {
    return this.uncommitted !== null;
  }

  /** The first stage gets the loss of a micro-batch. */
  addLoss(iteration: number, microBatch: number, lossSum: number | null): void {
    this.losses!.add(iteration, microBatch, lossSum);
    this.commitReported();
  }

  /** An update has been made. Publishes the weights where that is due. */
  updated({ previous, gradient }: StageJob): void {
    const { world, work, placement, numerics, position } = this.site;
    const { training } = work;
    this.version++;
    this.state.updated(previous, work.safety.heldBack);
    if (
      numerics !== null &&
      placeOf(placement, position).copy === 0 &&
      publishes(training, this.version)
    ) {
      const { offset, parameters: values } = numerics;
      world.note(NOTES.weights, { version: this.version, offset, values, epoch: placement.epoch });
    }
    this.uncommitted = { gradient };
    this.hooks.updated(position, this.version);
    this.losses?.update();
    this.commitReported();
  }

  /** Commits the newest update; at the first stage once its iteration is reported. */
  private commitReported(): void {
    if (this.uncommitted === null) return;
    if (this.losses !== null && this.losses.iterations < this.version) return;
    const { gradient } = this.uncommitted;
    this.uncommitted = null;
    this.state.commit();
    this.hooks.committed(this.site.position, this.version, gradient);
  }
}

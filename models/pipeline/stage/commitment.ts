/**
 * What becomes of the updates of one stage (PROTOCOLS A.4, C): its state is that of the newest; at the first stage an
 * update is final once its iteration has been told of; and the gate is shut from then until the replicas have the step.
 */
import type { FloatArray } from '../../learning/float-array.ts';
import { NOTES, publishes } from '../../spec/notes.ts';
import { ReplicaGate } from '../../replication/replica-gate.ts';
import { Losses } from './losses.ts';
import { Versions } from './versions.ts';
import type { StageHooks, StageSite } from './stage-site.ts';
import type { StageJob } from './stage-job.ts';

export class Commitment {
  readonly state: Versions;
  readonly gate: ReplicaGate;
  private readonly site: StageSite;
  private readonly hooks: StageHooks;
  /** Kept at the first stage alone. */
  private readonly losses: Losses | null;
  private version: number;
  /** The gradient of an update that waits for its iteration to be told of. */
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

  /** Iterations of the run that the first stage has told of; asked of it alone. */
  get told(): number {
    return this.losses!.iterations;
  }

  /** Whether the newest update is not final yet. */
  get waits(): boolean {
    return this.uncommitted !== null;
  }

  /** The first stage hears of the loss of a micro-batch. */
  addLoss(iteration: number, microBatch: number, lossSum: number | null): void {
    this.losses!.add(iteration, microBatch, lossSum);
    this.commitTold();
  }

  /** An update has been made; the weights are published where that is due. */
  updated({ previous, gradient }: StageJob): void {
    const { world, work, placement, numerics, position } = this.site;
    const { training } = work;
    this.version++;
    this.state.updated(previous, work.safety.heldBack);
    if (numerics !== null && publishes(training, this.version)) {
      const { offset, parameters: values } = numerics;
      world.note(NOTES.weights, { version: this.version, offset, values, epoch: placement.epoch });
    }
    this.uncommitted = { gradient };
    this.hooks.updated(position, this.version);
    this.losses?.update();
    this.commitTold();
  }

  /** Commits the newest update, at the first stage once its iteration has been told of. */
  private commitTold(): void {
    if (this.uncommitted === null) return;
    if (this.losses !== null && this.losses.iterations < this.version) return;
    const { gradient } = this.uncommitted;
    this.uncommitted = null;
    this.state.commit();
    this.hooks.committed(this.site.position, this.version, gradient);
  }
}

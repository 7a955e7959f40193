/**
 * Makes the plan of a repair out of its decision (PROTOCOLS C): the new cut, where the state comes from, and, where no
 * living node has all of it, the checkpoint or the end of the run. It tells observers what is lost and done again.
 */
import type { NodeId, World } from '../../../../engine/world.ts';
import { NOTES, type LostNote } from '../../../spec/notes.ts';
import { CHECKPOINT_INDEX, type CheckpointIndex } from '../../../replication/checkpoints.ts';
import type { Assembly, Decision } from '../../../membership/host.ts';
import { joinRecords, readRecords, recordValues } from '../../../costs/node-records.ts';
import { decideRecovery, type Recovery } from './recovery-decision.ts';
import type { NodeReport, RecoveryPlan, RecoverySource } from '../layout/ring-view.ts';
import type { RingWork } from '../ring-work.ts';
import { nodesOf } from '../layout/torus.ts';

export class RecoveryPlanner {
  private readonly world: World;
  private readonly work: RingWork;
  /** What waits for the index of checkpoints, and whether somebody holds something that is to be dropped. */
  private waiting: { assembly: Assembly<NodeReport>; held: boolean } | null = null;
  /** From when on what is lacking counts as lost, though those who may have it are missing. */
  private lostFromNs: number | null = null;

  constructor(world: World, work: RingWork) {
    this.world = world;
    this.work = work;
  }

  decide(assembly: Assembly<NodeReport>): Decision<RecoveryPlan> {
    const recovery = decideRecovery(assembly, this.work.line.blocks.length);
    switch (recovery.kind) {
      case 'go':
        return this.go(assembly, recovery.source);
      case 'begin':
        return this.fromCheckpoint(assembly, recovery.holding);
      case 'lost':
        return this.lost(assembly, recovery);
    }
  }

  /** The ring goes on: nothing is lacking. */
  settled(): void {
    this.lostFromNs = null;
  }

  /** The index has been read; null if nothing waits for it any more. */
  loaded(value: object | null): { epoch: number; decision: Decision<RecoveryPlan> } | null {
    if (this.waiting === null) return null;
    const { assembly, held } = this.waiting;
    this.waiting = null;
    const { epoch } = assembly;
    if (value === null) return { epoch, decision: this.go(assembly, this.seed(held)) };
    const { epoch: savedIn, version, bounds } = value as CheckpointIndex;
    // This node stood still, and learns from the checkpoint that others have gone on meanwhile.
    if (savedIn >= epoch) {
      const reason = `nodes of the newer epoch ${savedIn} have made a checkpoint`;
      return { epoch, decision: { kind: 'halt', reason, missing: [], againNs: null } };
    }
    const dropped = { epoch: -1, holders: [], checkpoint: true, proven: true };
    return { epoch, decision: this.go(assembly, { ...dropped, savedIn, version, bounds }) };
  }

  /** The beginning, which the seed is enough for; `held` where somebody holds something that is to be dropped. */
  private seed(held: boolean): RecoverySource {
    const bounds = [0, this.work.line.blocks.length];
    const epoch = held ? -1 : 0;
    return { epoch, bounds, holders: [], version: 0, checkpoint: true, savedIn: 0, proven: true };
  }

  private go(assembly: Assembly<NodeReport>, source: RecoverySource): Decision<RecoveryPlan> {
    const reports = assembly.contributions.map(({ inventory }) => inventory);
    const nodes = nodesOf(
      this.work.torus,
      reports.map(({ node }) => node),
    );
    const measured = new Map(reports.map(({ node, record }) => [node, record]));
    const recordOf = (node: NodeId) => readRecords(Float64Array.from(measured.get(node)!))[0];
    const records = this.work.recordsOf(nodes, recordOf).map(recordValues);
    const bounds = this.work.bounds(joinRecords(records));
    const view = { epoch: assembly.epoch, nodes, bounds };
    this.tell(reports, source.version);
    return { kind: 'go', plan: { view, source, records } };
  }

  /** What is done again. */
  private tell(reports: readonly NodeReport[], version: number): void {
    const { work } = this;
    const { batch, microBatches } = work.assignment.training;
    const begun = new Array<number>(work.copies).fill(0);
    for (const [ring, count] of reports.flatMap((report) => report.begun))
      begun[ring] = Math.max(begun[ring], count - version * work.microBatches);
    const all = begun.reduce((sum, count) => sum + count, 0);
    if (all > 0) this.world.note(NOTES.redone, (all * batch) / microBatches);
  }

  /** Whether those who are missing may still come back with what is lacking. */
  private waits(): boolean {
    const { heartbeatNs, misses } = this.work.assignment.detector!;
    this.lostFromNs ??= this.world.now() + PATIENCE_SILENCES * misses * heartbeatNs;
    return this.world.now() < this.lostFromNs!;
  }

  private lost(
    assembly: Assembly<NodeReport>,
    { blocks, missing }: Recovery & { kind: 'lost' },
  ): Decision<RecoveryPlan> {
    const { options, assignment } = this.work;
    const parameters = blocks.map(
      ([low, high]) => [this.work.parameterBound(low), this.work.parameterBound(high)] as const,
    );
    const ranges = parameters.map(([low, high]) => `[${low}, ${high})`).join(', ');
    if (missing.length > 0 && this.waits()) {
      const againNs = this.lostFromNs! - this.world.now();
      const who =
        missing.length === 1 ? `node ${missing[0]} is` : `nodes ${missing.join(', ')} are`;
      const reason = `nobody here holds parameters ${ranges}, and ${who} missing`;
      return { kind: 'halt', reason, missing, againNs };
    }
    const why =
      `no living node holds parameters ${ranges}: with ${options.replicas} replicas no more than ` +
      `${options.replicas} neighbours in a row may be lost at once`;
    this.world.note(NOTES.lost, { parameters, why } satisfies LostNote);
    if (assignment.checkpoint === null)
      this.world.giveUp(`${why}; more replicas, or a checkpoint, would be right`);
    return this.fromCheckpoint(assembly, true);
  }

  /** Goes on from the newest checkpoint, or from the seed where none was ever saved. */
  private fromCheckpoint(assembly: Assembly<NodeReport>, held: boolean): Decision<RecoveryPlan> {
    if (this.work.assignment.checkpoint === null) return this.go(assembly, this.seed(held));
    this.waiting = { assembly, held };
    this.world.load(CHECKPOINT_INDEX);
    return { kind: 'later' };
  }
}

/** Silences of the detector for which nodes that may hold what is lacking are waited for: long after all usual repairs. */
const PATIENCE_SILENCES = 60;

/**
 * The observer of what a run learns. It collects the notes of any protocol into a row an iteration, puts published
 * weights together, and evaluates them on the held-out samples at no cost to the run. It knows no protocol, and
 * changes nothing except by asking, through `onStop`, that the run end.
 */
import type { Observer } from '../../engine/observer.ts';
import type { NodeId, NoteValue } from '../../engine/world.ts';
import type { DataSplit } from '../spec/data.ts';
import { evaluate } from '../learning/evaluate.ts';
import type { FloatArray } from '../learning/float-array.ts';
import { parameterCount } from '../learning/pieces.ts';
import type { ModelSpec } from '../spec/model.ts';
import { type IterationNote, NOTES, type WeightsNote } from '../spec/notes.ts';
import type { Divergence, IterationRecord, TrainingRecord } from './training-record.ts';
import type { TrainingSpec } from '../spec/training.ts';
import { WeightsAssembly, type WholeWeights } from './weights-assembly.ts';

/** Conditions that end a run when any one is met. */
interface StopConditions {
  /** False: the run goes on although its loss is no finite number any more. */
  readonly diverged?: boolean;
  /** Mean training loss of an iteration, at most. */
  readonly loss?: number;
  /** Accuracy on the held-out samples, at least. Checked when weights are evaluated. */
  readonly accuracy?: number;
}

export interface TrainingLogOptions {
  readonly model: ModelSpec;
  readonly training: Pick<TrainingSpec, 'precision' | 'iterations'>;
  /** Null: weights are put together, but not evaluated. */
  readonly data: DataSplit | null;
  readonly stop?: StopConditions;
  /** Called once, when the first condition is met. */
  onStop?(): void;
  /** Called when training has diverged, unless `stop` says to go on. */
  onDiverged?(divergence: Divergence): void;
}

interface Evaluation {
  readonly loss: number;
  readonly accuracy: number;
}

export class TrainingLog implements Observer {
  private rows: IterationRecord[] = [];
  private readonly rowOf = new Map<number, IterationRecord>();
  private readonly lossList: number[] = [];
  private assembly: WeightsAssembly | null = null;
  /** The last evaluation of each version of the weights. */
  private readonly evaluations = new Map<number, Evaluation>();
  private weights: FloatArray | null = null;
  private version = 0;
  /** Epoch of the newest weights. */
  private epoch = 0;
  /** Epoch of the iteration noted last. */
  private iterationEpoch = 0;
  private rollbackCount = 0;
  private latestAccuracy: number | null = null;
  private divergence: Divergence | null = null;
  private stopped = false;
  private readonly moved = { times: 0, blocks: 0 };
  private stalenessSum = 0;
  private stalenessMax = 0;
  private stalenessCount = 0;

  constructor(private readonly options: TrainingLogOptions) {}

  /** Iterations done so far. */
  get iterationCount(): number {
    return this.rows.length;
  }

  /** What work is still to be done, in a few words; null when every iteration has been made. */
  missing(): string | null {
    const { iterations } = this.options.training;
    if (this.rows.length >= iterations) return null;
    return `${this.rows.length} of ${iterations} iterations are made`;
  }

  /**
   * Training losses of the iterations that have one, oldest first. The same array at each call; it grows, and a
   * rollback shortens it.
   */
  get losses(): readonly number[] {
    return this.lossList;
  }

  /** How often an iteration was noted again. */
  get rollbacks(): number {
    return this.rollbackCount;
  }

  /** Accuracy of the last evaluation; null before. */
  get accuracy(): number | null {
    return this.latestAccuracy;
  }

  noted(_node: NodeId, timeNs: number, name: string, value: NoteValue): void {
    if (name === NOTES.iteration) this.takeIteration(timeNs, value as IterationNote);
    else if (name === NOTES.weights) this.takeWeights(value as WeightsNote);
    else if (name === NOTES.staleness) this.takeStaleness(value as number);
    else if (name === NOTES.moved) this.takeMoved(value as number);
  }

  /** Everything so far, as plain data that the log goes on writing to. */
  record(): TrainingRecord {
    const count = this.stalenessCount;
    return {
      iterations: this.rows,
      samples: this.rows.reduce((most, row) => Math.max(most, row.samples), 0),
      finalWeights: this.weights,
      finalVersion: this.weights === null ? null : this.version,
      staleness: {
        mean: count === 0 ? 0 : this.stalenessSum / count,
        max: this.stalenessMax,
        count,
      },
      moved: this.moved,
      divergence: this.divergence,
    };
  }

  private takeIteration(timeNs: number, note: IterationNote): void {
    const { iteration, samples, loss, epoch = 0 } = note;
    if (epoch < this.iterationEpoch) return;
    this.iterationEpoch = epoch;
    if (this.rowOf.has(iteration)) this.rollBackTo(iteration);
    const row = { iteration, timeNs, samples, loss, testLoss: null, accuracy: null };
    this.rows.push(row);
    this.rowOf.set(iteration, row);
    const evaluation = this.evaluations.get(iteration + 1);
    if (evaluation !== undefined) this.write(row, evaluation);
    if (loss === null) return;
    this.lossList.push(loss);
    this.expectFinite(iteration, 'the loss', loss);
    const { stop } = this.options;
    if (stop?.loss !== undefined && loss <= stop.loss) this.askToStop();
  }

  /**
   * An iteration is noted again: after a repair training has gone back before it, so it and later ones are void.
   * Evaluations after it may already be of the new epoch.
   */
  private rollBackTo(iteration: number): void {
    this.rollbackCount++;
    for (const row of this.rows) if (row.iteration >= iteration) this.rowOf.delete(row.iteration);
    this.rows = this.rows.filter((row) => row.iteration < iteration);
    if (this.divergence && this.divergence.iteration >= iteration) this.divergence = null;
    for (const version of this.evaluations.keys())
      if (version > iteration + 1) this.evaluations.delete(version);
    this.lossList.length = 0;
    for (const { loss } of this.rows) if (loss !== null) this.lossList.push(loss);
  }

  private takeWeights(note: WeightsNote): void {
    const { model, training } = this.options;
    if (model.kind !== 'mlp')
      throw new Error('weights were noted for a cost table, which has none');
    // Weights of an older epoch are of no use any more.
    if ((note.epoch ?? 0) < this.epoch) return;
    this.assembly ??= new WeightsAssembly(training.precision, parameterCount(model));
    const whole = this.assembly.add(note);
    if (whole !== null) this.takeWhole(whole);
  }

  private takeWhole({ epoch, version, vector }: WholeWeights): void {
    const { model, data, stop } = this.options;
    const newest = epoch > this.epoch || version > this.version;
    if (newest) {
      this.version = version;
      this.weights = vector;
      this.epoch = epoch;
      this.assembly!.dropBefore(epoch);
    }
    if (data === null || model.kind !== 'mlp') return;
    const evaluation = evaluate(model, vector, data.test);
    if (newest) this.latestAccuracy = evaluation.accuracy;
    this.evaluations.set(version, evaluation);
    const row = this.rowOf.get(version - 1);
    if (row !== undefined) this.write(row, evaluation);
    if (stop?.accuracy !== undefined && evaluation.accuracy >= stop.accuracy) this.askToStop();
  }

  private write(row: IterationRecord, evaluation: Evaluation): void {
    row.testLoss = evaluation.loss;
    row.accuracy = evaluation.accuracy;
    this.expectFinite(row.iteration, 'the loss on held-out samples', evaluation.loss);
  }

  private expectFinite(iteration: number, what: string, loss: number): void {
    if (Number.isFinite(loss) || this.divergence) return;
    const text = `training diverged: ${what} is ${loss}, no finite number, in iteration ${iteration}`;
    this.divergence = { iteration, text };
    if (this.stopped || this.options.stop?.diverged === false) return;
    this.stopped = true;
    this.options.onDiverged?.(this.divergence);
  }

  private takeStaleness(updates: number): void {
    this.stalenessSum += updates;
    this.stalenessCount++;
    if (updates > this.stalenessMax) this.stalenessMax = updates;
  }

  private takeMoved(blocks: number): void {
    this.moved.times++;
    this.moved.blocks += blocks;
  }

  private askToStop(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.options.onStop?.();
  }
}

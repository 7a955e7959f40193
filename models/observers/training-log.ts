/**
 * The observer that knows what a run learns: it gathers the notes of any protocol into a row an iteration,
 * puts published weights together, and judges them on the held-out samples at no cost to the run. It knows no
 * protocol, and changes nothing but by asking, through `onStop`, that the run end.
 */
import type { Observer } from '../../engine/observer.ts';
import type { NodeId, NoteValue } from '../../engine/world.ts';
import type { DataSplit } from '../spec/data.ts';
import { evaluate } from '../learning/evaluate.ts';
import { allocate, type FloatArray } from '../learning/float-array.ts';
import { parameterCount } from '../learning/pieces.ts';
import type { ModelSpec } from '../spec/model.ts';
import { type IterationNote, NOTES, type WeightsNote } from '../spec/notes.ts';
import type { Divergence, IterationRecord, TrainingRecord } from './training-record.ts';
import type { TrainingSpec } from '../spec/training.ts';

/** Conditions that end a run; any one that is met does. */
export interface StopConditions {
  /** False: a run goes on when its loss has stopped being a finite number. */
  readonly diverged?: boolean;
  /** Mean training loss of an iteration, at most. */
  readonly loss?: number;
  /** Share of the held-out samples told rightly, at least. Looked at when weights are evaluated. */
  readonly accuracy?: number;
}

export interface TrainingLogOptions {
  readonly model: ModelSpec;
  readonly training: Pick<TrainingSpec, 'precision' | 'iterations'>;
  /** Null: weights are put together, but not judged. */
  readonly data: DataSplit | null;
  readonly stop?: StopConditions;
  /** Called once, when the first condition is met. */
  onStop?(): void;
  /** Called instead when training has diverged, unless `stop` says to go on. */
  onDiverged?(divergence: Divergence): void;
}

/** A version of the weights on its way: some slices of one epoch have come. */
interface Assembly {
  readonly epoch: number;
  readonly version: number;
  readonly vector: FloatArray;
  readonly offsets: Set<number>;
  filled: number;
}

interface Judgement {
  readonly loss: number;
  readonly accuracy: number;
}

export class TrainingLog implements Observer {
  private rows: IterationRecord[] = [];
  private readonly rowOf = new Map<number, IterationRecord>();
  private readonly lossList: number[] = [];
  /** By epoch and version. */
  private readonly assemblies = new Map<string, Assembly>();
  /** Of each version of the weights that was judged: the last word. */
  private readonly judgements = new Map<number, Judgement>();
  private weights: FloatArray | null = null;
  private version = 0;
  /** Of the newest weights. */
  private epoch = 0;
  /** Of the iteration noted last. */
  private iterationEpoch = 0;
  private rollbackCount = 0;
  private latestAccuracy: number | null = null;
  private divergence: Divergence | null = null;
  private stopped = false;
  private stalenessSum = 0;
  private stalenessMax = 0;
  private stalenessCount = 0;

  constructor(private readonly options: TrainingLogOptions) {}

  /** Iterations done so far. */
  get iterationCount(): number {
    return this.rows.length;
  }

  /** What of the work is still to be done, in a few words; null when every iteration has been made. */
  missing(): string | null {
    const { iterations } = this.options.training;
    if (this.rows.length >= iterations) return null;
    return `${this.rows.length} of ${iterations} iterations are made`;
  }

  /**
   * Training losses of the iterations that have one, oldest first. The same array at each call, and growing, except that
   * a rollback takes its last ones away.
   */
  get losses(): readonly number[] {
    return this.lossList;
  }

  /** How often an iteration was told of again. */
  get rollbacks(): number {
    return this.rollbackCount;
  }

  /** Accuracy of the weights judged last; null before. */
  get accuracy(): number | null {
    return this.latestAccuracy;
  }

  noted(_node: NodeId, timeNs: number, name: string, value: NoteValue): void {
    if (name === NOTES.iteration) this.takeIteration(timeNs, value as IterationNote);
    else if (name === NOTES.weights) this.takeWeights(value as WeightsNote);
    else if (name === NOTES.staleness) this.takeStaleness(value as number);
  }

  /** All that was learned so far, as plain data that the log goes on writing to. */
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
    const judgement = this.judgements.get(iteration + 1);
    if (judgement !== undefined) this.write(row, judgement);
    if (loss === null) return;
    this.lossList.push(loss);
    this.expectFinite(iteration, 'the loss', loss);
    const { stop } = this.options;
    if (stop?.loss !== undefined && loss <= stop.loss) this.askToStop();
  }

  /**
   * An iteration is told of again: after a repair training has gone back to before it, so that it and what followed it
   * never were. What was judged after it may be of the new epoch already.
   */
  private rollBackTo(iteration: number): void {
    this.rollbackCount++;
    for (const row of this.rows) if (row.iteration >= iteration) this.rowOf.delete(row.iteration);
    this.rows = this.rows.filter((row) => row.iteration < iteration);
    if (this.divergence && this.divergence.iteration >= iteration) this.divergence = null;
    for (const version of this.judgements.keys())
      if (version > iteration + 1) this.judgements.delete(version);
    this.lossList.length = 0;
    for (const { loss } of this.rows) if (loss !== null) this.lossList.push(loss);
  }

  private takeWeights({ version, offset, values, epoch = 0 }: WeightsNote): void {
    const { model } = this.options;
    if (model.kind !== 'mlp')
      throw new Error('weights were noted for a cost table, which has none');
    // Weights of an epoch that has been overtaken by another's are of no more use.
    if (epoch < this.epoch) return;
    const name = `${epoch}/${version}`;
    const assembly =
      this.assemblies.get(name) ?? this.newAssembly(epoch, version, parameterCount(model));
    this.assemblies.set(name, assembly);
    if (assembly.offsets.has(offset)) {
      // Whoever makes the position of a dead node anew may publish what that has published.
      if (epoch > 0 && hasValues(assembly.vector, offset, values)) return;
      throw new Error(`weights of version ${version} from parameter ${offset} were noted twice`);
    }
    assembly.offsets.add(offset);
    assembly.vector.set(values, offset);
    assembly.filled += values.length;
    if (assembly.filled < assembly.vector.length) return;
    this.assemblies.delete(name);
    this.takeWhole(assembly);
  }

  private newAssembly(epoch: number, version: number, parameters: number): Assembly {
    const vector = allocate(this.options.training.precision, parameters);
    return { epoch, version, vector, offsets: new Set(), filled: 0 };
  }

  private takeWhole({ epoch, version, vector }: Assembly): void {
    const { model, data, stop } = this.options;
    const newest = epoch > this.epoch || version > this.version;
    if (newest) {
      this.version = version;
      this.weights = vector;
      this.becomeEpoch(epoch);
    }
    if (data === null || model.kind !== 'mlp') return;
    const judgement = evaluate(model, vector, data.test);
    if (newest) this.latestAccuracy = judgement.accuracy;
    this.judgements.set(version, judgement);
    const row = this.rowOf.get(version - 1);
    if (row !== undefined) this.write(row, judgement);
    if (stop?.accuracy !== undefined && judgement.accuracy >= stop.accuracy) this.askToStop();
  }

  /** What older epochs left half done will never be whole. */
  private becomeEpoch(epoch: number): void {
    if (epoch === this.epoch) return;
    this.epoch = epoch;
    for (const [name, assembly] of this.assemblies)
      if (assembly.epoch < epoch) this.assemblies.delete(name);
  }

  private write(row: IterationRecord, judgement: Judgement): void {
    row.testLoss = judgement.loss;
    row.accuracy = judgement.accuracy;
    this.expectFinite(row.iteration, 'the loss on held-out samples', judgement.loss);
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

  private askToStop(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.options.onStop?.();
  }
}

/** Whether the vector has exactly these values from that place on. */
function hasValues(vector: FloatArray, offset: number, values: FloatArray): boolean {
  return values.every((value, k) => Object.is(vector[offset + k], value));
}

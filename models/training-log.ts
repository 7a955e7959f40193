/**
 * The observer that knows what a run learns: it gathers the notes of any protocol into a row an iteration,
 * puts published weights together, and judges them on the held-out samples at no cost to the run. It knows no
 * protocol, and changes nothing but by asking, through `onStop`, that the run end.
 */
import type { Observer } from '../engine/observer.ts';
import type { NodeId, NoteValue } from '../engine/world.ts';
import type { DataSplit } from './dataset.ts';
import { evaluate } from './learning/evaluate.ts';
import { allocate, type FloatArray } from './learning/float-array.ts';
import { parameterCount } from './learning/pieces.ts';
import type { ModelSpec } from './model-spec.ts';
import { type IterationNote, NOTES, type WeightsNote } from './notes.ts';
import type { IterationRecord, TrainingRecord } from './training-record.ts';
import type { TrainingSpec } from './training.ts';

/** Conditions that end a run; any one that is met does. */
export interface StopConditions {
  /** Mean training loss of an iteration, at most. */
  readonly loss?: number;
  /** Share of the held-out samples told rightly, at least. Looked at when weights are evaluated. */
  readonly accuracy?: number;
}

export interface TrainingLogOptions {
  readonly model: ModelSpec;
  readonly training: Pick<TrainingSpec, 'precision'>;
  /** Null: weights are put together, but not judged. */
  readonly data: DataSplit | null;
  readonly stop?: StopConditions;
  /** Called once, when the first condition is met. */
  onStop?(): void;
}

/** A version of the weights on its way: some slices have come. */
interface Assembly {
  readonly vector: FloatArray;
  readonly offsets: Set<number>;
  filled: number;
}

interface Judgement {
  readonly loss: number;
  readonly accuracy: number;
}

export class TrainingLog implements Observer {
  private readonly rows: IterationRecord[] = [];
  private readonly rowOf = new Map<number, IterationRecord>();
  private readonly lossList: number[] = [];
  private readonly assemblies = new Map<number, Assembly>();
  /** Judgements of weights whose iteration has not been noted yet, by version. */
  private readonly early = new Map<number, Judgement>();
  private weights: FloatArray | null = null;
  private version = 0;
  private latestAccuracy: number | null = null;
  private stopped = false;
  private stalenessSum = 0;
  private stalenessMax = 0;
  private stalenessCount = 0;

  constructor(private readonly options: TrainingLogOptions) {}

  /** Iterations done so far. */
  get iterationCount(): number {
    return this.rows.length;
  }

  /** Training losses of the iterations that have one, oldest first. The same array at each call, and growing. */
  get losses(): readonly number[] {
    return this.lossList;
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
    };
  }

  private takeIteration(timeNs: number, note: IterationNote): void {
    const { iteration, samples, loss } = note;
    if (this.rowOf.has(iteration))
      throw new Error(`iteration ${iteration} was noted twice; one node a protocol would be right`);
    const row = { iteration, timeNs, samples, loss, testLoss: null, accuracy: null };
    this.rows.push(row);
    this.rowOf.set(iteration, row);
    if (loss !== null) {
      this.lossList.push(loss);
      const { stop } = this.options;
      if (stop?.loss !== undefined && loss <= stop.loss) this.askToStop();
    }
    const judgement = this.early.get(iteration + 1);
    if (judgement === undefined) return;
    this.early.delete(iteration + 1);
    this.write(row, judgement);
  }

  private takeWeights({ version, offset, values }: WeightsNote): void {
    const { model, training } = this.options;
    if (model.kind !== 'mlp')
      throw new Error('weights were noted for a cost table, which has none');
    let assembly = this.assemblies.get(version);
    if (assembly === undefined) {
      const vector = allocate(training.precision, parameterCount(model));
      assembly = { vector, offsets: new Set(), filled: 0 };
      this.assemblies.set(version, assembly);
    }
    if (assembly.offsets.has(offset))
      throw new Error(`weights of version ${version} from parameter ${offset} were noted twice`);
    assembly.offsets.add(offset);
    assembly.vector.set(values, offset);
    assembly.filled += values.length;
    if (assembly.filled < assembly.vector.length) return;
    this.assemblies.delete(version);
    this.takeWhole(version, assembly.vector);
  }

  private takeWhole(version: number, vector: FloatArray): void {
    const { model, data, stop } = this.options;
    const newest = version > this.version;
    if (newest) {
      this.version = version;
      this.weights = vector;
    }
    if (data === null || model.kind !== 'mlp') return;
    const judgement = evaluate(model, vector, data.test);
    if (newest) this.latestAccuracy = judgement.accuracy;
    const row = this.rowOf.get(version - 1);
    if (row === undefined) this.early.set(version, judgement);
    else this.write(row, judgement);
    if (stop?.accuracy !== undefined && judgement.accuracy >= stop.accuracy) this.askToStop();
  }

  private write(row: IterationRecord, judgement: Judgement): void {
    row.testLoss = judgement.loss;
    row.accuracy = judgement.accuracy;
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

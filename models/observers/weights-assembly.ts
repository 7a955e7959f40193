/**
 * Puts published slices of weights together to whole vectors, by epoch and version. It knows neither who publishes nor
 * what becomes of the vectors.
 */
import { allocate, type FloatArray, type Precision } from '../learning/float-array.ts';
import type { WeightsNote } from '../spec/notes.ts';

/** A version of the weights, complete once slices of one epoch cover the vector. */
export interface WholeWeights {
  readonly epoch: number;
  readonly version: number;
  readonly vector: FloatArray;
}

interface Assembly extends WholeWeights {
  readonly offsets: Set<number>;
  filled: number;
}

export class WeightsAssembly {
  private readonly precision: Precision;
  private readonly parameters: number;
  /** By epoch and version. */
  private readonly assemblies = new Map<string, Assembly>();

  /** `parameters` is the length of the vector. */
  constructor(precision: Precision, parameters: number) {
    this.precision = precision;
    this.parameters = parameters;
  }

  /** Copies a slice in; returns the version if it is complete now. Throws for a slice that comes twice. */
  add({ version, offset, values, epoch = 0 }: WeightsNote): WholeWeights | null {
    const name = `${epoch}/${version}`;
    const assembly = this.assemblies.get(name) ?? this.start(epoch, version);
    this.assemblies.set(name, assembly);
    if (assembly.offsets.has(offset)) {
      // The node that takes over the part of a dead one may publish a slice again.
      if (epoch > 0 && hasValues(assembly.vector, offset, values)) return null;
      throw new Error(`weights of version ${version} from parameter ${offset} were noted twice`);
    }
    assembly.offsets.add(offset);
    assembly.vector.set(values, offset);
    assembly.filled += values.length;
    if (assembly.filled < assembly.vector.length) return null;
    this.assemblies.delete(name);
    return assembly;
  }

  /** Drops what older epochs have left incomplete: it will never be whole. */
  dropBefore(epoch: number): void {
    for (const [name, assembly] of this.assemblies)
      if (assembly.epoch < epoch) this.assemblies.delete(name);
  }

  private start(epoch: number, version: number): Assembly {
    const vector = allocate(this.precision, this.parameters);
    return { epoch, version, vector, offsets: new Set(), filled: 0 };
  }
}

/** Whether the vector has exactly these values from that place on. */
function hasValues(vector: FloatArray, offset: number, values: FloatArray): boolean {
  return values.every((value, k) => Object.is(vector[offset + k], value));
}

/** What it takes to push activations and error terms in place of gradients, shard by shard (PROTOCOLS D). */
import { type JobCosts, passProfile } from '../../../costs/job-profiles.ts';
import type { WholeModelCosts } from '../../../costs/whole-model-costs.ts';
import type { FloatArray } from '../../../learning/float-array.ts';
import {
  selectTerms,
  type TermBlock,
  termBlocks,
  termElements,
  termFlops,
  termProduct,
} from '../../../learning/gradient-terms.ts';
import { parameterCount } from '../../../learning/pieces.ts';
import type { MlpSpec } from '../../../spec/model.ts';
import { bytesOf, type TrainingSpec } from '../../../spec/training.ts';
import type { ServerLayout } from '../layout.ts';

export class PushTerms {
  private readonly layout: ServerLayout;
  private readonly parameters: number;
  private readonly all: readonly TermBlock[];
  private readonly byShard: readonly (readonly TermBlock[])[];
  private readonly wireBytes: number;
  private readonly heldBytes: number;

  constructor(model: MlpSpec, layout: ServerLayout, training: TrainingSpec) {
    const parameters = parameterCount(model);
    const { wire, activations } = bytesOf(training);
    this.layout = layout;
    this.parameters = parameters;
    this.wireBytes = wire;
    this.heldBytes = activations;
    this.all = termBlocks(model, [{ low: 0, high: parameters }]);
    this.byShard = Array.from({ length: layout.shards }, (_, shard) =>
      termBlocks(model, layout.rangesOf(shard, parameters)),
    );
  }

  /** Of a push to that shard, of so many samples: on the wire. */
  bytes(shard: number, samples: number): number {
    return this.wireBytes * samples * termElements(this.byShard[shard]);
  }

  /** And in memory. */
  memoryBytes(shard: number, samples: number): number {
    return this.heldBytes * samples * termElements(this.byShard[shard]);
  }

  /** What a worker keeps of a share until all shards have it, in memory. */
  shareBytes(samples: number): number {
    return this.heldBytes * samples * termElements(this.all);
  }

  /** Both passes without the products, which the servers make. */
  passes(samples: number, { gradient }: WholeModelCosts): JobCosts {
    const { flops, profile } = gradient(samples);
    return { flops: flops - samples * termFlops(this.all), profile };
  }

  /** The product of a push. */
  product(shard: number, samples: number): JobCosts {
    const flops = samples * termFlops(this.byShard[shard]);
    return { flops, profile: passProfile(samples, 0) };
  }

  /** Of a share's terms those of one shard, in an array of its own. */
  select(whole: FloatArray, shard: number): FloatArray {
    return selectTerms(this.all, this.byShard[shard], whole);
  }

  /** The shard's part of the gradient. */
  multiply(terms: FloatArray, shard: number): FloatArray {
    const { layout, parameters, byShard } = this;
    return termProduct(byShard[shard], layout.rangesOf(shard, parameters), terms);
  }
}

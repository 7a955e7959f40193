/** Pushes of activations and error terms, which a shard multiplies before it takes their gradients, in order of arrival. */
import type { NodeId } from '../../../../engine/world.ts';
import type { FloatArray } from '../../../learning/float-array.ts';
import { ParameterServerJob } from '../jobs.ts';
import type { Push } from '../messages.ts';
import { nothing } from '../nothing.ts';
import type { PushTerms } from '../shard/push-terms.ts';
import type { Shard } from './consistency.ts';

interface Waiting {
  readonly worker: NodeId;
  readonly push: Push;
  readonly samples: number;
}

export class Products {
  private readonly waiting: Waiting[] = [];
  private product: FloatArray | null = null;

  constructor(
    private readonly server: Shard,
    private readonly terms: PushTerms,
  ) {}

  add(worker: NodeId, push: Push): void {
    const { settings, books } = this.server;
    const samples = settings.layout.samplesIn(settings.training.batch, push);
    this.waiting.push({ worker, push, samples });
    books.add('terms', this.terms.memoryBytes(settings.shard, samples));
  }

  nextJob(): ParameterServerJob | null {
    const { waiting, terms, server } = this;
    if (waiting.length === 0) return null;
    const { push, samples } = waiting[0];
    const { gradient, iteration, share: worker } = push;
    const { shard } = server.settings;
    const task = { iteration, version: server.log.received, worker };
    const run =
      gradient === null ? nothing : () => void (this.product = terms.multiply(gradient, shard));
    return new ParameterServerJob('multiply', terms.product(shard, samples), task, run);
  }

  /** The push with the gradient in place of what it is the product of. */
  jobDone(): { worker: NodeId; push: Push } {
    const { worker, push, samples } = this.waiting.shift()!;
    const gradient = this.product;
    this.product = null;
    const { settings, books } = this.server;
    books.add('terms', -this.terms.memoryBytes(settings.shard, samples));
    return { worker, push: { ...push, gradient } };
  }
}

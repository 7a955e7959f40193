/** How a gradient goes to the shards: to each its part, all at once or as the backward pass completes it. */
import type { World } from '../../../engine/world.ts';
import type { WholeModelCosts } from '../../costs/whole-model-costs.ts';
import type { View } from '../../membership/view.ts';
import type { TrainingSpec } from '../../spec/training.ts';
import type { Share } from '../../learning/shares.ts';
import type { ServerLayout } from './layout.ts';
import { LOSS_BYTES, type ServerMessage } from './messages.ts';
import type { ServerPlan } from './plan.ts';
import type { PushTerms } from './shard/push-terms.ts';
import type { Gradient } from './recovery/work-in-hand.ts';

export interface PushSettings {
  readonly layout: ServerLayout;
  readonly costs: WholeModelCosts;
  /** By shard: its part of a gradient. */
  readonly pushBytes: readonly number[];
  readonly terms: PushTerms | null;
  readonly training: TrainingSpec;
}

/** The worker that pushes. */
interface Pusher {
  readonly world: World<ServerMessage>;
  readonly view: View;
  readonly plan: ServerPlan;
  /** Anything can fail, so that it keeps the gradient too. */
  readonly isWatched: boolean;
}

/** Sends each shard its part of the gradient, of which it has got `sent` bytes, if that is not null. */
export function sendGradient(
  { world, view, plan, isWatched }: Pusher,
  { layout, pushBytes, terms, training }: PushSettings,
  { iteration, share, version, gradient: whole, lossSum: loss }: Gradient,
  sent: readonly number[] | null,
): void {
  const { shards } = layout;
  const { epoch } = view;
  for (let k = 0; k < shards; k++) {
    const shard = layout.inTurn(world.self, k);
    let gradient = whole;
    if (whole !== null && (shards > 1 || isWatched))
      gradient = terms?.select(whole, shard) ?? layout.gather(whole, shard);
    const lossSum = shard === 0 ? loss : null;
    const all =
      terms?.bytes(shard, layout.samplesIn(training.batch, { iteration, share })) ??
      pushBytes[shard];
    const rest = all - (sent === null ? 0 : sent[shard]);
    const bytes = rest + (shard === 0 ? LOSS_BYTES : 0);
    const push = { kind: 'push', epoch, iteration, share, gradient, lossSum, version } as const;
    world.send(plan.shards[shard].chain[0], push, bytes);
  }
}

/** Sends each shard what is complete of its part: bytes alone, for the numbers come with the rest. Adds them to `sent`. */
export function sendReady(
  { world, view, plan }: Pusher,
  { layout, costs, pushBytes }: PushSettings,
  { low, high }: Share,
  sent: number[],
): void {
  for (let k = 0; k < layout.shards; k++) {
    const shard = layout.inTurn(world.self, k);
    let parameters = 0;
    for (const range of layout.rangesOf(shard, costs.parameters))
      parameters += Math.max(0, Math.min(high, range.high) - Math.max(low, range.low));
    if (parameters === 0) continue;
    const bytes = (pushBytes[shard] / layout.sizeOf(shard, costs.parameters)) * parameters;
    sent[shard] += bytes;
    world.send(plan.shards[shard].chain[0], { kind: 'push-part', epoch: view.epoch, bytes }, bytes);
  }
}

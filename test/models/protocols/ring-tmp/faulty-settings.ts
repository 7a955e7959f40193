/** Arbitrary rings with replicas, fit to be struck by faults. */
import fc from 'fast-check';
import { elementBytes } from '../../../../models/training.ts';
import type { FaultySetting } from './faulty.ts';
import { trainingOf, type Setting } from './harness.ts';
import { anySetting } from './settings.ts';

/** A ring that fails in no way yet. */
export type CalmSetting = Omit<FaultySetting, 'rules'>;

/** The heartbeat: ten times a path's latency with the longest message, and 10 us at the least. */
function heartbeatOf({ network, training, model }: Setting): number {
  const { latencyNs, bandwidth } = network!;
  const widest = model.kind === 'mlp' ? Math.max(...model.layers) : 1;
  const { batch, microBatches } = trainingOf(training);
  const bytes = 200 + 2 * widest * (batch / microBatches) * elementBytes(trainingOf(training));
  return Math.ceil(Math.max(10_000, 10 * latencyNs, (2e9 * bytes) / bandwidth));
}

/** Rings of that many nodes at least, as of settings.ts. */
export function anyCalmRing(least: number): fc.Arbitrary<CalmSetting> {
  return anySetting('exact')
    .filter(({ hosts }) => hosts.length >= least && hosts.length <= 9)
    .map((setting) => ({
      ...setting,
      training: { ...setting.training, iterations: 2 + (setting.seed! % 3) },
      heartbeatNs: heartbeatOf(setting),
      misses: 2 + (setting.seed! % 2),
    }));
}

export const options = (replicas: fc.Arbitrary<number>) =>
  fc.record({
    kind: fc.constant('ring-tmp'),
    win: fc.constantFrom('time', 'memory'),
    recompute: fc.boolean(),
    replicas,
  });

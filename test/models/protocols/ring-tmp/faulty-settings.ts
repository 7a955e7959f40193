/** Arbitrary rings with replicas, fit to be struck by faults. */
import fc from 'fast-check';
import { bytesOf } from '../../../../models/spec/training.ts';
import type { FaultEffect, FaultRule } from '../../../../engine/faults/fault-rule.ts';
import type { NodeId } from '../../../../engine/world.ts';
import { atTime, runFaulty, these, type FaultySetting, type FaultyTrace } from './faulty.ts';
import { runProtocol, sameBits, trainingOf, type Setting } from './harness.ts';
import { protocolOf } from '../../../../models/protocols/registry.ts';
import { gradientsOnce, oneOwner } from './lineage-claims.ts';
import { anySetting } from './settings.ts';

/** A ring that fails in no way yet. */
export type CalmSetting = Omit<FaultySetting, 'rules'>;

/** The heartbeat: ten times the farthest path's latency with the longest message, and 10 us at the least. */
function heartbeatOf({ network, training, model, hosts }: Setting): number {
  const { kind, bandwidth } = network!;
  const hops = kind === 'ring' ? Math.max(1, Math.floor(hosts.length / 2)) : 1;
  const latencyNs = hops * network!.latencyNs;
  const widest = model.kind === 'mlp' ? Math.max(...model.layers) : 1;
  const { batch, microBatches } = trainingOf(training);
  const bytes = 200 + 2 * widest * (batch / microBatches) * bytesOf(trainingOf(training)).wire;
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
    window: fc.constantFrom('time', 'memory', 2),
    recompute: fc.constantFrom('none' as const, 'all' as const, 'except-last' as const),
    replicas,
  });

/** What faults are drawn for: they come in the run's time, and are measured by the detector's. */
export interface Scale {
  readonly nodes: number;
  readonly runNs: number;
  readonly silenceNs: number;
}

export type Draw = (scale: Scale) => FaultRule[];

/** Fractions drawn evenly: doubles would be drawn by their bits, and be next to nothing most of the time. */
export const part = (most: number) => fc.nat(1e6).map((millionths) => (most * millionths) / 1e6);

/** Everybody to everybody. */
function everywhere(nodes: number) {
  const every = Array.from({ length: nodes }, (_, node) => node);
  return { from: every, to: every, oneWay: false };
}

const spell = ({ silenceNs }: Scale, silences: number) => 1 + Math.floor(silences * silenceNs);

/** Of up to four silences, at any time of the run. */
function passing(make: (scale: Scale, pick: number[]) => FaultEffect, silences = 4) {
  return fc
    .record({
      when: part(1),
      lasts: part(silences),
      pick: fc.array(fc.nat(99), { minLength: 9, maxLength: 9 }),
    })
    .map(({ when, lasts, pick }): Draw => (scale) => {
      const effect = make(scale, pick);
      const forNs = spell(scale, lasts);
      return [atTime(Math.floor(when * scale.runNs), { ...effect, forNs } as FaultEffect)];
    });
}

export const crashAndReturn = passing(({ nodes }, [node]) => ({
  kind: 'crash',
  target: these(node % nodes),
  forNs: 1,
}));

export const pause = passing(({ nodes }, [node]) => ({
  kind: 'pause',
  target: these(node % nodes),
  forNs: 1,
}));

export const badWire = passing(
  ({ nodes }, [kind, much]) => ({
    kind: (['loss', 'duplicate', 'reorder'] as const)[kind % 3],
    scope: everywhere(nodes),
    probability: [0.02, 0.1, 0.3][much % 3],
    forNs: 1,
  }),
  30,
);

export const cutEdge = passing(({ nodes }, [node, oneWay]) => ({
  kind: 'cut',
  scope: { from: [node % nodes], to: [(node + 1) % nodes], oneWay: oneWay % 3 === 0 },
  forNs: 1,
}));

export const partition = passing(({ nodes }, sides) => {
  const groups: [NodeId[], NodeId[]] = [[], []];
  for (let node = 0; node < nodes; node++) groups[sides[node] % 2].push(node);
  return { kind: 'partition', groups, forNs: 1 };
}, 8);

/**
 * Runs without faults to learn how long it takes, then with those that follow from that; it must finish with no bit
 * changed and every gradient of every block in the final lineage once (I4), by its one owner (I5), or, where that is
 * allowed, say what is lost.
 */
export function survives(
  calm: CalmSetting,
  protocol: { kind: string },
  draw: Draw,
  mayGiveUp = false,
): FaultyTrace {
  const plain = runFaulty({ ...calm, rules: [] }, protocol);
  if (plain.result.outcome !== 'finished')
    throw new Error(`without faults: ${plain.result.failure?.message ?? 'no end'}`);
  const rules = draw({
    nodes: calm.hosts.length,
    runNs: plain.result.timeNs,
    silenceNs: calm.heartbeatNs * calm.misses,
  });
  const trace = runFaulty({ ...calm, rules }, protocol);
  const { outcome, failure } = trace.result;
  const lost = trace.notes.some(({ name }) => name === 'lost');
  if (mayGiveUp && failure?.kind === 'given-up' && lost) return trace;
  if (outcome !== 'finished') throw new Error(`${outcome}: ${failure?.message ?? 'no end'}`);
  const definition = protocolOf(protocol.kind)!;
  const options = definition.options.parse(protocol);
  const alone = runProtocol(
    { ...calm, jitter: undefined },
    definition.reference(options, calm.hosts.length)!,
  );
  if (!sameBits(trace.weights, alone.weights)) throw new Error('other weights');
  const { iterations, microBatches } = calm.training as {
    iterations: number;
    microBatches: number;
  };
  const { rings } = options as { rings?: number };
  gradientsOnce(trace, { iterations, microBatches, rings });
  oneOwner(trace);
  return trace;
}

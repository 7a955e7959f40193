/** Draws whatever can go wrong in a small world, at any time of its run. */
import fc from 'fast-check';
import type {
  FaultEffect,
  FaultRule,
  FaultTarget,
  FaultTiming,
  WireScope,
} from '../../../engine/faults/fault-rule.ts';

export type Kinds = readonly FaultEffect['kind'][];
export const HOST_KINDS: Kinds = ['crash', 'pause', 'slow'];
export const WIRE_KINDS: Kinds = ['cut', 'partition', 'loss', 'duplicate', 'reorder', 'degrade'];

/** Rules of those kinds for that many nodes, which strike until that time and last about a tenth of it. */
export function arbitraryRules(
  nodeCount: number,
  untilNs: number,
  kinds: Kinds,
): fc.Arbitrary<FaultRule[]> {
  const nodes = fc.uniqueArray(fc.nat(nodeCount - 1), { maxLength: nodeCount });
  const target: fc.Arbitrary<FaultTarget> = fc.record({
    among: nodes,
    choose: fc.constantFrom('all', 'random', 'row'),
    count: fc.integer({ min: 1, max: 3 }),
  });
  const scope: fc.Arbitrary<WireScope> = fc.record({
    from: nodes,
    to: nodes,
    oneWay: fc.boolean(),
  });
  const forNs = fc.integer({ min: 1, max: Math.floor(untilNs / 5) });
  const forNsOrEver = fc.option(forNs, { freq: 8 });
  const factor = fc.constantFrom(0.5, 1, 1.5, 2, 3, 7);
  const probability = fc.double({ min: 0, max: 0.6, noNaN: true });
  const effects: Record<FaultEffect['kind'], fc.Arbitrary<FaultEffect>> = {
    crash: fc.record({ kind: fc.constant('crash'), target, forNs: forNsOrEver }),
    pause: fc.record({ kind: fc.constant('pause'), target, forNs }),
    slow: fc.record({ kind: fc.constant('slow'), target, factor, forNs: forNsOrEver }),
    cut: fc.record({ kind: fc.constant('cut'), scope, forNs: forNsOrEver }),
    partition: fc.record({
      kind: fc.constant('partition'),
      groups: nodes.chain((all) =>
        fc.nat(all.length).map((at) => [all.slice(0, at), all.slice(at)]),
      ),
      forNs: forNsOrEver,
    }),
    loss: fc.record({ kind: fc.constant('loss'), scope, probability, forNs: forNsOrEver }),
    duplicate: fc.record({
      kind: fc.constant('duplicate'),
      scope,
      probability,
      forNs: forNsOrEver,
    }),
    reorder: fc.record({ kind: fc.constant('reorder'), scope, probability, forNs: forNsOrEver }),
    degrade: fc.record({
      kind: fc.constant('degrade'),
      scope,
      bandwidthFactor: fc.constantFrom(0.5, 0.9, 1, 2),
      latencyFactor: fc.constantFrom(0.5, 1, 3, 20),
      forNs: forNsOrEver,
    }),
  };
  const timing: fc.Arbitrary<FaultTiming> = fc.oneof(
    { weight: 3, arbitrary: fc.record({ atNs: fc.nat(untilNs) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        meanNs: fc.integer({ min: Math.ceil(untilNs / 20), max: untilNs }),
        shape: fc.constantFrom(0.7, 1, 2),
        fromNs: fc.nat(untilNs),
        untilNs: fc.constant(2 * untilNs),
      }),
    },
  );
  const effect = fc.oneof(...kinds.map((kind) => effects[kind]));
  return fc
    .array(fc.record({ timing, effect }), { maxLength: 8 })
    .map((rules) => rules.map((rule, place) => ({ rule: place, ...bounded(rule) })));
}

/**
 * What multiplies and comes again and again is over, as a rule, before it comes again, and no strong one: a dozen that
 * overlap would make a latency of weeks, which no run is long enough for.
 */
function bounded(rule: { timing: FaultTiming; effect: FaultEffect }): typeof rule {
  const { timing, effect } = rule;
  if ('atNs' in timing || (effect.kind !== 'slow' && effect.kind !== 'degrade')) return rule;
  const forNs = Math.min(effect.forNs ?? Infinity, timing.meanNs);
  if (effect.kind === 'slow') return { timing, effect: { ...effect, forNs } };
  const latencyFactor = Math.min(effect.latencyFactor, 3);
  return { timing, effect: { ...effect, latencyFactor, forNs } };
}

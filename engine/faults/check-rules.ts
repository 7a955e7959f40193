/** Refuses fault rules that make no sense, each in a sentence that names the rule. */
import type { NodeId } from '../world.ts';
import type { FaultRule, FaultTiming } from './fault-rule.ts';

/** Throws a RangeError for the first bad rule. */
export function checkRules(rules: readonly FaultRule[], nodeCount: number): void {
  for (const [index, rule] of rules.entries()) {
    const where = `fault ${index} (${rule.effect.kind})`;
    checkTiming(rule.timing, where);
    checkEffect(rule, where);
    for (const node of nodesOf(rule))
      require(Number.isInteger(node) &&
        node >= 0 &&
        node <
          nodeCount, `${where} is about node ${node}, a node from 0 to ${nodeCount - 1} would be right`);
  }
}

function checkTiming(timing: FaultTiming, where: string): void {
  if ('atNs' in timing) {
    requireTime(timing.atNs, 0, `${where} strikes at`);
    return;
  }
  const { meanNs, shape, fromNs, untilNs } = timing;
  require(meanNs > 0 &&
    meanNs < Infinity &&
    shape > 0 &&
    shape <
      Infinity, `${where} strikes every ${meanNs} ns on average with shape ${shape}, both above 0 would be right`);
  requireTime(fromNs, 0, `${where} strikes from`);
  require(untilNs >=
    fromNs, `${where} strikes from ${fromNs} ns until ${untilNs} ns, which is before`);
}

function checkEffect({ effect }: FaultRule, where: string): void {
  if (effect.forNs !== null) requireTime(effect.forNs, 1, `${where} lasts`);
  if ('factor' in effect) requireFactor(effect.factor, `${where} makes jobs longer`);
  if ('bandwidthFactor' in effect) {
    requireFactor(effect.bandwidthFactor, `${where} changes bandwidths`);
    requireFactor(effect.latencyFactor, `${where} changes latencies`);
  }
  if ('probability' in effect)
    require(effect.probability >= 0 &&
      effect.probability <=
        1, `${where} has probability ${effect.probability}, a number from 0 to 1 would be right`);
  if ('target' in effect && effect.target.choose !== 'all') {
    const { count } = effect.target;
    require(Number.isInteger(count) &&
      count >= 1, `${where} strikes ${count} nodes, a whole number from 1 would be right`);
  }
}

function nodesOf({ effect }: FaultRule): readonly NodeId[] {
  if ('target' in effect) return effect.target.among;
  if (effect.kind === 'partition') return effect.groups.flat();
  return [...effect.scope.from, ...effect.scope.to];
}

function requireTime(ns: number, least: number, what: string): void {
  require(Number.isSafeInteger(ns) &&
    ns >= least, `${what} ${ns} ns, a whole number from ${least} would be right`);
}

function requireFactor(factor: number, what: string): void {
  require(factor > 0 &&
    factor < Infinity, `${what} by a factor of ${factor}, a number above 0 would be right`);
}

function require(holds: boolean, sentence: string): void {
  if (!holds) throw new RangeError(sentence);
}

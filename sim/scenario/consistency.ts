/**
 * Rules between the fields of a scenario, one sentence each when broken. What depends on a protocol (such as more
 * nodes than neurons) is checked by the protocol's plan.
 */
import { formatCounted } from '../../engine/format.ts';
import { figurePaths, isFigurePath } from '../../reports/summary-shape.ts';
import { MNIST_CLASSES, MNIST_DIGITS, MNIST_FEATURES } from '../data/mnist.ts';
import { BadInput } from './bad-input.ts';
import { isUsed } from './effects.ts';
import { wrongCut } from './cuts.ts';
import { wrongFault } from './fault-consistency.ts';
import { wrongEfficiency } from './efficiencies.ts';
import { wrongCosts } from './layer-costs.ts';
import { networkFault } from './network.ts';
import type { ResolvedScenario } from './resolved.ts';
import { nearest, oneOf, show } from './show.ts';

type Rule = (scenario: ResolvedScenario) => string | null;

const hosts: Rule = ({ cluster }) => {
  const { host, hosts, nodes } = cluster;
  if (host && hosts)
    return 'cluster has both host and hosts; host for equal nodes or hosts for several kinds would be right';
  if (!host && !hosts)
    return "cluster.host is missing; an object such as { speed: '100 GFLOP/s' } would be right";
  const counted = hosts?.reduce((sum, kind) => sum + kind.count, 0) ?? nodes;
  if (counted !== nodes)
    return `cluster.hosts counts ${formatCounted(counted, 'node')}, but cluster.nodes is ${nodes}; counts that sum to ${nodes} would be right`;
  return null;
};

const efficiency: Rule = (scenario) => wrongEfficiency(scenario);

const jitter: Rule = ({ cluster }) => {
  for (const name of ['compute', 'latency'] as const) {
    const chance = cluster.jitter?.[name];
    if (chance?.kind === 'uniform' && chance.low > chance.high)
      return `cluster.jitter.${name}.low is ${chance.low}, above high, which is ${chance.high}; a number from 0 to ${chance.high} would be right`;
  }
  return null;
};

const batch: Rule = (scenario) => {
  const { batch, microBatches } = scenario.training;
  if (batch % microBatches === 0 || !isUsed('training.microBatches', scenario)) return null;
  return `training.batch is ${batch}, which ${microBatches} micro-batches (training.microBatches) do not divide; a multiple of ${microBatches} would be right`;
};

const numerics: Rule = ({ model, training }) => {
  if (model.kind !== 'costs' || training.numerics === 'cost') return null;
  return "training.numerics is 'exact', but model.kind is 'costs', a table without numbers to train; 'cost' would be right";
};

const layerCosts: Rule = ({ model }) => wrongCosts(model);

const cut: Rule = ({ model }) => wrongCut(model);

const precision: Rule = ({ training }) => {
  const { precision, bytes, numerics } = training;
  if (numerics === 'cost') return null;
  if (precision === 16)
    return "training.precision is 16 under exact numerics, which train with 32 or 64 bits; 32, 64 or numerics 'cost' would be right";
  if (bytes !== undefined)
    return `training.bytes is given under exact numerics, whose elements take ${precision / 8} bytes each; no such field or numerics 'cost' would be right`;
  return null;
};

const data: Rule = ({ data, model, training }) => {
  if (training.numerics === 'cost' || model.kind !== 'mlp') return null;
  if (data.kind === 'none')
    return "data.kind is 'none' under exact numerics; 'mnist' or 'synthetic' would be right";
  const inputs = model.layers[0];
  const outputs = model.layers[model.layers.length - 1];
  if (data.kind === 'synthetic' && outputs > 256)
    return `model.layers ends with ${outputs} outputs, but labels are bytes; at most 256 would be right`;
  if (data.kind === 'synthetic' && outputs < 2)
    return `model.layers ends with ${outputs} output, but there is nothing to tell apart; at least 2 would be right`;
  if (data.kind !== 'mnist') return null;
  if (inputs !== MNIST_FEATURES)
    return `model.layers begins with ${inputs} inputs, but a sample of mnist has ${MNIST_FEATURES} features; ${MNIST_FEATURES} would be right`;
  if (outputs !== MNIST_CLASSES)
    return `model.layers ends with ${outputs} outputs, but mnist has ${MNIST_CLASSES} classes; ${MNIST_CLASSES} would be right`;
  const { train, test } = data;
  if (train + test > MNIST_DIGITS)
    return `data.train and data.test are ${train} and ${test}, but there are ${MNIST_DIGITS} digits; counts that sum to at most ${MNIST_DIGITS} would be right`;
  return null;
};

const labels: Rule = ({ protocol }) => {
  const seen = new Map<string, number>();
  for (const [index, { label }] of protocol.entries()) {
    const before = seen.get(label);
    if (before !== undefined)
      return `protocol[${index}].label is ${show(label)}, the label of protocol[${before}] too; a label of its own would be right`;
    seen.set(label, index);
  }
  return null;
};

/** A node never keeps a replica for itself. */
const replicas: Rule = ({ protocol, cluster }) => {
  const others = cluster.nodes - 1;
  for (const [index, options] of protocol.entries()) {
    const { replicas } = options as { replicas?: number };
    if (replicas === undefined || replicas <= others) continue;
    const right = others === 0 ? '0' : `${others} or fewer`;
    return `protocol[${index}].replicas is ${replicas}, but each of ${cluster.nodes} nodes has ${others} others to keep them; ${right} would be right`;
  }
  return null;
};

const expectations: Rule = ({ expect, protocol }) => {
  const names = [...new Set(protocol.flatMap(({ kind, label }) => [label, kind]))];
  for (const [index, { of, atLeast, atMost }] of expect.entries()) {
    if (atLeast === undefined && atMost === undefined)
      return `expect[${index}] has no bound; atLeast or atMost would be right`;
    for (const [path, value] of [
      ['value', expect[index].value],
      ['atLeast.value', typeof atLeast === 'object' ? atLeast.value : undefined],
      ['atMost.value', typeof atMost === 'object' ? atMost.value : undefined],
    ] as const) {
      if (value === undefined || isFigurePath(value)) continue;
      const right = nearest(value, figurePaths());
      return `expect[${index}].${path} is ${show(value)}, which no summary has as a figure; ${show(right ?? 'training.finalLoss')}${right ? '' : ' or the like'} would be right`;
    }
    for (const [path, name] of [
      ['of', of],
      ['atLeast.of', typeof atLeast === 'object' ? atLeast.of : undefined],
      ['atMost.of', typeof atMost === 'object' ? atMost.of : undefined],
    ] as const) {
      if (name === undefined || names.includes(name)) continue;
      const right = nearest(name, names);
      return `expect[${index}].${path} is ${show(name)}, which no protocol is called; ${right ? show(right) : oneOf(names)} would be right`;
    }
  }
  return null;
};

const network: Rule = ({ cluster }) => networkFault(cluster);

const faults: Rule = (scenario) => wrongFault(scenario);

const RULES: readonly Rule[] = [
  hosts,
  efficiency,
  network,
  jitter,
  batch,
  numerics,
  precision,
  data,
  labels,
  layerCosts,
  cut,
  replicas,
  faults,
  expectations,
];

/** @throws BadInput for the first rule that the scenario breaks. */
export function checkConsistency(scenario: ResolvedScenario): void {
  for (const rule of RULES) {
    const sentence = rule(scenario);
    if (sentence) throw new BadInput(sentence);
  }
}

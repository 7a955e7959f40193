/**
 * The ways to make a scenario one step smaller, the boldest first. A smaller scenario may be one that cannot be run:
 * the caller finds out.
 */
import type { Fault } from '../../scenarios/fault.ts';
import type { Protocol, Quantity, Scenario } from '../../scenarios/scenario.ts';
import { omit } from './omit.ts';

type Step = (scenario: Scenario) => Scenario[];

/** The fields by which faults name nodes. */
interface Targets {
  node?: number;
  nodes?: number[];
  between?: number[];
  groups?: number[][];
}

type AnyFault = Fault<Quantity> & Record<string, unknown>;

const faultsOf = (scenario: Scenario): AnyFault[] => (scenario.faults ?? []) as AnyFault[];

function withFaults(scenario: Scenario, faults: readonly AnyFault[]): Scenario {
  return { ...scenario, faults: [...faults] };
}

function without<T>(list: readonly T[], index: number): T[] {
  return list.filter((_, place) => place !== index);
}

const fewerFaults: Step = (scenario) => {
  const faults = faultsOf(scenario);
  const half = Math.floor(faults.length / 2);
  const halves = half > 1 ? [faults.slice(0, half), faults.slice(half)] : [];
  const each = faults.map((_, index) => without(faults, index));
  return [...halves, ...each].map((fewer) => withFaults(scenario, fewer));
};

const fewerIterations: Step = (scenario) => {
  const { iterations } = scenario.training;
  return [...new Set([1, Math.floor(iterations / 2), iterations - 1])]
    .filter((fewer) => fewer >= 1 && fewer < iterations)
    .map((fewer) => ({ ...scenario, training: { ...scenario.training, iterations: fewer } }));
};

/** Faults that name the last node get another one, or are left to be dropped. */
function withoutLastNode(scenario: Scenario): Scenario {
  const { nodes, hosts } = scenario.cluster;
  const last = nodes - 1;
  const within = (list: readonly number[]): number[] => list.filter((node) => node !== last);
  const faults = faultsOf(scenario).map((fault) => {
    const { node, nodes: several, between, groups } = fault as Targets;
    return {
      ...fault,
      ...(node === last ? { node: last - 1 } : {}),
      ...(several ? { nodes: within(several) } : {}),
      ...(between ? { between: between.map((one) => (one === last ? 0 : one)) } : {}),
      ...(groups ? { groups: groups.map(within) } : {}),
    } as AnyFault;
  });
  const cluster = {
    ...scenario.cluster,
    nodes: last,
    ...(hosts ? { hosts: hosts.slice(0, last) } : {}),
  };
  return withFaults({ ...scenario, cluster }, faults);
}

const fewerNodes: Step = (scenario) =>
  scenario.cluster.nodes > 1 ? [withoutLastNode(scenario)] : [];

const plainerCluster: Step = (scenario) => {
  const { jitter, host, hosts, network, nodes } = scenario.cluster;
  const plain = omit(scenario.cluster, 'jitter', 'hosts');
  const clusters: Scenario['cluster'][] = [];
  if (jitter) {
    clusters.push({ ...scenario.cluster, jitter: undefined });
    for (const name of ['compute', 'latency'] as const)
      if (jitter.compute && jitter.latency)
        clusters.push({ ...scenario.cluster, jitter: { [name]: jitter[name] } });
  }
  if (hosts)
    clusters.push({
      ...plain,
      nodes,
      host: omit(hosts[0], 'count'),
      ...(jitter ? { jitter } : {}),
    });
  for (const cost of ['sending', 'receiving'] as const)
    if (host?.[cost]) clusters.push({ ...scenario.cluster, host: omit(host, cost) });
  if (network.sharing !== 'fifo')
    clusters.push({ ...scenario.cluster, network: { ...network, sharing: 'fifo' } });
  if (network.kind !== 'ring') {
    const { bandwidth, latency, sharing } = network;
    const ring = { kind: 'ring' as const, bandwidth, latency, sharing };
    clusters.push({ ...scenario.cluster, network: ring });
  }
  return clusters.map((cluster) => ({ ...scenario, cluster }));
};

const plainerOptions: Step = (scenario) => {
  const { kind, ...options } = scenario.protocol as Protocol;
  const fewer: Protocol[] = Object.keys(options).map((name) => ({ kind, ...omit(options, name) }));
  const replicas = Number(options.replicas ?? 0);
  if (replicas > 0) fewer.push({ kind, ...options, replicas: replicas - 1 });
  return [
    ...(scenario.checkpoint ? [omit(scenario, 'checkpoint')] : []),
    ...fewer.map((protocol) => ({ ...scenario, protocol })),
  ];
};

const plainerTraining: Step = (scenario) => {
  const { training } = scenario;
  const { microBatches = 1, batch } = training;
  const size = batch / microBatches;
  const changes: Partial<Scenario['training']>[] = [];
  if (training.evaluateEvery) changes.push({ evaluateEvery: 0 });
  if (training.optimizer !== 'sgd') changes.push({ optimizer: 'sgd' });
  if (training.precision !== 32) changes.push({ precision: 32 });
  for (const fewer of [1, microBatches - 1])
    if (fewer >= 1 && fewer < microBatches)
      changes.push({ microBatches: fewer, batch: fewer * size });
  if (size > 1) changes.push({ batch: microBatches * (size - 1) });
  return changes.map((change) => ({ ...scenario, training: { ...training, ...change } }));
};

const smallerModel: Step = (scenario) => {
  const { model } = scenario;
  if (model.kind !== 'mlp') return [];
  const { layers } = model;
  const shorter =
    layers.length > 2 ? layers.slice(1, -1).map((_, at) => without(layers, at + 1)) : [];
  const narrower = layers.flatMap((width, at) =>
    width > 2 ? [layers.map((other, place) => (place === at ? width - 1 : other))] : [],
  );
  return [...shorter, ...narrower].map((smaller) => ({
    ...scenario,
    model: { ...model, layers: smaller },
  }));
};

/** A number with fewer digits, coarsest first. */
function rounder(value: number): number[] {
  return [1, 2, 3]
    .map((digits) => Number(value.toPrecision(digits)))
    .filter((rounded) => rounded !== value);
}

const plainerFaults: Step = (scenario) => {
  const faults = faultsOf(scenario);
  return faults.flatMap((fault, index) => {
    const changed: AnyFault[] = [];
    const { for: lasting, ...forGood } = fault as Record<string, unknown>;
    if (lasting !== undefined) changed.push(forGood as AnyFault);
    if ('oneWay' in fault) changed.push({ ...fault, oneWay: undefined } as AnyFault);
    for (const name of ['at', 'for', 'every', 'until'])
      if (typeof fault[name] === 'number')
        for (const value of rounder(fault[name]))
          changed.push({ ...fault, [name]: value } as AnyFault);
    return changed.map((one) =>
      withFaults(
        scenario,
        faults.map((other, place) => (place === index ? one : other)),
      ),
    );
  });
};

const STEPS: readonly Step[] = [
  fewerFaults,
  fewerIterations,
  plainerCluster,
  fewerNodes,
  plainerOptions,
  plainerTraining,
  smallerModel,
  plainerFaults,
];

/** Every scenario that is one step smaller. */
export function* smallerScenarios(scenario: Scenario): Generator<Scenario> {
  for (const step of STEPS) yield* step(scenario);
}

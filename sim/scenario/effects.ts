/**
 * Warnings about fields that were given and have no effect. A protocol's definition says which fields it reads; the
 * rest follows from other fields.
 */
import type { OptionalField } from '../../models/protocol.ts';
import { OPTIMIZER_SLOTS } from '../../models/spec/training.ts';
import { protocolOf } from '../../models/protocols/registry.ts';
import { canFail } from './fault-text.ts';
import { hostWarnings, machineWarnings } from './efficiencies.ts';
import { costWarnings } from './layer-costs.ts';
import { networkEffects } from './network.ts';
import { noEffect } from './no-effect.ts';
import { LEARNING_RATES } from './schema/schema.ts';
import type { ResolvedFault, ResolvedScenario } from './resolved.ts';

/** The paths where a field is given. A value equal to the default is not counted. */
const GIVEN: Readonly<Record<OptionalField, (scenario: ResolvedScenario) => string[]>> = {
  'model.layers.carryElements': ({ model }) =>
    (model.kind === 'mlp' ? [] : model.layers).flatMap(({ carryElements }, index) =>
      carryElements === undefined ? [] : [`model.layers[${index}].carryElements`],
    ),
  'model.layers.splits': ({ model }) =>
    (model.kind === 'mlp' ? [] : model.layers).flatMap(({ splits = 1 }, index) =>
      splits === 1 ? [] : [`model.layers[${index}].splits`],
    ),
  'model.bounds': ({ model }) => [
    ...(model.bounds === undefined ? [] : ['model.bounds']),
    ...(model.kind === 'mlp' || model.stages === undefined ? [] : ['model.stages']),
  ],
  'training.microBatches': ({ training }) =>
    training.microBatches === 1 ? [] : ['training.microBatches'],
  checkpoint: ({ checkpoint }) => (checkpoint ? ['checkpoint'] : []),
  detector: ({ detector }) => (detector ? ['detector'] : []),
  'cluster.network': ({ cluster, faults, training }) => [
    ...(cluster.network.sharing === 'fifo' ? ['cluster.network.sharing'] : []),
    ...(training.bytes?.wire === undefined ? [] : ['training.bytes.wire']),
    ...(cluster.jitter?.latency ? ['cluster.jitter.latency'] : []),
    ...faults.flatMap((fault, index) =>
      'kind' in fault && fault.kind === 'degrade' ? [`faults[${index}]`] : [],
    ),
  ],
  disk: ({ cluster, faults }) => [
    ...(cluster.host?.disk ? ['cluster.host.disk'] : []),
    ...(cluster.hosts ?? []).flatMap(({ disk }, index) =>
      disk ? [`cluster.hosts[${index}].disk`] : [],
    ),
    ...faults.flatMap((fault, index) =>
      'kind' in fault && fault.kind === 'crash' && fault.disk === 'lost'
        ? [`faults[${index}].disk`]
        : [],
    ),
  ],
};

/** Whether some protocol of the run reads the field. */
export function isUsed(field: OptionalField, scenario: ResolvedScenario): boolean {
  return scenario.protocol.some(({ kind }) => {
    const use = protocolOf(kind)?.uses[field];
    return use === 'always' || (use === 'with faults' && canFail(scenario));
  });
}

/** A sentence for each field without effect. */
export function effectWarnings(scenario: ResolvedScenario): string[] {
  return [
    ...unread(scenario),
    ...underCost(scenario),
    ...beyondTheRun(scenario),
    ...ofData(scenario),
    ...costWarnings(scenario),
    ...hostWarnings(scenario),
    ...machineWarnings(scenario),
    ...networkEffects(scenario.cluster),
    ...unrouted(scenario),
    ...scenario.faults.flatMap((fault, index) => harmless(fault, `faults[${index}]`)),
  ];
}

const without = (field: string, why: string) => `${field} has no effect ${why}`;

function unread(scenario: ResolvedScenario): string[] {
  const kinds = [...new Set(scenario.protocol.map(({ kind }) => kind))];
  const fields = Object.keys(GIVEN) as OptionalField[];
  return fields.flatMap((field) => {
    if (isUsed(field, scenario)) return [];
    const readers = kinds.filter((kind) => protocolOf(kind)?.uses[field] !== undefined);
    const why =
      readers.length > 0
        ? `without faults: ${readers.join(', ')} reads it where nodes may fail`
        : `under ${kinds.join(', ')}, where nobody reads it`;
    return noEffect(GIVEN[field](scenario), why);
  });
}

function underCost({ training, data, stop }: ResolvedScenario): string[] {
  if (training.numerics !== 'cost') return [];
  const given = {
    data: data.kind !== 'none',
    'training.evaluateEvery': training.evaluateEvery > 0,
    'training.learningRate': training.learningRate !== LEARNING_RATES[training.optimizer.kind],
    'stop.loss': stop?.loss !== undefined,
    'stop.accuracy': stop?.accuracy !== undefined,
    'stop.diverged': stop?.diverged !== undefined,
  };
  return Object.entries(given).flatMap(([field, isGiven]) =>
    isGiven ? [without(field, 'under cost numerics')] : [],
  );
}

function beyondTheRun({ training, stop, checkpoint, cluster }: ResolvedScenario): string[] {
  const { evaluateEvery, iterations, numerics } = training;
  const warnings: string[] = [];
  if (training.bytes?.optimizer !== undefined && OPTIMIZER_SLOTS[training.optimizer.kind] === 0)
    warnings.push(without('training.bytes.optimizer', 'under sgd, which keeps no slots'));
  if (numerics === 'exact' && stop?.accuracy !== undefined && evaluateEvery === 0)
    warnings.push(without('stop.accuracy', 'with training.evaluateEvery 0'));
  if (checkpoint && checkpoint.every > iterations)
    warnings.push(without('checkpoint.every', 'above training.iterations'));
  if (evaluateEvery > iterations)
    warnings.push(without('training.evaluateEvery', 'above training.iterations'));
  if (cluster.hosts?.length === 1)
    warnings.push('cluster.hosts of one kind says no more than cluster.host');
  return warnings;
}

function ofData({ data, training }: ResolvedScenario): string[] {
  if (training.numerics === 'cost' || data.kind === 'none' || data.train >= training.batch)
    return [];
  return [
    `data.train is ${data.train}, below training.batch, which is ${training.batch}: each batch has samples more than once`,
  ];
}

/** Where nothing can be rerouted. */
function unrouted({ cluster, faults }: ResolvedScenario): string[] {
  const { kind, rerouteAfter } = cluster.network;
  if (rerouteAfter === undefined) return [];
  const field = 'cluster.network.rerouteAfter';
  if (kind !== 'ring' && kind !== 'torus' && kind !== 'links')
    return [
      without(field, `in a network of kind '${kind}', where no two nodes are joined by a cable`),
    ];
  const cuts = faults.some((fault) => 'kind' in fault && fault.kind === 'cut' && fault.between);
  return cuts ? [] : [without(field, 'without a cut between two nodes')];
}

/** Faults that change nothing. */
function harmless(fault: ResolvedFault, path: string): string[] {
  if ('trace' in fault) return [];
  if (fault.kind === 'crash' && fault.disk === 'lost' && fault.for === undefined)
    return [without(`${path}.disk`, 'on a host that never returns')];
  if (fault.kind === 'slow' && fault.factor === 1)
    return [`${path}.factor is 1, which slows nobody`];
  if ('probability' in fault && fault.probability === 0)
    return [`${path}.probability is 0, which strikes no message`];
  const { bandwidth = 1, latency = 1 } = fault.kind === 'degrade' ? fault : { bandwidth: 0 };
  return bandwidth === 1 && latency === 1
    ? [`${path} has factors of 1, which degrade nothing`]
    : [];
}

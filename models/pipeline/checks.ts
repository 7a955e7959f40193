/** Checks of a pipeline before anything runs. */
import { formatCounted, formatMemory } from '../../engine/format.ts';
import type { ModelLine } from '../costs/line.ts';
import { ScenarioError } from '../protocol.ts';
import { bytesPerParameter, replicaCount } from '../replication/safety.ts';
import type { PipelineWork } from './stage/work.ts';

/** @throws ScenarioError if the line cannot be cut into so many stages, or is cut into others by hand */
export function refuseWrongStages(line: ModelLine, stages: number, nodes = stages): void {
  const parts = line.blocks.length;
  const cut = (line.bounds?.length ?? stages + 1) - 1;
  if (cut !== stages)
    throw new ScenarioError(
      'model.bounds',
      `the model is cut by hand into ${formatCounted(cut, 'stage')}, and ${formatCounted(nodes, 'node takes', 'nodes take')} ${stages}; ` +
        `${stages + 1} bounds, or ${stages} stages, would be right`,
    );
  if (parts >= stages) return;
  const isOneEach = stages === nodes;
  const given = isOneEach
    ? formatCounted(nodes, 'node')
    : `${stages} stages on ${formatCounted(nodes, 'node')}`;
  throw new ScenarioError(
    'cluster.nodes',
    `${given} are more than the model has ${line.kind === 'mlp' ? 'neurons' : 'layers'}, ` +
      `and each must own one; ${parts}${isOneEach ? '' : ' stages'} or fewer would be right`,
  );
}

/** @throws ScenarioError if nodes and micro-batches cannot be dealt out to so many copies of a pipeline */
export function refuseUnevenCopies(copies: number, nodes: number, microBatches: number): void {
  if (nodes % copies !== 0)
    throw new ScenarioError(
      'protocol.dataParallel',
      `${copies} pipelines cannot share ${formatCounted(nodes, 'node')} (cluster.nodes) evenly; a number that divides ${nodes} would be right`,
    );
  if (microBatches % copies !== 0)
    throw new ScenarioError(
      'training.microBatches',
      `${microBatches} micro-batches cannot be dealt out evenly to ${copies} pipelines (protocol.dataParallel); a multiple of ${copies} would be right`,
    );
}

/**
 * Refuses work that exceeds the memory of all hosts together; the nodes' ledgers find the rest.
 * @throws ScenarioError
 */
export function refuseTooLittleMemory({
  line,
  safety,
  assignment,
  copies,
  mode,
}: PipelineWork): void {
  const { hosts, training } = assignment;
  const { own, replica } = bytesPerParameter(training, safety, mode.delays);
  const needed = copies * line.parameters * (own + replicaCount(safety, hosts.length) * replica);
  const present = hosts.reduce((sum, host) => sum + host.memoryBytes, 0);
  if (needed > present)
    throw new ScenarioError(
      'cluster.host.memory',
      `all hosts together have ${formatMemory(present, 4)}, and weights, gradients and optimizer ` +
        `${safety.heldBack ? 'with what repairs need of them ' : ''}take ${formatMemory(needed, 4)}; more memory, more nodes or a smaller model would be right`,
    );
}

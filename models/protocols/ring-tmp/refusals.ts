/** Options of RingTMP that have no sense, and work that they do not fit: said before anything runs. */
import { formatCounted, formatMemory } from '../../../engine/format.ts';
import type { ModelLine } from '../../costs/line.ts';
import { straddles } from '../../costs/slice-costs.ts';
import { emptyRecords, measure, type NodeRecord, writeRecord } from '../../costs/node-records.ts';
import { inFlightBytes } from '../../pipeline/window.ts';
import { ScenarioError } from '../../protocol.ts';
import { bytesPerParameter } from '../../replication/safety.ts';
import { isTorus, repairs, type RingOptions } from './options.ts';
import type { Assignment } from '../../spec/assignment.ts';
import type { RingWork } from './ring-work.ts';

/** @throws ScenarioError */
export function refuseSenseless(options: RingOptions): void {
  const { mode, variant, rings, laps, staleness, replicas, credits, recompute } = options;
  if (staleness !== undefined && mode !== 'bounded')
    throw new ScenarioError(
      'protocol.staleness',
      `staleness is ${staleness}, and mode is '${mode}', which has its own; mode: 'bounded', or no such field, would be right`,
    );
  if (rings !== undefined && variant !== 'torus')
    throw new ScenarioError(
      'protocol.rings',
      `rings is ${rings}, and variant is '${variant}', which is one ring; variant: 'torus', or no such field, would be right`,
    );
  if (variant === 'torus' && mode !== 'sync')
    throw new ScenarioError(
      'protocol.variant',
      `variant is 'torus', whose rings sum the gradients of a whole batch, and mode is '${mode}', which has no end of a batch to sum at; mode: 'sync', or variant: 'chain', would be right`,
    );
  if (laps !== undefined && variant !== 'laps')
    throw new ScenarioError(
      'protocol.laps',
      `laps is ${laps}, and variant is '${variant}', which goes round once; variant: 'laps', or no such field, would be right`,
    );
  if (variant === 'laps' || variant === 'rotation') refuseWhereOrdered(options);
  if (variant === 'rotation' && recompute !== 'none')
    throw new ScenarioError(
      'protocol.recompute',
      `recompute is '${recompute}', and in variant 'rotation' the weights that a forward takes have gone on when its backward comes; 'none' would be right`,
    );
  if (variant === 'relay' && credits !== undefined)
    throw new ScenarioError(
      'protocol.credits',
      `credits is ${credits}, and in variant 'relay' what a node begins with goes on at once, whatever the next has begun; no such field would be right`,
    );
  if (replicas > 0 && isTorus(options))
    throw new ScenarioError(
      'protocol.replicas',
      `replicas is ${replicas}, and in variant 'torus' every segment lives in each of the rings already; 0 would be right`,
    );
  if (replicas > 0 && !repairs(options))
    throw new ScenarioError(
      'protocol.replicas',
      `replicas is ${replicas}, and in ${mode === 'sync' ? `variant '${variant}'` : `mode '${mode}'`} nothing is repaired from copies; 0 would be right`,
    );
}

/** @throws ScenarioError where it cannot be decided which updates to leave out, or nobody else would know */
export function refuseSenselessCooling(
  { cooling, mode, variant }: RingOptions,
  { training, detector }: Assignment,
): void {
  if (cooling === undefined) return;
  const senseless = [
    [mode !== 'sync', `mode is '${mode}'`, "mode: 'sync'"],
    [variant !== 'chain', `variant is '${variant}'`, "variant: 'chain'"],
    [training.numerics === 'cost', "numerics is 'cost', without weights", "numerics: 'exact'"],
    [detector !== null, 'nodes may be lost, and with them what has cooled', 'no faults'],
  ] as const;
  for (const [isSenseless, why, right] of senseless)
    if (isSenseless)
      throw new ScenarioError(
        'protocol.cooling',
        `cooling is given, and ${why}; ${right}, or no such field, would be right`,
      );
}

/** Where the order of work is written down for a whole batch, whatever waits. */
function refuseWhereOrdered({ variant, mode, window, credits, replicas }: RingOptions): void {
  const senseless = [
    ['mode', mode, mode !== 'sync', 'a batch ends before the next begins', "'sync'"],
    ['window', window, window !== 'time', 'the order itself says what is in flight', "'time'"],
    ['credits', credits, credits !== undefined, 'the order itself says what is ahead', 'none'],
    ['replicas', replicas, replicas > 0, 'nothing is repaired from copies', '0'],
  ] as const;
  for (const [field, given, isSenseless, why, right] of senseless)
    if (isSenseless)
      throw new ScenarioError(
        `protocol.${field}`,
        `${field} is ${given}, and in variant '${variant}' ${why}; ${right} would be right`,
      );
}

/** @throws ScenarioError if nodes of a rotation would have unequal numbers of micro-batches */
export function refuseUnevenRounds({ hosts, training }: Assignment): void {
  const nodes = hosts.length;
  if (training.microBatches % nodes !== 0)
    throw new ScenarioError(
      'training.microBatches',
      `${training.microBatches} micro-batches cannot be dealt out evenly to ${nodes} nodes, which in variant 'rotation' keep their own; a multiple of ${nodes} would be right`,
    );
}

/** @throws ScenarioError if a node of a relay would have parts of more than one layer */
export function refuseSharedNodes(line: ModelLine, nodes: number): void {
  const { blocks, layerInputs, bounds } = line;
  const layers = layerInputs.length;
  if (nodes < layers)
    throw new ScenarioError(
      'protocol.variant',
      `variant is 'relay', in which neighbours share a layer, and ${nodes} nodes are fewer than ${layers} layers; variant: 'chain', or ${layers} nodes, would be right`,
    );
  const wrong = bounds?.findIndex((bound, k) => k > 0 && straddles(line, bounds[k - 1], bound));
  if (wrong === undefined || wrong < 0) return;
  const { layer } = blocks[bounds![wrong - 1]];
  throw new ScenarioError(
    'model.bounds',
    `stage ${wrong - 1} of the cut by hand begins in layer ${layer} and ends behind it, and in variant 'relay' a node has a part of one layer; a bound at ${layer + 1} would be right`,
  );
}

/** @throws ScenarioError if nodes and micro-batches cannot be dealt out to so many rings */
export function refuseUnevenRings(rings: number, { hosts, training }: Assignment): void {
  if (hosts.length % rings !== 0)
    throw new ScenarioError(
      'protocol.rings',
      `${rings} rings cannot share ${formatCounted(hosts.length, 'node')} (cluster.nodes) evenly; a number that divides ${hosts.length} would be right`,
    );
  if (training.microBatches % rings !== 0)
    throw new ScenarioError(
      'training.microBatches',
      `${training.microBatches} micro-batches cannot be dealt out evenly to ${rings} rings (protocol.rings); a multiple of ${rings} would be right`,
    );
}

/**
 * Refuses a stash that a node has no memory for, beside all else that it holds with as many micro-batches in flight.
 * @throws ScenarioError
 */
export function refuseTooLargeStash(work: RingWork): void {
  const { assignment, mode, training, safety } = work;
  if (!mode.stashes) return;
  const { hosts } = assignment;
  const nodes = hosts.map((_, node) => node);
  const measured = nodes.map((node) => measure(assignment, node));
  const view = { epoch: 0, nodes, bounds: work.bounds(token(measured)) };
  // Windows shrink to the memory there is: with enough of it they are what is asked for.
  const roomy = token(measured.map((record) => ({ ...record, memoryBytes: Infinity })));
  const { shares } = work.layout(view, () => roomy);
  const { own } = bytesPerParameter(training, safety, mode.delays);
  for (const [node, { costs, window }] of shares.entries()) {
    const { inFlight } = window;
    const { parameters, stashBytes } = costs;
    const needed = parameters * own + inFlightBytes(costs, work.recompute, inFlight) - stashBytes;
    const stash = (inFlight - 1) * stashBytes;
    const { memoryBytes } = hosts[node];
    if (needed <= memoryBytes) continue;
    throw new ScenarioError(
      'protocol.mode',
      `mode is 'stash', and node ${node} has ${formatMemory(memoryBytes, 4)}, where ${inFlight - 1} older versions of ` +
        `its weights take ${stash} bytes and all else ${needed - stash}; more memory, a smaller window or mode: '2bw' would be right`,
    );
  }
}

function token(measured: readonly NodeRecord[]): Float64Array {
  const records = emptyRecords(measured.length);
  for (const [node, record] of measured.entries()) writeRecord(records, node, record);
  return records;
}

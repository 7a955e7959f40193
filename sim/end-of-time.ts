/**
 * Names the scenario field that makes a run outlast modelled time. Each field that costs time is set to its cheapest
 * value, one at a time; the one that shortens the job, transfer or storage operation most is named.
 */
import { jobNs, storageNs, transferNs } from '../engine/cost.ts';
import type { InjectedFault } from '../engine/faults/fault-rule.ts';
import { END_NS } from '../engine/kernel.ts';
import type { EndlessWork } from '../engine/endless-work.ts';
import { formatSeconds } from '../engine/format.ts';
import { hostsOf, pathOf, storageOf } from './hardware.ts';
import type { ResolvedFault, ResolvedScenario } from './scenario/resolved.ts';
import { RANGES } from './scenario/schema/ranges.ts';
import { topologyOf } from './topology.ts';

/** The cheapest value of each field. Those of faults are factors on what hosts and links give. */
const FREE: Readonly<Record<string, number>> = {
  speed: RANGES.speed.most,
  bandwidth: RANGES.bandwidth.most,
  taskOverhead: 0,
  latency: 0,
  coreLatency: 0,
  oversubscription: 1,
};
const FREE_FACTORS: Readonly<Record<string, number>> = { factor: 1, bandwidth: 1, latency: 1 };
/** The most fields tried: lists may be long. */
const MOST_TRIED = 1000;

/** A scenario in which one field costs no time. */
interface Variant {
  readonly field: string;
  readonly given: string;
  readonly right: 'more' | 'less';
  readonly scenario: ResolvedScenario;
}

/**
 * Why a run gets no further, in the words after "before the run does:"; null if modelled time has nothing to do with it.
 * @param made iterations made so far
 */
export function whyEndless(
  scenario: ResolvedScenario,
  unending: EndlessWork,
  made: number,
): string | null {
  const { timeNs, job, transfer, storage, faults } = unending;
  const what = job
    ? `'${job.name}' on node ${job.node}`
    : transfer
      ? `a message from node ${transfer.from} to node ${transfer.to}`
      : storage
        ? `storage for node ${storage.node}`
        : null;
  if (what === null) return faultText(scenario, unending) ?? silenceText(scenario, unending);
  const underWay = faults.filter(({ endNs }) => endNs === null || endNs > timeNs);
  const lastsNs = lengthNs(scenario, unending, underWay);
  const fits = (ns: number) => timeNs + ns < END_NS;
  const isStruck = !fits(lastsNs) && fits(lengthNs(scenario, unending, []));
  const variants = isStruck ? faultVariants(scenario) : machineVariants(scenario);
  const worst = worstOf(variants, (variant) => lengthNs(variant, unending, underWay));
  const chance = scenario.cluster.jitter?.[job ? 'compute' : 'latency'];
  if (chance && !storage && fits(lastsNs) && made === 0)
    return `cluster.jitter.${job ? 'compute' : 'latency'} has ${what} take longer; smaller factors would be right`;
  const { iterations } = scenario.training;
  if (made > 0 && lastsNs < timeNs)
    return (
      `training.iterations is ${iterations}, of which ${made} ${made === 1 ? 'is' : 'are'} made by then; ` +
      `at most ${made}, or ${worst.right} than ${worst.given} for ${worst.field}, would be right`
    );
  return `${worst.field} is ${worst.given}, and ${what} takes longer; ${worst.right} would be right`;
}

/** How long the job, transfer or operation takes with nothing in its way, under those faults. */
function lengthNs(
  scenario: ResolvedScenario,
  { job, transfer, storage }: EndlessWork,
  underWay: readonly InjectedFault[],
): number {
  if (job) {
    const factors = degreesOf(scenario, underWay, 'slow', 'factor', [job.node]);
    return jobNs(hostsOf(scenario)[job.node], job.flops, factors, job.profile);
  }
  if (!transfer) return storageNs(storage!.bytes, storageOf(scenario)!);
  const { from, to, bytes } = transfer;
  const { latencyNs, bandwidthBytesPerSecond } = pathOf(topologyOf(scenario))(from, to);
  const slower = degreesOf(scenario, underWay, 'degrade', 'bandwidth', [from, to]);
  const later = degreesOf(scenario, underWay, 'degrade', 'latency', [from, to]);
  return transferNs(bytes, bandwidthBytesPerSecond * slower) + latencyNs * later;
}

/** The product of a field over the faults of a kind that hit any of those nodes. */
function degreesOf(
  { faults }: ResolvedScenario,
  underWay: readonly InjectedFault[],
  kind: 'slow' | 'degrade',
  field: string,
  among: readonly number[],
): number {
  let product = 1;
  for (const { rule, nodes } of underWay) {
    const fault: ResolvedFault & Record<string, unknown> = { ...faults[rule] };
    if (fault.kind !== kind || !nodes.some((node) => among.includes(node))) continue;
    const degree = fault[field];
    if (typeof degree === 'number') product *= degree;
  }
  return Math.min(Math.max(product, 1e-100), 1e100);
}

/** The variant with the shortest time, of at least one. */
function worstOf(variants: readonly Variant[], lengthOf: (variant: ResolvedScenario) => number) {
  const lengths = variants.slice(0, MOST_TRIED).map(({ scenario }) => lengthOf(scenario));
  return variants[lengths.indexOf(lengths.reduce((least, length) => Math.min(least, length)))];
}

function faultVariants(scenario: ResolvedScenario): Variant[] {
  return variantsOf(scenario.faults, 'faults', FREE_FACTORS, (faults) => ({ ...scenario, faults }));
}

function machineVariants(scenario: ResolvedScenario): Variant[] {
  const { cluster, checkpoint } = scenario;
  return [
    ...variantsOf(checkpoint, 'checkpoint', FREE, (changed) => ({
      ...scenario,
      checkpoint: changed,
    })),
    ...variantsOf(cluster, 'cluster', FREE, (changed) => ({ ...scenario, cluster: changed })),
  ];
}

/** A variant for each field that costs time, at any depth: `put` makes the scenario from the changed value. */
function variantsOf<Value>(
  value: Value,
  field: string,
  free: Readonly<Record<string, number>>,
  put: (changed: Value) => ResolvedScenario,
): Variant[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]: [string, unknown]) => {
    const path = Array.isArray(value) ? `${field}[${key}]` : `${field}.${key}`;
    const putPart = (changed: unknown) =>
      put(
        (Array.isArray(value)
          ? value.with(Number(key), changed)
          : { ...value, [key]: changed }) as Value,
      );
    if (typeof part !== 'number' || !(key in free)) return variantsOf(part, path, free, putPart);
    const right = free[key] > part ? 'more' : 'less';
    return [
      { field: path, given: givenText(key, part, free), right, scenario: putPart(free[key]) },
    ];
  });
}

function givenText(key: string, value: number, free: Readonly<Record<string, number>>): string {
  if (free === FREE_FACTORS || key === 'oversubscription') return `${value}`;
  if (key === 'speed') return `${value} FLOP/s`;
  if (key === 'bandwidth') return `${value} B/s`;
  return formatSeconds(value);
}

/** Kinds of faults that let nothing pass while they last. */
const BLOCKING: readonly string[] = ['crash', 'pause', 'cut', 'partition'];

/** A fault that would end after modelled time does. */
function faultText({ faults: rules }: ResolvedScenario, { faults }: EndlessWork): string | null {
  for (const { rule, endNs, timeNs } of faults) {
    const fault = rules[rule];
    if (endNs !== null || 'trace' in fault || fault.for === undefined) continue;
    if (BLOCKING.includes(fault.kind) || ('probability' in fault && fault.probability === 1))
      return (
        `faults[${rule}].for is ${formatSeconds(fault.for)}, and the ${fault.kind} began at ` +
        `${formatSeconds(timeNs / 1e9)}; less would be right`
      );
  }
  return null;
}

/** Where nothing is in progress, nodes wait for each other's silence. */
function silenceText({ detector }: ResolvedScenario, { isAtEnd }: EndlessWork): string | null {
  if (!isAtEnd || detector?.heartbeat === undefined) return null;
  return `detector.heartbeat is ${formatSeconds(detector.heartbeat)}, and some node waits longer for news of another; less would be right`;
}

/** Makes the summary of a run: pure arithmetic, which formats nothing but the failure. */
import type { NodeAccounts } from '../engine/result.ts';
import { CAUSES, resourceText } from './explanation/cause-names.ts';
import { failureText } from './failure-text.ts';
import { utilisationOverTime } from './link-timeline.ts';
import { bySize, largest } from './ordering.ts';
import { timeKind, type ReportInput } from './report-input.ts';
import { summarizeFaults, summarizeResilience } from './resilience.ts';
import { steadyOf } from './steady.ts';
import type {
  Accounting,
  Spread,
  Summary,
  SummaryTime,
  SummaryTraining,
  Target,
} from './summary.ts';

/** The summary of one run. Times come out in seconds, memory in bytes, shares as fractions of the run's time. */
export function summarize(input: ReportInput): Summary {
  const { scenario, run } = input;
  return {
    protocol: scenario.kind,
    label: scenario.label,
    world: input.world,
    seed: scenario.seed,
    nodes: run.nodes.count,
    digest: run.digest,
    numbersDigest: input.numbersDigest,
    partial: input.partial,
    outcome: run.outcome,
    failure: run.failure === null ? null : failureText(run.failure),
    time: summarizeTime(input),
    training: summarizeTraining(input),
    steady: steadyOf(input),
    accounting: accountingOf(run.nodes, run.timeNs, everyNode(run.nodes)),
    accountingByRole: accountingByRole(input),
    waiting: waitingOf(input),
    ...causesOf(input),
    ...pathOf(input),
    network: summarizeNetwork(input),
    memory: summarizeMemory(input),
    staleness: { ...input.training.staleness },
    moved: movedOf(input),
    faults: summarizeFaults(input),
    resilience: summarizeResilience(input),
    warnings: [...(input.warnings ?? [])],
  };
}

function summarizeTime({ world, run, wallSeconds }: ReportInput): SummaryTime {
  const seconds = run.timeNs / 1e9;
  return {
    ...(timeKind(world) === 'modelled'
      ? { modelledSeconds: seconds }
      : { measuredSeconds: seconds }),
    wallSeconds,
    events: run.events,
    eventsPerSecond: wallSeconds > 0 ? run.events / wallSeconds : 0,
  };
}

function summarizeTraining(input: ReportInput): SummaryTraining {
  const { training, run, weightsSha256 } = input;
  const rows = training.iterations;
  const last = rows.length - 1;
  const losses = rows.flatMap((row) => row.loss ?? []);
  return {
    iterations: rows.length,
    samples: training.samples,
    samplesPerSecond: run.timeNs > 0 ? training.samples / (run.timeNs / 1e9) : 0,
    iterationSeconds: last < 1 ? null : (rows[last].timeNs - rows[0].timeNs) / last / 1e9,
    firstLoss: finite(losses[0]),
    lastTenthLoss: finite(meanOfLastTenth(losses)),
    finalLoss: finite(losses.at(-1)),
    finalTestLoss: finite(rows.findLast((row) => row.testLoss !== null)?.testLoss),
    finalAccuracy: rows.findLast((row) => row.accuracy !== null)?.accuracy ?? null,
    target: targetOf(input),
    divergedAt: training.divergence?.iteration ?? null,
    weightsSha256,
  };
}

function movedOf({ training: { moved, iterations } }: ReportInput): Summary['moved'] {
  const rate = iterations.length > 0 ? (100 * moved.blocks) / iterations.length : 0;
  return { ...moved, blocksPer100Iterations: rate };
}

/** The first iteration with the accuracy that ends the run. */
function targetOf({ scenario, training }: ReportInput): Target | null {
  const { targetAccuracy: accuracy } = scenario;
  if (accuracy === undefined) return null;
  const row = training.iterations.find((each) => (each.accuracy ?? -1) >= accuracy);
  return row ? { accuracy, seconds: row.timeNs / 1e9, samples: row.samples } : null;
}

/** NaN for an empty list. */
function meanOfLastTenth(losses: readonly number[]): number {
  const last = losses.slice(-Math.ceil(losses.length / 10));
  return last.reduce((sum, loss) => sum + loss, 0) / last.length;
}

/** JSON has no other numbers. */
function finite(value: number | null | undefined): number | null {
  return Number.isFinite(value) ? value! : null;
}

/** All shares are 0 in a run that ended at its first instant. */
function share(ns: number, timeNs: number): number {
  return timeNs > 0 ? ns / timeNs : 0;
}

/** Over the things with those numbers. */
function spread(numbers: ArrayLike<number>, valueOf: (number: number) => number): Spread {
  if (numbers.length === 0) return { mean: 0, max: 0, min: 0 };
  let [sum, max, min] = [0, -Infinity, Infinity];
  for (let at = 0; at < numbers.length; at++) {
    const value = valueOf(numbers[at]);
    sum += value;
    if (value > max) max = value;
    if (value < min) min = value;
  }
  return { mean: sum / numbers.length, max, min };
}

function everyNode({ count }: NodeAccounts): Int32Array {
  return Int32Array.from({ length: count }, (_none, node) => node);
}

function waitingOf({ run: { nodes, timeNs } }: ReportInput): Spread {
  return spread(everyNode(nodes), (node) => share(nodes.commNs[node] + nodes.idleNs[node], timeNs));
}

/** Nothing where nobody asked. */
function causesOf({ run, explanation }: ReportInput): Pick<Summary, 'waitingByCause'> {
  if (!explanation) return {};
  const { causes } = explanation.waits;
  const spreads = CAUSES.map((cause) => [
    cause,
    spread(everyNode(run.nodes), (node) => share(causes[cause][node], run.timeNs)),
  ]);
  return { waitingByCause: Object.fromEntries(spreads) as Summary['waitingByCause'] };
}

const RESOURCES_SHOWN = 20;

/** Nothing where nobody asked. */
function pathOf({ explanation, topology }: ReportInput): Pick<Summary, 'criticalPath'> {
  if (!explanation) return {};
  const { iterations, iterationNs, otherNs, resources } = explanation.path;
  if (iterations === 0) return { criticalPath: null };
  return {
    criticalPath: {
      ...{ iterations, iterationSeconds: iterationNs / 1e9, otherSeconds: otherNs / 1e9 },
      resources: resources.slice(0, RESOURCES_SHOWN).map((each) => ({
        resource: resourceText(each, topology),
        savedSeconds: each.ns / 1e9,
      })),
    },
  };
}

/** Of those nodes. */
function accountingOf(
  accounts: NodeAccounts,
  timeNs: number,
  nodes: ArrayLike<number>,
): Accounting {
  const over = (column: Float64Array) => spread(nodes, (node) => share(column[node], timeNs));
  return {
    busy: over(accounts.busyNs),
    redo: over(accounts.redoNs),
    comm: over(accounts.commNs),
    idle: over(accounts.idleNs),
    down: over(accounts.downNs),
  };
}

function accountingByRole({ run, roles }: ReportInput): Record<string, Accounting> {
  const byRole = new Map<string, number[]>();
  for (const [node, role] of roles.entries()) {
    const nodes = byRole.get(role);
    if (nodes === undefined) byRole.set(role, [node]);
    else nodes.push(node);
  }
  return Object.fromEntries(
    [...byRole].map(([role, nodes]) => [role, accountingOf(run.nodes, run.timeNs, nodes)]),
  );
}

const LINKS_SHOWN = 5;

function summarizeNetwork({ run, topology }: ReportInput): Summary['network'] {
  const { nodes, links, timeNs } = run;
  const busiestLinks = largest(links.busyNs, LINKS_SHOWN).map((link) => ({
    id: topology.link(link).id,
    utilisation: share(links.busyNs[link], timeNs),
    utilisationOverTime: utilisationOverTime(run, link),
  }));
  const bytesOf = (node: number) => nodes.bytesSent[node] + nodes.bytesReceived[node];
  return {
    messages: run.messages,
    bytes: run.bytes,
    bytesPerNodeMax: spread(everyNode(nodes), bytesOf).max,
    busiestLink: busiestLinks[0] ?? null,
    busiestLinks,
  };
}

function summarizeMemory({ run: { nodes }, hosts }: ReportInput): Summary['memory'] {
  const peaks = spread(everyNode(nodes), (node) => nodes.peakMemoryBytes[node]);
  const items = Object.entries(nodes.memoryItems).map(([item, bytes]): [string, number] => [
    item,
    spread(everyNode(nodes), (node) => bytes[node]).max,
  ]);
  return {
    peakBytesMax: peaks.max,
    peakBytesMean: peaks.mean,
    usedMax: mostUsed(nodes, hosts),
    items: Object.fromEntries(bySize(items)),
  };
}

/** Of nodes that use as much the first. */
function mostUsed({ peakMemoryBytes }: NodeAccounts, hosts: ReportInput['hosts']) {
  let most: Summary['memory']['usedMax'] = null;
  for (const [node, peak] of peakMemoryBytes.entries()) {
    const { memoryBytes } = hosts[node];
    const share = peak / memoryBytes;
    if (memoryBytes < Infinity && !(most && most.share >= share)) most = { share, node };
  }
  return most;
}

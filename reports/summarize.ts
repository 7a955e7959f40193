/** From a finished run to its summary: pure arithmetic, which formats nothing but the failure. */
import type { NodeAccount } from '../engine/result.ts';
import { failureText } from './failure-text.ts';
import { utilisationOverTime } from './link-timeline.ts';
import { bySize } from './ordering.ts';
import { timeKind, type ReportInput } from './report-input.ts';
import { summarizeFaults, summarizeResilience } from './resilience.ts';
import type { Accounting, Spread, Summary, SummaryTime, SummaryTraining } from './summary.ts';

/** The summary of one run. Times come out in seconds, memory in bytes, shares as fractions of the run's time. */
export function summarize(input: ReportInput): Summary {
  const { scenario, run } = input;
  return {
    protocol: scenario.kind,
    label: scenario.label,
    world: input.world,
    seed: scenario.seed,
    nodes: run.nodes.length,
    digest: run.digest,
    numbersDigest: input.numbersDigest,
    partial: input.partial,
    outcome: run.outcome,
    failure: run.failure === null ? null : failureText(run.failure),
    time: summarizeTime(input),
    training: summarizeTraining(input),
    accounting: accountingOf(run.nodes, run.timeNs),
    accountingByRole: accountingByRole(input),
    waiting: spread(run.nodes.map((node) => share(node.commNs + node.idleNs, run.timeNs))),
    network: summarizeNetwork(input),
    memory: summarizeMemory(run.nodes),
    staleness: { ...input.training.staleness },
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

function summarizeTraining({ training, run, weightsSha256 }: ReportInput): SummaryTraining {
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
    divergedAt: training.divergence?.iteration ?? null,
    weightsSha256,
  };
}

/** Of at least one; NaN of none. */
function meanOfLastTenth(losses: readonly number[]): number {
  const last = losses.slice(-Math.ceil(losses.length / 10));
  return last.reduce((sum, loss) => sum + loss, 0) / last.length;
}

/** JSON knows no other number. */
function finite(value: number | null | undefined): number | null {
  return Number.isFinite(value) ? value! : null;
}

/** A run that ended at its first instant spent no time in any state: all its shares are 0. */
function share(ns: number, timeNs: number): number {
  return timeNs > 0 ? ns / timeNs : 0;
}

function spread(values: readonly number[]): Spread {
  if (values.length === 0) return { mean: 0, max: 0, min: 0 };
  let [sum, max, min] = [0, -Infinity, Infinity];
  for (const value of values) {
    sum += value;
    if (value > max) max = value;
    if (value < min) min = value;
  }
  return { mean: sum / values.length, max, min };
}

function accountingOf(nodes: readonly NodeAccount[], timeNs: number): Accounting {
  const over = (ns: (node: NodeAccount) => number) =>
    spread(nodes.map((node) => share(ns(node), timeNs)));
  return {
    busy: over((node) => node.busyNs),
    redo: over((node) => node.redoNs),
    comm: over((node) => node.commNs),
    idle: over((node) => node.idleNs),
    down: over((node) => node.downNs),
  };
}

function accountingByRole({ run, roles }: ReportInput): Record<string, Accounting> {
  const byRole = new Map<string, NodeAccount[]>();
  for (const node of run.nodes) {
    const nodes = byRole.get(roles[node.node]);
    if (nodes === undefined) byRole.set(roles[node.node], [node]);
    else nodes.push(node);
  }
  return Object.fromEntries(
    [...byRole].map(([role, nodes]) => [role, accountingOf(nodes, run.timeNs)]),
  );
}

const LINKS_SHOWN = 5;

function summarizeNetwork({ run }: ReportInput): Summary['network'] {
  // Ties go to the first in the order of links, so that equal runs print equal reports.
  const busiestLinks = run.links
    .map((link, index) => ({ id: link.id, utilisation: share(link.busyNs, run.timeNs), index }))
    .sort((first, second) => second.utilisation - first.utilisation)
    .slice(0, LINKS_SHOWN)
    .map(({ id, utilisation, index }) => {
      return { id, utilisation, utilisationOverTime: utilisationOverTime(run, index) };
    });
  return {
    messages: run.messages,
    bytes: run.bytes,
    bytesPerNodeMax: spread(run.nodes.map((node) => node.bytesSent + node.bytesReceived)).max,
    busiestLink: busiestLinks[0] ?? null,
    busiestLinks,
  };
}

function summarizeMemory(nodes: readonly NodeAccount[]): Summary['memory'] {
  const peaks = spread(nodes.map((node) => node.peakMemoryBytes));
  const items = new Map<string, number>();
  for (const node of nodes) {
    for (const [item, bytes] of Object.entries(node.memoryItems)) {
      items.set(item, Math.max(items.get(item) ?? 0, bytes));
    }
  }
  return {
    peakBytesMax: peaks.max,
    peakBytesMean: peaks.mean,
    items: Object.fromEntries(bySize(items)),
  };
}

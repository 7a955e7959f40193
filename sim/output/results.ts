/** Makes the files of a result folder from the runs of a scenario. */
import { blameCsv } from '../../reports/explanation/blame-csv.ts';
import { messagesCsv, pathCsv, tasksCsv } from '../../reports/explanation/path-csv.ts';
import { eventsCsv } from '../../reports/events-csv.ts';
import { faultsCsv } from '../../reports/faults-csv.ts';
import { formatCounted } from '../../engine/format.ts';
import { iterationsCsv } from '../../reports/iterations-csv.ts';
import { linksCsv } from '../../reports/links-csv.ts';
import { nodesCsv } from '../../reports/nodes-csv.ts';
import type { FaultlessFigures, ReportInput, WorldKind } from '../../reports/report-input.ts';
import { type Summary } from '../../reports/summary.ts';
import { summarize } from '../../reports/summarize.ts';
import { trainingOf } from '../training.ts';
import { nominalRates } from '../../models/costs/nominal.ts';
import { hostsOf, laneTexts, modelOf, topologyOf } from '../assemble.ts';
import { traceChunks, type TracedRun } from '../../reports/trace.ts';
import { idleFaultTexts } from '../scenario/fault-text.ts';
import type { ResolvedScenario } from '../scenario/resolved.ts';
import type { ProtocolRun } from '../worlds/protocol-run.ts';
import { idleFieldTexts } from './idle-fields.ts';
import { numbersDigest } from './numbers-digest.ts';
import { readSpool } from './trace-spool.ts';
import { versions } from './versions.ts';
import type { ResultFiles } from './result-folder.ts';
import { weightsSha256 } from './weights-hash.ts';

export interface Results {
  readonly inputs: readonly ReportInput[];
  readonly summaries: readonly Summary[];
  /** Warnings, such as a field of the scenario without effect. */
  readonly warnings: readonly string[];
  /** The runs that were traced. */
  readonly traced: readonly TracedRun[];
}

/** The report inputs and summaries of each run, with the same runs without faults for comparison, if there are any. */
export function resultsOf(
  scenario: ResolvedScenario,
  world: WorldKind,
  runs: readonly ProtocolRun[],
  faultlessRuns: readonly ProtocolRun[] = [],
): Results {
  const faultless = faultlessRuns.map((run) => ({
    index: run.index,
    figures: faultlessFigures(run),
  }));
  const topology = topologyOf(scenario);
  const { name, seed, stop } = scenario;
  const hosts = hostsOf(scenario);
  const isSimulated = world === 'simulated';
  const nominal = isSimulated
    ? nominalRates(hosts, modelOf(scenario.model), trainingOf(scenario.training))
    : undefined;
  const results = runs.map(({ result }) => result);
  const ofAll = isSimulated ? idleFieldTexts(scenario, results) : [];
  const texts = runs.map((run) => warningsOf(scenario, run, isSimulated));
  const inputs = runs.map((run, place): ReportInput => {
    const { kind, label } = scenario.protocol[run.index];
    return {
      scenario: { name, seed, kind, label, targetAccuracy: stop?.accuracy },
      world,
      roles: run.roles,
      hosts,
      run: run.result,
      topology,
      training: run.training,
      nominal,
      weightsSha256: weightsSha256(run.training.finalWeights),
      numbersDigest: numbersDigest(run.training),
      wallSeconds: run.wallSeconds,
      faults: run.faults,
      explanation: run.explanation,
      faultless: faultless.find(({ index }) => index === run.index)?.figures,
      warnings: [...texts[place], ...ofAll],
      partial: run.result.outcome === 'interrupted',
    };
  });
  const traced = runs.flatMap(({ trace }, place) =>
    trace ? [{ input: inputs[place], trace: readSpool(trace) }] : [],
  );
  const warnings = [
    ...inputs.flatMap(({ scenario: { label } }, place) =>
      texts[place].map((text) => (runs.length > 1 ? `${label}: ${text}` : text)),
    ),
    ...ofAll,
  ];
  return { inputs, summaries: inputs.map(summarize), warnings, traced };
}

/** Warnings about one run alone. */
function warningsOf(scenario: ResolvedScenario, run: ProtocolRun, isSimulated: boolean): string[] {
  return [
    ...idleFaultTexts(scenario, run.result),
    ...(isSimulated ? laneTexts(scenario, run.index, run.result) : []),
    ...divergenceTexts(run),
    ...traceTexts(run),
  ];
}

/** For a run that was to go on after divergence; any other has failed of it, and says so. */
function divergenceTexts({ result, training }: ProtocolRun): string[] {
  return training.divergence && result.failure?.kind !== 'diverged'
    ? [training.divergence.text]
    : [];
}

function traceTexts({ trace }: ProtocolRun): string[] {
  const leftOut = trace?.leftOut ?? 0;
  if (leftOut === 0) return [];
  return [
    `trace.json leaves out ${formatCounted(leftOut, 'job or message', 'jobs and messages')}, all after the limit; ` +
      'a higher --trace-limit would keep them',
  ];
}

function faultlessFigures({ result, training }: ProtocolRun): FaultlessFigures {
  return {
    isFinished: result.outcome === 'finished',
    timeNs: result.timeNs,
    finalLoss: training.iterations.findLast(({ loss }) => loss !== null)?.loss ?? null,
    weightsSha256: weightsSha256(training.finalWeights),
  };
}

/** The content of `summary.json`. */
export interface SummaryFile {
  /** Versions of this program and of Node. */
  readonly program: string;
  readonly node: string;
  /** Name of the scenario. */
  readonly scenario: string;
  /** One a protocol that ran, in the order of the scenario. */
  readonly runs: readonly Summary[];
}

/** The files of a result folder; those of faults and traces only where there are any. */
export function resultFiles(
  scenario: ResolvedScenario,
  { inputs, summaries, traced }: Results,
): ResultFiles {
  const summary: SummaryFile = { ...versions(), scenario: scenario.name, runs: summaries };
  return {
    'summary.json': json(summary),
    'scenario.json': json(scenario),
    'nodes.csv': nodesCsv(inputs),
    'iterations.csv': iterationsCsv(inputs),
    'links.csv': linksCsv(inputs),
    ...(inputs.some(({ faults }) => faults)
      ? { 'faults.csv': faultsCsv(inputs), 'events.csv': eventsCsv(inputs) }
      : {}),
    ...(inputs.some(({ explanation }) => explanation)
      ? {
          'blame.csv': blameCsv(inputs),
          'critical-path.csv': pathCsv(inputs),
          'tasks.csv': tasksCsv(inputs),
          'messages.csv': messagesCsv(inputs),
        }
      : {}),
    ...(traced.length > 0 ? { 'trace.json': traceChunks(traced) } : {}),
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

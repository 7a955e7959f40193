/**
 * What faults did to a run, in figures: one entry a fault, and one object over all. Times are in seconds of the run;
 * `...After` counts from the begin of the fault.
 */
import type { FaultAccount } from '../models/observers/fault-record.ts';
import type { FaultlessFigures, ReportInput, WorldKind } from './report-input.ts';
import type { MeanAndMax, Resilience, SummaryFault } from './summary.ts';

/** Faults listed in summary.json; faults.csv has more. */
const FAULTS_LISTED = 1000;

export function summarizeFaults({ faults, world }: ReportInput): SummaryFault[] {
  const listed = (faults?.accounts ?? []).slice(0, FAULTS_LISTED);
  return listed.map((fault) => summarizeFault(fault, world));
}

export function summarizeFault(fault: FaultAccount, world: WorldKind): SummaryFault {
  const { struckNs, detectedNs, recoveredNs } = fault;
  return {
    kind: fault.kind,
    rule: fault.rule,
    nodes: fault.nodes,
    struckSeconds: struckNs / 1e9,
    endSeconds: seconds(fault.endNs),
    detectedSeconds: seconds(detectedNs),
    detectedAfterSeconds: seconds(detectedNs, struckNs),
    recoveredSeconds: seconds(recoveredNs),
    recoveredAfterSeconds: seconds(recoveredNs, struckNs),
    redoneSamples: fault.redoneSamples,
    messagesLost: world === 'simulated' ? fault.messagesLost : null,
    lost: fault.lostParameters,
    samplesPerSecondBefore: fault.throughputBefore,
    samplesPerSecondAfter: fault.throughputAfter,
    iterationsSince: fault.iterationsSince,
  };
}

/** Null where the run had no faults. */
export function summarizeResilience(input: ReportInput): Resilience | null {
  const { faults, faultless } = input;
  if (!faults) return null;
  const after = (timeOf: (fault: FaultAccount) => number | null): number[] =>
    faults.accounts.flatMap((fault) => seconds(timeOf(fault), fault.struckNs) ?? []);
  const detected = after(({ detectedNs }) => detectedNs);
  const recovered = after(({ recoveredNs }) => recoveredNs);
  return {
    strikes: faults.accounts.length + faults.faultsLeftOut,
    strikesLeftOut: faults.faultsLeftOut,
    detected: detected.length,
    recovered: recovered.length,
    detectedAfterSeconds: meanAndMax(detected),
    recoveredAfterSeconds: meanAndMax(recovered),
    redoneSamples: faults.redoneSamples,
    messagesLost: input.run.messagesLost,
    lost: faults.lost,
    recoveries: faults.recoveries,
    restarts: faults.restarts,
    halts: faults.halts,
    checkpoints: faults.checkpoints,
    lastCheckpoint: faults.lastCheckpoint,
    ...(faultless ? against(input, faultless) : {}),
  };
}

/** A run compared with the same one without faults. Only complete runs are compared. */
function against(
  { run, training, weightsSha256 }: ReportInput,
  faultless: FaultlessFigures,
): Pick<Resilience, 'finalLossDifference' | 'weightsEqualToFaultless' | 'slowdown'> {
  if (run.outcome !== 'finished' || !faultless.isFinished)
    return { finalLossDifference: null, weightsEqualToFaultless: null, slowdown: null };
  const loss = training.iterations.findLast((row) => row.loss !== null)?.loss ?? null;
  const hasWeights = weightsSha256 !== null && faultless.weightsSha256 !== null;
  return {
    finalLossDifference:
      loss === null || faultless.finalLoss === null ? null : loss - faultless.finalLoss,
    weightsEqualToFaultless: hasWeights ? weightsSha256 === faultless.weightsSha256 : null,
    slowdown: faultless.timeNs > 0 ? run.timeNs / faultless.timeNs : null,
  };
}

function seconds(timeNs: number | null, sinceNs = 0): number | null {
  return timeNs === null ? null : (timeNs - sinceNs) / 1e9;
}

function meanAndMax(values: readonly number[]): MeanAndMax | null {
  if (values.length === 0) return null;
  let [sum, max] = [0, -Infinity];
  for (const value of values) {
    sum += value;
    max = Math.max(max, value);
  }
  return { mean: sum / values.length, max };
}

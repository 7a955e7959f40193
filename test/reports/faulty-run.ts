/** A small run with two faults, in round numbers: a crash that was repaired, and a pause that nobody noticed. */
import type { FaultRecord } from '../../models/observers/fault-record.ts';
import type { ReportInput } from '../../reports/report-input.ts';
import { serverRun } from './sample-run.ts';

/** The run lasts 1 ms. */
export function faultRecord(given: Partial<FaultRecord> = {}): FaultRecord {
  const nothing = {
    redoneSamples: 0,
    messagesLost: 0,
    lostParameters: 0,
    throughputBefore: null,
    throughputAfter: null,
    iterationsSince: 0,
  };
  return {
    accounts: [
      {
        ...nothing,
        number: 0,
        rule: 1,
        kind: 'crash',
        nodes: [1, 2],
        struckNs: 100_000,
        endNs: null,
        detectedNs: 125_000,
        recoveredNs: 200_000,
        redoneSamples: 16,
        messagesLost: 3,
        lostParameters: 40,
        throughputBefore: 1000,
        throughputAfter: 500,
        iterationsSince: 2,
      },
      {
        ...nothing,
        number: 1,
        rule: 0,
        kind: 'pause',
        nodes: [0],
        struckNs: 400_000,
        endNs: 500_000,
        detectedNs: null,
        recoveredNs: null,
      },
    ],
    faultsLeftOut: 0,
    events: [
      { timeNs: 100_000, node: null, kind: 'struck', text: 'nodes 1 and 2 crash' },
      { timeNs: 125_000, node: 1, kind: 'suspected', text: 'node 0 suspects node 1' },
    ],
    eventsLeftOut: { count: 0, after: 2 },
    redoneSamples: 16,
    lost: { parameters: [[10, 50]], count: 40, why: ['both holders are gone'] },
    checkpoints: 2,
    lastCheckpoint: 20,
    recoveries: 1,
    restarts: 1,
    halts: 0,
    ...given,
  };
}

export function faultyRun(given: Partial<ReportInput> = {}): ReportInput {
  const run = serverRun();
  return { ...run, run: { ...run.run, messagesLost: 4 }, faults: faultRecord(), ...given };
}

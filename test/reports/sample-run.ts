/** Small runs with round numbers, so that every report of them can be checked by hand. */
import { emptyColumns } from '../../engine/columns.ts';
import { emptyAccounts, writeItems, type NodeAccount } from '../../engine/node-accounts.ts';
import {
  LINK_FIGURES,
  NODE_FIGURES,
  type NodeAccounts,
  type RunResult,
} from '../../engine/result.ts';
import type { ReportInput } from '../../reports/report-input.ts';

/** A node of a run of 1 ms; whatever is not given is idle. */
export function account(node: number, given: Partial<NodeAccount> = {}): NodeAccount {
  const { downNs = 0, busyNs = 0, redoNs = 0, commNs = 0 } = given;
  return {
    node,
    downNs,
    busyNs,
    redoNs,
    commNs,
    idleNs: 1_000_000 - downNs - busyNs - redoNs - commNs,
    jobs: 4,
    flops: 1e6,
    memoryBoundJobs: 0,
    messagesSent: 3,
    bytesSent: 3000,
    messagesReceived: 2,
    bytesReceived: 2000,
    controlFramesSent: 5,
    controlBytesSent: 344,
    controlFramesReceived: 4,
    controlBytesReceived: 280,
    peakMemoryBytes: 1024,
    memoryItems: {},
    ...given,
  };
}

/** The table of those accounts. */
function accountsOf(nodes: readonly NodeAccount[]): NodeAccounts {
  const accounts = emptyAccounts(nodes.length);
  for (const [node, account] of nodes.entries()) {
    for (const figure of NODE_FIGURES) accounts[figure][node] = account[figure];
    writeItems(accounts, node, account.memoryItems);
  }
  return accounts;
}

const LINKS = ['node 0 egress', 'node 0 ingress', 'node 1 egress'];

/** Of the links that the runs below tell of. */
export const topology: ReportInput['topology'] = {
  link: (index) => ({ id: LINKS[index], bandwidthBytesPerSecond: 1.25e9, latencyNs: 5000 }),
};

export function runOf(nodes: NodeAccount[], given: Partial<RunResult> = {}): RunResult {
  return {
    outcome: 'finished',
    failure: null,
    timeNs: 1_000_000,
    events: 1234,
    digest: '0123456789abcdef',
    messages: 6,
    bytes: 6000,
    messagesLost: 0,
    faults: [],
    idleRules: [],
    nodes: accountsOf(nodes),
    links: {
      messages: Float64Array.of(2, 2, 2),
      bytes: Float64Array.of(2000, 2000, 2000),
      busyNs: Float64Array.of(250_000, 900_000, 900_000),
      controlBytes: Float64Array.of(688, 688, 688),
      heartbeatBytes: Float64Array.of(432, 432, 432),
    },
    // Two slots a link: all of its use in the first half, evenly, in the second half.
    linkTimeline: Float32Array.of(0.5, 0, 0.9, 0.9, 0.8, 1),
    ...given,
  };
}

/** As many hosts as the run has nodes, or three, with that much memory each. */
function hostsOf(run: RunResult | undefined, memoryOf: (node: number) => number) {
  return Array.from({ length: run?.nodes.count ?? 3 }, (_none, node) => ({
    memoryBytes: memoryOf(node),
  }));
}

/** One server and two workers, three iterations. */
export function serverRun(given: Partial<ReportInput> = {}): ReportInput {
  const nodes = [
    account(0, {
      busyNs: 200_000,
      commNs: 700_000,
      peakMemoryBytes: 6 * 1024 * 1024,
      memoryItems: { weights: 4 * 1024 * 1024, 'optimizer slots': 2 * 1024 * 1024 },
    }),
    account(1, {
      busyNs: 500_000,
      commNs: 300_000,
      peakMemoryBytes: 5 * 1024 * 1024,
      memoryItems: { weights: 4 * 1024 * 1024, activations: 1024 * 1024 },
    }),
    account(2, {
      busyNs: 400_000,
      redoNs: 100_000,
      commNs: 300_000,
      bytesSent: 4000,
      peakMemoryBytes: 4 * 1024 * 1024,
      memoryItems: { weights: 4 * 1024 * 1024 },
    }),
  ];
  return {
    scenario: { name: 'tiny', seed: 7, kind: 'ps-bsp', label: 'ps-bsp' },
    world: 'simulated',
    roles: ['server', 'worker', 'worker'],
    hosts: hostsOf(given.run, (node) => (node === 0 ? Infinity : 8 * 1024 * 1024)),
    run: runOf(nodes),
    topology,
    training: {
      iterations: [
        { iteration: 0, timeNs: 400_000, samples: 32, loss: 2.3, testLoss: null, accuracy: null },
        { iteration: 1, timeNs: 700_000, samples: 64, loss: 1.5, testLoss: 1.6, accuracy: 0.5 },
        {
          iteration: 2,
          timeNs: 1_000_000,
          samples: 96,
          loss: 1.25,
          testLoss: null,
          accuracy: null,
        },
      ],
      samples: 96,
      divergence: null,
      staleness: { mean: 0, max: 0, count: 0 },
      moved: { times: 0, blocks: 0 },
    },
    nominal: { samplesPerSecondAlone: 50_000, flopsPerSample: 3e4, flopsPerSecond: 6.4e9 },
    weightsSha256: 'c0ffee'.repeat(11).slice(0, 64),
    numbersDigest: '0011223344556677',
    wallSeconds: 0.5,
    partial: false,
    ...given,
  };
}

/** Two stages of a ring, on cost alone: no losses and no weights. */
export function ringRun(given: Partial<ReportInput> = {}): ReportInput {
  const nodes = [
    account(0, { busyNs: 600_000, commNs: 100_000 }),
    account(1, { busyNs: 800_000, commNs: 100_000 }),
  ];
  const iteration = { samples: 32, loss: null, testLoss: null, accuracy: null };
  return {
    scenario: { name: 'tiny', seed: 7, kind: 'ring-tmp', label: 'ring-tmp' },
    world: 'simulated',
    roles: ['stage', 'stage'],
    hosts: hostsOf(given.run, () => Infinity),
    run: runOf(nodes, {
      digest: 'fedcba9876543210',
      links: emptyColumns(LINK_FIGURES, 0),
      linkTimeline: new Float32Array(0),
      timeNs: 1_000_000,
    }),
    topology,
    training: {
      iterations: [{ iteration: 0, timeNs: 1_000_000, ...iteration }],
      samples: 32,
      divergence: null,
      staleness: { mean: 0.5, max: 2, count: 4 },
      moved: { times: 0, blocks: 0 },
    },
    weightsSha256: null,
    numbersDigest: null,
    wallSeconds: 0.25,
    partial: false,
    ...given,
  };
}

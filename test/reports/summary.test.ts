/** The summary's fixed names and figures (docs/results.md), by hand on a tiny run. */
import t from 'tap';
import { summarize } from '../../reports/summarize.ts';
import { account, ringRun, runOf, serverRun } from './sample-run.ts';

t.test('a summary holds every field by its fixed name', async (t) => {
  t.strictSame(summarize(serverRun()), {
    protocol: 'ps-bsp',
    label: 'ps-bsp',
    world: 'simulated',
    seed: 7,
    nodes: 3,
    digest: '0123456789abcdef',
    numbersDigest: '0011223344556677',
    partial: false,
    outcome: 'finished',
    failure: null,
    time: { modelledSeconds: 0.001, wallSeconds: 0.5, events: 1234, eventsPerSecond: 2468 },
    training: {
      iterations: 3,
      samples: 96,
      samplesPerSecond: 96_000,
      iterationSeconds: 0.0003,
      firstLoss: 2.3,
      lastTenthLoss: 1.25,
      finalLoss: 1.25,
      finalTestLoss: 1.6,
      finalAccuracy: 0.5,
      target: null,
      divergedAt: null,
      weightsSha256: 'c0ffee'.repeat(11).slice(0, 64),
    },
    steady: {
      iterations: 1,
      samplesPerSecond: 32 / 0.0003,
      warmUpSeconds: 0.0004,
      drainSeconds: 0.0003,
      speedUp: 32 / 0.0003 / 50_000,
      flopUtilisation: 0.5,
    },
    accounting: {
      busy: { mean: 1.1 / 3, max: 0.5, min: 0.2 },
      redo: { mean: 0.1 / 3, max: 0.1, min: 0 },
      comm: { mean: (0.7 + 0.3 + 0.3) / 3, max: 0.7, min: 0.3 },
      idle: { mean: 0.5 / 3, max: 0.2, min: 0.1 },
      down: { mean: 0, max: 0, min: 0 },
    },
    accountingByRole: {
      server: {
        busy: { mean: 0.2, max: 0.2, min: 0.2 },
        redo: { mean: 0, max: 0, min: 0 },
        comm: { mean: 0.7, max: 0.7, min: 0.7 },
        idle: { mean: 0.1, max: 0.1, min: 0.1 },
        down: { mean: 0, max: 0, min: 0 },
      },
      worker: {
        busy: { mean: 0.45, max: 0.5, min: 0.4 },
        redo: { mean: 0.05, max: 0.1, min: 0 },
        comm: { mean: 0.3, max: 0.3, min: 0.3 },
        idle: { mean: 0.2, max: 0.2, min: 0.2 },
        down: { mean: 0, max: 0, min: 0 },
      },
    },
    waiting: { mean: (0.8 + 0.5 + 0.5) / 3, max: 0.8, min: 0.5 },
    network: {
      messages: 6,
      bytes: 6000,
      bytesPerNodeMax: 6000,
      busiestLink: { id: 'node 0 ingress', utilisation: 0.9, utilisationOverTime: [0.9, 0.9] },
      busiestLinks: [
        { id: 'node 0 ingress', utilisation: 0.9, utilisationOverTime: [0.9, 0.9] },
        { id: 'node 1 egress', utilisation: 0.9, utilisationOverTime: [0.8, 1] },
        { id: 'node 0 egress', utilisation: 0.25, utilisationOverTime: [0.5, 0] },
      ],
    },
    memory: {
      peakBytesMax: 6 * 1024 * 1024,
      peakBytesMean: 5 * 1024 * 1024,
      usedMax: { share: 0.625, node: 1 },
      items: {
        weights: 4 * 1024 * 1024,
        'optimizer slots': 2 * 1024 * 1024,
        activations: 1024 * 1024,
      },
    },
    staleness: { mean: 0, max: 0, count: 0 },
    moved: { times: 0, blocks: 0, blocksPer100Iterations: 0 },
    faults: [],
    resilience: null,
    warnings: [],
  });
});

t.test('a run holds a modelled or a measured time, never both', async (t) => {
  const simulated = summarize(serverRun()).time;
  t.equal(simulated.modelledSeconds, 0.001);
  t.notOk('measuredSeconds' in simulated);
  for (const world of ['threads', 'processes', 'hosts'] as const) {
    const real = summarize(serverRun({ world })).time;
    t.equal(real.measuredSeconds, 0.001);
    t.notOk('modelledSeconds' in real);
  }
});

t.test('the time of an iteration leaves out the first, and needs two', async (t) => {
  t.equal(summarize(ringRun()).training.iterationSeconds, null);
  t.equal(summarize(serverRun()).training.iterationSeconds, 0.0003);
});

t.test('the mean loss of the last tenth is that of the last tenth', async (t) => {
  const row = { timeNs: 0, samples: 1, testLoss: null, accuracy: null };
  const ofLosses = (...losses: number[]) => {
    const iterations = losses.map((loss, iteration) => ({ ...row, iteration, loss }));
    const { training } = serverRun();
    return summarize(serverRun({ training: { ...training, iterations } })).training;
  };
  const many = Array.from({ length: 25 }, (_none, iteration) => iteration);
  t.match(ofLosses(...many), { lastTenthLoss: 23, finalLoss: 24 });
  t.match(ofLosses(7), { lastTenthLoss: 7, finalLoss: 7 });
  t.match(ofLosses(7, NaN), { lastTenthLoss: null, finalLoss: null });
  t.equal(ofLosses().lastTenthLoss, null);
});

t.test(
  'the accuracy that ends a run: when it was there first, and after how many samples',
  async (t) => {
    const { scenario } = serverRun();
    const ofTarget = (targetAccuracy?: number) =>
      summarize(serverRun({ scenario: { ...scenario, targetAccuracy } })).training.target;
    t.strictSame(ofTarget(0.5), { accuracy: 0.5, seconds: 0.0007, samples: 64 });
    t.equal(ofTarget(0.6), null, 'it was never there');
    t.equal(ofTarget(), null, 'nobody asked');
  },
);

t.test('what nobody computed is null, not 0', async (t) => {
  const { training, network } = summarize(ringRun());
  t.match(training, {
    firstLoss: null,
    finalLoss: null,
    finalTestLoss: null,
    finalAccuracy: null,
    weightsSha256: null,
  });
  t.equal(network.busiestLink, null);
});

t.test('memory items are listed largest first, whoever held them', async (t) => {
  t.strictSame(Object.keys(summarize(serverRun()).memory.items), [
    'weights',
    'optimizer slots',
    'activations',
  ]);
});

t.test('a failed run carries its failure as text and is marked partial', async (t) => {
  const run = runOf([account(0)], {
    outcome: 'failed',
    failure: { kind: 'error', message: 'Node 0 failed: no such phase.', node: 0 },
  });
  const summary = summarize(serverRun({ run, roles: ['worker'], partial: true }));
  t.equal(summary.failure, 'Node 0 failed: no such phase.');
  t.equal(summary.outcome, 'failed');
  t.ok(summary.partial);
});

t.test('a run that ended at its first instant has shares of 0, not of NaN', async (t) => {
  const run = runOf([account(0, { idleNs: 0 })], { timeNs: 0 });
  const summary = summarize(serverRun({ run, roles: ['worker'], wallSeconds: 0 }));
  t.strictSame(summary, JSON.parse(JSON.stringify(summary)));
  t.equal(summary.accounting.idle.mean, 0);
  t.equal(summary.time.eventsPerSecond, 0);
});

t.test('blocks that were moved are told by the iterations made', async (t) => {
  const run = serverRun();
  const training = { ...run.training, moved: { times: 2, blocks: 6 } };
  t.same(summarize({ ...run, training }).moved, {
    ...{ times: 2, blocks: 6, blocksPer100Iterations: 200 },
  });
});

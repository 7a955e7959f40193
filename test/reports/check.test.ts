/** Expectations: each kind of bound, held and broken, and that none passes because nothing was looked at. */
import t from 'tap';
import { checkExpectations, type Expectation } from '../../reports/check.ts';
import { summarize } from '../../reports/summarize.ts';
import { ringRun, serverRun } from './sample-run.ts';

const summaries = [
  summarize(ringRun()),
  summarize(serverRun()),
  summarize(serverRun({ scenario: { name: 'tiny', seed: 7, kind: 'ps-bsp', label: 'slow' } })),
];

const cases: { expect: Expectation; holds: boolean; text: string }[] = [
  {
    expect: { of: 'slow', value: 'training.finalAccuracy', atLeast: 0.5 },
    holds: true,
    text: 'slow: training.finalAccuracy is 0.5, as expected at least 0.5',
  },
  {
    expect: { of: 'slow', value: 'training.finalAccuracy', atLeast: 0.95 },
    holds: false,
    text: 'slow: training.finalAccuracy is 0.5, expected at least 0.95',
  },
  {
    expect: { of: 'ring-tmp', value: 'accounting.busy.mean', atLeast: 0.6, atMost: 0.8 },
    holds: true,
    text: 'ring-tmp: accounting.busy.mean is 0.7, as expected at least 0.6 and at most 0.8',
  },
  {
    expect: { of: 'ring-tmp', value: 'accounting.busy.mean', atLeast: 0.6, atMost: 0.65 },
    holds: false,
    text: 'ring-tmp: accounting.busy.mean is 0.7, expected at least 0.6 and at most 0.65',
  },
  {
    expect: { of: 'ring-tmp', value: 'time.modelledSeconds', atMost: { of: 'slow' } },
    holds: true,
    text: "ring-tmp: time.modelledSeconds is 0.001, as expected at most slow's time.modelledSeconds (0.001)",
  },
  {
    expect: {
      of: 'ring-tmp',
      value: 'waiting.mean',
      atMost: { of: 'slow', value: 'waiting.max', times: 0.25 },
    },
    holds: false,
    text: "ring-tmp: waiting.mean is 0.3, expected at most 0.25 x slow's waiting.max (0.2)",
  },
  {
    expect: { of: 'slow', value: 'network.busiestLinks.2.utilisation', atMost: 0.25 },
    holds: true,
    text: 'slow: network.busiestLinks.2.utilisation is 0.25, as expected at most 0.25',
  },
  {
    expect: { of: 'slow', value: 'training.accuracy', atLeast: 0 },
    holds: false,
    text: 'slow: training.accuracy is not a number of this run',
  },
  {
    expect: { of: 'ring-tmp', value: 'training.finalLoss', atMost: 1 },
    holds: false,
    text: 'ring-tmp: training.finalLoss is not a number of this run',
  },
  {
    expect: { of: 'gossip', value: 'nodes', atLeast: 0 },
    holds: false,
    text: 'no protocol of this run is called gossip: there is ring-tmp, ps-bsp, slow',
  },
  {
    expect: { of: 'slow', value: 'nodes', atMost: { of: 'gossip' } },
    holds: false,
    text: 'slow: nodes is 3, expected at most that of gossip, which did not run',
  },
  {
    expect: { of: 'slow', value: 'nodes', atMost: { of: 'ring-tmp', value: 'digest' } },
    holds: false,
    text: "slow: nodes is 3, expected at most ring-tmp's digest, which is not a number of this run",
  },
  {
    expect: { of: 'slow', value: 'nodes' },
    holds: false,
    text: 'slow: nodes has no bound to be held to',
  },
];

t.test('each expectation is one sentence that holds or not', async (t) => {
  for (const { expect, holds, text } of cases) {
    t.strictSame(checkExpectations([expect], summaries), [{ text, holds }]);
  }
});

t.test('without a name every protocol is meant; a kind means all of its kind', async (t) => {
  const of = (name?: string) =>
    checkExpectations([{ of: name, value: 'nodes', atLeast: 3 }], summaries).map(
      ({ holds }) => holds,
    );
  t.strictSame(of(), [false, true, true]);
  t.strictSame(of('ps-bsp'), [true, true]);
  t.strictSame(of('slow'), [true]);
});

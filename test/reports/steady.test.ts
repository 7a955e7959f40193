/** The steady window leaves out warm-up and drain and says how long they were, in every protocol. */
import fc from 'fast-check';
import t from 'tap';
import { PROTOCOLS } from '../../models/protocols/registry.ts';
import { summarize } from '../../reports/summarize.ts';
import { runHere, scenarioFile, summariesIn } from '../sim/commands/run-command.ts';
import { serverRun } from './sample-run.ts';

/** Steady figures of a run whose iterations of 10 samples end at those times. */
function steadyOf(endsNs: readonly number[], timeNs: number) {
  const iterations = endsNs.map((endNs, iteration) => ({
    ...{ iteration, timeNs: endNs, samples: 10 * (iteration + 1) },
    ...{ loss: null, testLoss: null, accuracy: null },
  }));
  const input = serverRun();
  const run = { ...input.run, timeNs };
  return summarize({ ...input, run, training: { ...input.training, iterations } }).steady;
}

t.test('an even middle has its own rate, whatever comes before and behind', async () => {
  const any = fc.record({
    count: fc.integer({ min: 3, max: 40 }),
    warmUpNs: fc.integer({ min: 1, max: 1e9 }),
    periodNs: fc.integer({ min: 1, max: 1e6 }),
    drainNs: fc.integer({ min: 0, max: 1e9 }),
  });
  fc.assert(
    fc.property(any, ({ count, warmUpNs, periodNs, drainNs }) => {
      const out = Math.max(1, Math.ceil(count / 10));
      const endsNs: number[] = [];
      for (let i = 0; i < count; i++) {
        if (i < out) endsNs.push(((i + 1) * warmUpNs) / out);
        else if (i < count - out) endsNs.push(endsNs[i - 1] + periodNs);
        else endsNs.push(endsNs[i - 1] + drainNs / out);
      }
      const steady = steadyOf(endsNs, endsNs[count - 1])!;
      const near = (one: number, other: number) => Math.abs(one - other) <= 1e-6 * other + 1e-12;
      return (
        steady.iterations === count - 2 * out &&
        near(steady.samplesPerSecond, 10e9 / periodNs) &&
        near(steady.warmUpSeconds, warmUpNs / 1e9) &&
        Math.abs(steady.drainSeconds - drainNs / 1e9) < 1e-6
      );
    }),
  );
});

t.test('without an iteration between the first and the last there is no steady rate', async (t) => {
  t.equal(steadyOf([], 5), null);
  t.equal(steadyOf([1, 2], 5), null);
  t.equal(steadyOf([1, 1, 1], 5), null, 'nor where it takes no time');
  t.equal(steadyOf([1, 2, 3], 5)?.iterations, 1);
});

t.test('a real run has neither speed-up nor FLOP utilisation', async (t) => {
  const real = summarize(serverRun({ world: 'threads', nominal: undefined })).steady;
  t.match(real, { iterations: 1, speedUp: null, flopUtilisation: null });
});

t.test(
  'every protocol has all steady figures, and none is faster than all its hosts',
  async (t) => {
    const folder = t.testdir();
    const file = scenarioFile(folder, {
      name: 'all',
      cluster: {
        nodes: 3,
        hosts: [
          { count: 2, speed: '1 GFLOP/s', taskOverhead: 0 },
          { count: 1, speed: '2 GFLOP/s', taskOverhead: 0 },
        ],
        network: { kind: 'star', bandwidth: '10 Gbit/s', latency: '1 us' },
      },
      model: { kind: 'mlp', layers: [40, 60, 60, 10] },
      training: { batch: 24, microBatches: 4, iterations: 20, numerics: 'cost' },
      protocol: PROTOCOLS.map(({ kind }) => ({ kind })) as never,
    });
    t.equal((await runHere([file, '--out', `${folder}/out`])).status, 0);
    const summaries = summariesIn(`${folder}/out`);
    t.equal(summaries.length, PROTOCOLS.length);
    for (const { label, steady, time } of summaries) {
      if (steady === null) return t.fail(`${label} has no steady window`);
      const { iterations, samplesPerSecond, warmUpSeconds, drainSeconds } = steady;
      t.equal(iterations, 16, label);
      const windowSeconds = (iterations * 24) / samplesPerSecond;
      const together = warmUpSeconds + windowSeconds + drainSeconds;
      t.ok(Math.abs(together - time.modelledSeconds!) < 1e-9, `${label}: the parts are the whole`);
      t.ok(
        steady.speedUp! > 0.1 && steady.speedUp! <= 3,
        `${label}: ${steady.speedUp} times as fast`,
      );
      t.ok(steady.flopUtilisation! > 0.01 && steady.flopUtilisation! < 1, label);
    }
  },
);

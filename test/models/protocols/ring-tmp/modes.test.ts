/** The modes without a flush (PROTOCOLS B). */
import fc from 'fast-check';
import t from 'tap';
import { eachAccount } from '../../../../engine/node-accounts.ts';
import { MESSAGE_HEADER_BYTES } from '../../../../engine/world.ts';
import { protocolOf } from '../../../../models/protocols/registry.ts';
import { ScenarioError } from '../../../../models/protocol.ts';
import {
  host,
  type JobRecord,
  runProtocol,
  sameBits,
  type Setting,
  type Trace,
} from './harness.ts';
import { longSetting, modeOptions, replay } from './modes.ts';
import { iterationNs, period, type Ring, run, type Stage, taskNs } from './ring-times.ts';

const definition = protocolOf('ring-tmp')!;
const parsed = (mode: string) => definition.options.parse({ kind: 'ring-tmp', mode });

t.test('B: a mode that depends on timing has no sequential run as its oracle', async (t) => {
  for (const [mode, timing] of [
    ['sync', 'independent'],
    ['2bw', 'independent'],
    ['stash', 'dependent'],
    ['bounded', 'dependent'],
  ]) {
    t.equal(definition.timing(parsed(mode)), timing, mode);
    t.equal(definition.reference(parsed(mode), 9) === null, timing === 'dependent', mode);
  }
});

function finished(setting: Setting, options: { kind: string }): Trace {
  const trace = runProtocol(setting, options);
  if (trace.result.failure !== null) throw new Error(trace.result.failure.message);
  return trace;
}

t.test('B: 2bw equals sequential SGD with a delay of one update, bit for bit', async (t) => {
  let differ = 0;
  fc.assert(
    fc.property(longSetting('exact'), modeOptions('2bw'), (setting, options) => {
      const ring = finished(setting, options);
      const alone = { ...setting, jitter: undefined };
      const late = runProtocol(alone, definition.reference(parsed('2bw'), setting.hosts.length)!);
      if (!sameBits(late.weights, runProtocol(alone, { kind: 'seq-sgd' }).weights)) differ++;
      return sameBits(ring.weights, late.weights);
    }),
    { numRuns: 200 },
  );
  t.ok(differ > 50, `the delay made a difference in ${differ} cases`);
});

t.test('B: stash equals a replay with the versions it has logged, bit for bit', async (t) => {
  let stale = 0;
  fc.assert(
    fc.property(longSetting('exact'), modeOptions('stash'), (setting, options) => {
      const ring = finished(setting, options);
      stale += ring.staleness.filter(({ updates }) => updates > 0).length;
      return sameBits(ring.weights, replay(setting, ring));
    }),
    { numRuns: 150 },
  );
  t.ok(stale > 500, `${stale} gradients were of older weights`);
});

t.test('B: bounded equals a replay too, and bounded by 0 a step a micro-batch', async (t) => {
  fc.assert(
    fc.property(longSetting('exact'), modeOptions('bounded'), (setting, options) => {
      const ring = finished(setting, options);
      if (!sameBits(ring.weights, replay(setting, ring))) return false;
      if (options.staleness !== 0) return true;
      const { batch = 12, microBatches = 4, iterations = 2 } = setting.training!;
      const training = {
        ...setting.training,
        batch: batch / microBatches,
        iterations: iterations * microBatches,
      };
      const alone = runProtocol({ ...setting, training }, { kind: 'seq-sgd' });
      return sameBits(ring.weights, alone.weights);
    }),
    { numRuns: 150 },
  );
  t.pass();
});

/** What a node did with each micro-batch, in order of the ends of its jobs. */
const ofNode = (trace: Trace, node: number, pass: string): JobRecord[] =>
  trace.jobs.filter((job) => job.node === node && job.pass === pass);

t.test('B: in mode bounded weights get at most that many updates between two passes', async (t) => {
  const seen = new Set<number>();
  fc.assert(
    fc.property(longSetting('cost'), modeOptions('bounded'), (setting, options) => {
      const trace = finished(setting, options);
      return setting.hosts.every((_, node) => {
        const forwards = ofNode(trace, node, 'forward');
        return ofNode(trace, node, 'backward').every(({ version }, k) => {
          const updates = version - forwards[k].version;
          seen.add(updates);
          return updates >= 0 && updates <= options.staleness!;
        });
      });
    }),
    { numRuns: 150 },
  );
  t.same([...seen].sort(), [0, 1, 2, 3, 4], 'and every number of them was seen');
});

t.test('B: passes of a batch take the weights of one update before, in mode 2bw', async (t) => {
  fc.assert(
    fc.property(longSetting('cost'), modeOptions('2bw'), (setting, options) => {
      const { jobs, staleness } = finished(setting, options);
      return (
        staleness.length === setting.hosts.length * setting.training!.iterations! &&
        jobs.every(
          ({ pass, version, iteration }) =>
            version === (pass === 'update' ? iteration : Math.max(0, iteration - 1)),
        )
      );
    }),
    { numRuns: 100 },
  );
  t.pass();
});

/** The most versions a node holds at once: the newest, and what passes in flight, or ones to come, take beside it. */
function versionsHeld(
  jobs: readonly JobRecord[],
  stays: (version: number, updates: number) => boolean,
) {
  const begins = jobs.map((job) => ({ job, ns: job.startNs, end: false }));
  const ends = jobs.map((job) => ({ job, ns: job.endNs, end: true }));
  const events = [...begins, ...ends].sort(
    (one, other) => one.ns - other.ns || Number(other.end) - Number(one.end),
  );
  const taken = new Map<string, number>();
  let [updates, most] = [0, 1];
  for (const { job, end } of events) {
    const key = `${job.iteration}/${job.microBatch}`;
    if (job.pass === 'forward' && !end) taken.set(key, job.version);
    if (job.pass === 'backward' && end) taken.delete(key);
    if (job.pass === 'update' && end) updates++;
    // While an update is made, what it replaces is a version beside the one that it makes.
    const newest = updates + Number(job.pass === 'update' && !end);
    const used = [...taken.values()].filter((version) => version < newest);
    const kept = Array.from({ length: newest }, (_, k) => k).filter((k) => stays(k, newest));
    most = Math.max(most, 1 + new Set([...used, ...kept]).size);
  }
  return most;
}

t.test('B: 2bw holds two versions, and the ledger counts them to the byte', async (t) => {
  fc.assert(
    fc.property(longSetting('cost'), modeOptions('2bw'), (setting, options) => {
      const trace = finished(setting, options);
      return [...eachAccount(trace.result.nodes)].every(({ node, memoryItems }) => {
        const own = trace.jobs.filter((job) => job.node === node);
        const held = versionsHeld(own, (version, newest) => version >= newest - 1);
        return held <= 2 && memoryItems['older weights'] === memoryItems.weights;
      });
    }),
    { numRuns: 100 },
  );
  t.pass();
});

t.test('B: the ledger of a stash has every version in flight, to the byte', async (t) => {
  let most = 0;
  fc.assert(
    fc.property(longSetting('cost'), modeOptions('stash'), (setting, options) => {
      const trace = finished(setting, options);
      return [...eachAccount(trace.result.nodes)].every(({ node, memoryItems }) => {
        const own = trace.jobs.filter((job) => job.node === node);
        const held = versionsHeld(own, () => false);
        most = Math.max(most, held);
        return (memoryItems['older weights'] ?? 0) === (held - 1) * memoryItems.weights;
      });
    }),
    { numRuns: 100 },
  );
  t.ok(most > 5, `${most} versions at once`);
});

const equalStages = fc.record({
  nodes: fc.integer({ min: 1, max: 10 }),
  extra: fc.integer({ min: 0, max: 10 }),
  forward: fc.integer({ min: 200, max: 3000 }),
  backward: fc.integer({ min: 200, max: 3000 }),
  latencyNs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20_000 })),
  parameters: fc.integer({ min: 0, max: 1000 }),
});

for (const mode of ['2bw', 'stash'] as const)
  t.test(
    `B: the steady period of ${mode} is m(t_f+t_b) and updates, to the ns, with m at least the window`,
    async (t) => {
      // A batch and one more may be in flight.
      const spare = mode === '2bw' ? 1 : 0;
      let short = 0;
      fc.assert(
        fc.property(equalStages, ({ nodes, extra, forward, backward, latencyNs, parameters }) => {
          const stage = { forward, backward };
          const roundTrip = 2 * (latencyNs + 4 + MESSAGE_HEADER_BYTES);
          const window = nodes + (nodes - 1) * Math.ceil(roundTrip / period(stage));
          const microBatches = Math.max(1, window + extra - spare);
          if (microBatches < window) short++;
          const ring: Ring = {
            stages: Array<Stage>(nodes).fill(stage),
            ...{ microBatches, latencyNs, cutBytes: 4, parameters, iterations: 10 },
            options: { mode },
          };
          const updates = mode === '2bw' ? 1 : microBatches;
          const steady = microBatches * period(stage) + updates * taskNs(2 * parameters);
          // Behind the last iteration no forwards come, and it is shorter.
          return iterationNs(run(ring))
            .slice(4, -1)
            .every((ns) => ns === steady);
        }),
        { numRuns: mode === '2bw' ? 150 : 40 },
      );
      t.ok(mode !== '2bw' || short > 10, `${short} with a batch of one less than the window`);
    },
  );

t.test(
  'B: a stash that a node has no memory for is refused, and the bytes are named',
  async (t) => {
    const setting = (memoryBytes: number): Setting => ({
      hosts: Array.from({ length: 4 }, () => host(undefined, memoryBytes, 0)),
      model: {
        kind: 'costs',
        inputElements: 1,
        layers: Array.from({ length: 4 }, () => ({
          ...{ name: 'layer', forwardFlops: 100, backwardFlops: 200 },
          ...{ parameters: 1000, outputElements: 1, keptElements: 1 },
        })),
      },
      training: { batch: 8, microBatches: 8 },
      network: { kind: 'ring', bandwidth: 1e9, latencyNs: 0 },
    });
    const options = { kind: 'ring-tmp', mode: 'stash', window: 'memory' };
    const fits = runProtocol(setting(Infinity), options);
    const [{ peakMemoryBytes, memoryItems }] = [...eachAccount(fits.result.nodes)];
    t.equal(memoryItems['older weights'], 3 * 4000, 'a version for each of N in flight');
    const enough = 2 * 4000 + 3 * 4000 + 4 * (4 * 2 + 4);
    t.ok(peakMemoryBytes <= enough);
    t.equal(runProtocol(setting(enough), options).result.outcome, 'finished');
    t.throws(
      () => runProtocol(setting(enough - 1), options),
      new ScenarioError(
        'protocol.mode',
        "mode is 'stash', and node 0 has 19.58 KiB, where 3 older versions of its weights take 12000 bytes and all else " +
          "8048; more memory, a smaller window or mode: '2bw' would be right",
      ),
    );
    t.equal(
      runProtocol(setting(enough - 1), { ...options, mode: '2bw' } as never).result.outcome,
      'finished',
    );
  },
);

t.test(
  'B: without latency a gradient of position i is N - 1 - i updates old in mode stash',
  async (t) => {
    const nodes = 6;
    const ring: Ring = {
      stages: Array<Stage>(nodes).fill({ forward: 1000, backward: 2000 }),
      ...{ microBatches: 4, latencyNs: 0, cutBytes: 4, parameters: 0, iterations: 20 },
      options: { mode: 'stash', window: 'memory' },
    };
    const { staleness } = run(ring);
    for (let node = 0; node < nodes; node++) {
      const own = staleness.filter((noted) => noted.node === node).map(({ updates }) => updates);
      t.same([...new Set(own.slice(-20))], [nodes - 1 - node], `position ${node}`);
    }
  },
);

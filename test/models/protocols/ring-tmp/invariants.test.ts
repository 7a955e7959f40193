import { eachAccount } from '../../../../engine/node-accounts.ts';
import t from 'tap';
import fc from 'fast-check';
import type { Message } from '../../../../engine/world.ts';
import { host, runProtocol, type JobRecord, type Setting, type Trace } from './harness.ts';
import { anySetting, ringOptions } from './settings.ts';

const work = (trace: Trace) => trace.jobs.filter((job) => job.pass !== 'update');

/** I1: forward and backward of an iteration use its version, at every node. */
function oneVersionAnIteration(trace: Trace): boolean {
  return work(trace).every((job) => job.version === job.iteration);
}

/**
 * I2: versions on the ring differ by one at most, and do not fall with the position. As an update takes time and
 * need not take the same everywhere, the second half counts updates from their beginning.
 */
function versionsClose(trace: Trace, { hosts, training }: Setting): boolean {
  const begun = new Array<number>(hosts.length).fill(0);
  const done = new Array<number>(hosts.length).fill(0);
  const spread = (versions: number[]) => Math.max(...versions) - Math.min(...versions);
  return trace.jobs.every((job) => {
    if (job.pass === 'update') done[job.node]++;
    const last = job.microBatch === training!.microBatches! - 1;
    if (job.pass === 'backward' && last) begun[job.node]++;
    const rising = begun.every((version, i) => i === 0 || version >= begun[i - 1]);
    return rising && spread(begun) <= 1 && spread(done) <= 1;
  });
}

/** I3: each gradient is added once, in the order of micro-batches, each after its forward. */
function gradientsOnceAscending(trace: Trace, { hosts, training }: Setting): boolean {
  const { iterations, microBatches } = training!;
  const expected: string[] = [];
  for (let iteration = 0; iteration < iterations!; iteration++)
    for (let k = 0; k < microBatches!; k++) expected.push(`${iteration}/${k}`);
  return hosts.every((_, node) => {
    const own = trace.jobs.filter((job) => job.node === node);
    const passes = ['forward', 'backward'].map((pass) =>
      own.filter((job) => job.pass === pass).map((job) => `${job.iteration}/${job.microBatch}`),
    );
    return passes.every((done) => JSON.stringify(done) === JSON.stringify(expected));
  });
}

function accountsAddUp({ result }: Trace): boolean {
  return [...eachAccount(result.nodes)].every(
    (node) => node.busyNs + node.redoNs + node.commNs + node.idleNs + node.downNs === result.timeNs,
  );
}

/** An iteration is told of when position 0 has updated and knows all losses, not before and not later. */
function toldInTime(trace: Trace): boolean {
  return trace.iterations.every(({ iteration, timeNs }) => {
    const updated = trace.jobs.find(
      (job) => job.node === 0 && job.pass === 'update' && job.iteration === iteration,
    )!;
    const losses = trace.deliveries
      .filter(({ message }) => message.kind === 'LOSS')
      .filter(({ message }) => (message as Message & JobRecord).iteration === iteration)
      .map((delivery) => delivery.timeNs);
    const known = Math.max(updated.endNs, ...losses);
    // A loss that comes while position 0 computes is read when that job has ended.
    const meanwhile = trace.jobs.find(
      ({ node, startNs, endNs }) =>
        node === 0 && startNs <= known && known <= endNs && endNs === timeNs,
    );
    return timeNs === known || meanwhile !== undefined;
  });
}

t.test('A.4: I1, I2, I3 hold in any run, and the five times add up', async (t) => {
  fc.assert(
    fc.property(anySetting('cost'), ringOptions, (setting, options) => {
      const trace = runProtocol(setting, options);
      if (trace.result.failure !== null) throw new Error(trace.result.failure.message);
      return (
        oneVersionAnIteration(trace) &&
        versionsClose(trace, setting) &&
        gradientsOnceAscending(trace, setting) &&
        accountsAddUp(trace) &&
        toldInTime(trace)
      );
    }),
    { numRuns: 300 },
  );
  t.pass();
});

/** No forward begins at a node while a gradient lies there, come earlier and not begun. */
function backwardFirst(trace: Trace): boolean {
  const key = (node: number, iteration: number, microBatch: number) =>
    `${node} ${iteration}/${microBatch}`;
  const begun = new Map<string, number>();
  for (const { node, pass, iteration, microBatch, startNs } of trace.jobs)
    if (
      pass === 'recompute' ||
      (pass === 'backward' && !begun.has(key(node, iteration, microBatch)))
    )
      begun.set(key(node, iteration, microBatch), startNs);
  const forwards = trace.jobs.filter((job) => job.pass === 'forward');
  return trace.deliveries.every(({ to, message, timeNs }) => {
    if (message.kind !== 'BWD') return true;
    const { iteration, microBatch } = message as Message & JobRecord;
    const begunNs = begun.get(key(to, iteration, microBatch))!;
    return forwards.every(
      ({ node, startNs }) => node !== to || startNs <= timeNs || startNs >= begunNs,
    );
  });
}

t.test('A.4: a backward that can run goes before any forward', async (t) => {
  let chances = 0;
  fc.assert(
    fc.property(anySetting('cost'), ringOptions, (setting, options) => {
      const trace = runProtocol(setting, options);
      chances += trace.deliveries.filter(({ message }) => message.kind === 'BWD').length;
      return backwardFirst(trace);
    }),
    { numRuns: 150 },
  );
  t.ok(chances > 1000);
});

t.test('A.2: only neighbours and the closing edge talk, and A.4 says how much', async (t) => {
  fc.assert(
    fc.property(anySetting('cost'), ringOptions, (setting, options) => {
      const nodes = setting.hosts.length;
      const { iterations, microBatches } = setting.training!;
      const tasks = iterations! * microBatches!;
      const trace = runProtocol(setting, options);
      const count = (kind: string) =>
        trace.messages.filter(({ message }) => message.kind === kind).length;
      const adjacent = trace.messages.every(({ from, to, message: { kind } }) => {
        if (kind === 'LABEL') return from === 0 && to === nodes - 1;
        if (kind === 'LOSS') return from === nodes - 1 && to === 0;
        if (kind === 'MEASURE') return to === (from + 1) % nodes;
        return kind === 'FWD' ? to === from + 1 : to === from - 1;
      });
      if (nodes === 1) return trace.messages.length === 0;
      return (
        adjacent &&
        ['FWD', 'BWD', 'CREDIT'].every((kind) => count(kind) === (nodes - 1) * tasks) &&
        ['LABEL', 'LOSS'].every((kind) => count(kind) === tasks) &&
        count('MEASURE') === 2 * nodes
      );
    }),
    { numRuns: 150 },
  );
  t.pass();
});

t.test('A.4: payloads', async (t) => {
  const trace = runProtocol(
    {
      hosts: [host(), host(), host()],
      model: {
        kind: 'costs',
        layers: [10, 20, 30].map((outputElements) => ({
          name: 'layer',
          forwardFlops: 100,
          backwardFlops: 200,
          parameters: 5,
          outputElements,
        })),
        inputElements: 40,
      },
      training: { batch: 12, microBatches: 4, iterations: 1, precision: 64 },
    },
    { kind: 'ring-tmp' },
  );
  const payloads = (kind: string, from: number) =>
    [
      ...new Set(
        trace.messages
          .filter((sent) => sent.message.kind === kind && sent.from === from)
          .map(({ bytes }) => bytes),
      ),
    ].map((bytes) => bytes - (trace.messages[0].bytes - 24));
  t.same(payloads('MEASURE', 0), [24, 72], 'a record a hop, then all of them');
  t.same(payloads('MEASURE', 1), [48, 72]);
  t.same(payloads('FWD', 0), [8 * 3 * 10]);
  t.same(payloads('FWD', 1), [8 * 3 * 20]);
  t.same(payloads('BWD', 2), [8 * 3 * 20]);
  t.same(payloads('LABEL', 0), [4 * 3]);
  t.same(payloads('LOSS', 2), [8]);
  t.same(payloads('CREDIT', 1), [0]);
});

t.test('section 8: under cost numerics no message carries a tensor', async (t) => {
  const trace = runProtocol(
    {
      hosts: [host(), host(), host()],
      model: { kind: 'mlp', layers: [4, 6, 3], activation: 'relu' },
    },
    { kind: 'ring-tmp' },
  );
  t.ok(
    trace.messages.every(
      ({ message }) =>
        Object.values(message).every((value) => value === null || typeof value !== 'object') ||
        message.kind === 'MEASURE',
    ),
  );
  t.ok(trace.iterations.every(({ loss }) => loss === null));
});

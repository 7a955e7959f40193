/** `npm run validate`: what it measures becomes a profile, and predictions stand beside measurements, never mixed. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import t from 'tap';
import { MESSAGE_HEADER_BYTES } from '../../../engine/world.ts';
import { prepare } from '../../../sim/commands/prepare.ts';
import type { Summary } from '../../../reports/summary.ts';
import { validateCommand } from '../../../sim/validation/command.ts';
import {
  errorOf,
  errorsOf,
  type Held,
  heldTable,
  settledSeconds,
  type TimedRun,
} from '../../../sim/validation/rows.ts';
import { fitted, linesOf } from '../../../sim/validation/transport.ts';

const SCENARIO = {
  name: 'small',
  cluster: {
    nodes: 2,
    host: { speed: '7 GFLOP/s', memory: '50 MiB' },
    network: { kind: 'ring', bandwidth: '3 Gbit/s', latency: '9 us' },
  },
  model: { kind: 'mlp', layers: [6, 7, 5, 3] },
  data: { kind: 'synthetic', train: 40, test: 10 },
  training: { batch: 12, microBatches: 3, iterations: 8, learningRate: 0.05 },
  protocol: [{ kind: 'ring-tmp' }, { kind: 'ps', consistency: 'asp' }],
};

async function validate(...words: string[]) {
  const said = { stdout: '', stderr: '' };
  const status = await validateCommand(words, {
    stdout: { write: (text) => (said.stdout += text) },
    stderr: { write: (text) => (said.stderr += text) },
    isTerminal: false,
  });
  return { status, ...said };
}

t.test('a latency and a bandwidth are found again in the times that they make', async (t) => {
  const latency = fc.double({ min: 100, max: 1e7, noNaN: true });
  const rate = fc.double({ min: 1e5, max: 1e11, noNaN: true });
  fc.assert(
    fc.property(latency, rate, (latencyNs, bytesPerSecond) => {
      const probes = [0, 1000, 50_000, 1_000_000].map((bytes) => ({
        bytes,
        timeNs: latencyNs + ((bytes + MESSAGE_HEADER_BYTES) * 1e9) / bytesPerSecond,
      }));
      const found = fitted(probes);
      for (const { bytes, timeNs } of probes) {
        const again =
          found.latencyNs + ((bytes + MESSAGE_HEADER_BYTES) * 1e9) / found.bytesPerSecond;
        if (Math.abs(again / timeNs - 1) > 1e-3) return false;
      }
      return true;
    }),
  );
  t.pass();
});

t.test('what unpacking takes is no part of the way, but a tenth is left of it', async (t) => {
  const probe = (bytes: number, oneWayNs: number) => ({
    bytes,
    oneWayNs,
    sendNs: 2e4,
    receiveNs: 6e4,
  });
  const latencyNs = (oneWayNs: number) =>
    linesOf([probe(0, oneWayNs), probe(1000, oneWayNs)]).network.latencyNs;
  t.ok(Math.abs(latencyNs(1e5) - 4e4) < 1, `${latencyNs(1e5)} ns`);
  t.ok(Math.abs(latencyNs(5e4) - 5e3) < 1, `${latencyNs(5e4)} ns`);
  const { sending, receiving } = linesOf([probe(0, 1e5), probe(1000, 1e5)]);
  t.ok(Math.abs(sending.latencyNs - 2e4) < 1 && Math.abs(receiving.latencyNs - 6e4) < 1);
});

t.test('a profile takes the place of what a scenario says of hosts and network', async (t) => {
  const network = { kind: 'star', sharing: 'fifo', bandwidth: 5e9, latency: 4e-5 };
  const host = { speed: 3e9, taskOverhead: 2e-6 };
  const folder = t.testdir({ 'p.json': JSON.stringify({ host, network, measured: {} }) });
  const write = (cluster: object): string => {
    const file = join(folder, 'scenario.json');
    writeFileSync(file, JSON.stringify({ ...SCENARIO, cluster }));
    return file;
  };
  const profile = 'p.json';
  const both = await prepare(write({ ...SCENARIO.cluster, profile }), {});
  t.same(both.scenario.cluster, { nodes: 2, host: { ...host, memory: 50 * 2 ** 20 }, network });
  const alone = await prepare(write({ nodes: 2, profile }), {});
  t.same(alone.scenario.cluster, { nodes: 2, host, network }, 'nothing else need be there');
  const hosts = [{ count: 2, speed: '1 GFLOP/s' }];
  const { scenario } = await prepare(write({ nodes: 2, hosts, network, profile }), {});
  t.same(scenario.cluster.hosts, [{ count: 2, ...host }]);
  const played = await prepare(write({ nodes: 2, profile }), { links: { latency: 0.5 } });
  t.equal(played.scenario.cluster.network.latency, 0.5, 'what is played is played');
  for (const [given, sentence] of [
    [5, /cluster\.profile is 5; the name of a profile that npm run validate has written/],
    ['none.json', /cluster\.profile: .*none\.json is no file; a profile that npm run validate/],
    ['scenario.json', /cluster\.profile: scenario\.json has no host and network/],
  ] as const)
    await t.rejects(prepare(write({ nodes: 2, profile: given }), {}), { message: sentence });
});

/** A run with that time of an iteration. */
function timed(seconds: number): TimedRun {
  const share = (mean: number) => ({ mean, max: mean, min: mean });
  const summary = {
    label: 'x',
    accounting: { busy: share(0.5), comm: share(0.25), idle: share(0.25) },
  } as Summary;
  return { summary, iterationSeconds: seconds, others: 0 };
}

t.test('errors are parts of what was measured; the middle run of each counts', async (t) => {
  const held = (predicted: number, ...measured: number[]): Held => ({
    ...{ world: 'threads', nodes: 2 },
    ...{ predicted: timed(predicted), measured: measured.map(timed) },
  });
  const all = [held(0.9, 5, 1, 0.1), held(1.2, 1), held(1, 2)];
  t.same(
    all.map((one) => Math.round(1000 * errorOf(one))),
    [-100, 200, -500],
  );
  t.match(errorsOf(all), { worst: 0.5 });
  t.ok(Math.abs(errorsOf(all).median - 0.2) < 1e-12);
  const table = heldTable(all);
  t.match(
    table,
    /^x on 2 threads +900 ms +1\.00 s +-10\.0 % +490\.0 %/m,
    'with the spread of the runs',
  );
  t.match(table, /error of an iteration: median 20\.0 %, worst 50\.0 %/);
});

t.test(
  'an iteration takes what it does in the middle part of what follows the first third',
  async (t) => {
    const of = (...ends: number[]) =>
      settledSeconds({
        training: { iterations: ends.map((timeNs) => ({ timeNs })) },
        result: { timeNs: 7e9 },
      } as unknown as Parameters<typeof settledSeconds>[0]);
    t.equal(of(100e9, 200e9, 201e9, 203e9), 2, 'of two parts the later');
    const ends = Array.from({ length: 32 }, (_, at) => (at < 20 ? 0 : 500e9) + at * 2e9);
    t.equal(of(...ends), 2, 'what disturbs one part does not count');
    t.equal(of(5e9), 7, 'of one there is only the whole run');
  },
);

t.test(
  'it measures, predicts, runs and compares; its profile serves other scenarios',
  async (t) => {
    const folder = t.testdir({ 'scenario.json': JSON.stringify(SCENARIO) });
    const [file, out] = [join(folder, 'scenario.json'), join(folder, 'out')];
    const words = ['--worlds', 'threads', '--repeats', '1', '--patience', '0', '--out', out];
    const { status, stdout, stderr } = await validate(file, ...words);
    t.equal(status, 0, stderr);
    t.match(stdout, /^ring-tmp on 2 threads /m);
    t.match(stdout, /^ps\/asp on 2 threads /m);
    t.match(stdout, /^error of an iteration: median [\d.]+ %, worst [\d.]+ %$/m);
    const rows: Record<string, string>[] = parse(
      readFileSync(join(out, 'validation.csv'), 'utf8'),
      {
        columns: true,
      },
    );
    t.equal(rows.length, 2);
    for (const row of rows) {
      const { predictedIterationSeconds, measuredIterationSeconds, error } = row;
      const again = Number(predictedIterationSeconds) / Number(measuredIterationSeconds) - 1;
      t.ok(Math.abs(again - Number(error)) < 1e-9);
    }
    const [{ predictedBytes, measuredBytes, predictedMessages, measuredMessages }] = rows;
    t.equal(predictedBytes, measuredBytes, 'bytes and messages are not a matter of time');
    t.equal(predictedMessages, measuredMessages);
    const profile = join(out, 'profile-threads-2.json');
    const { scenario } = await prepare(file, { set: [`cluster.profile=${profile}`] });
    const profiled = scenario as typeof scenario & { model: { kind: 'mlp' } };
    const { host, network } = scenario.cluster;
    t.ok(host!.speed > 1e6 && host!.taskOverhead > 0 && host!.memoryBandwidth! > 0);
    t.ok(host!.sending!.overhead > 0 && host!.receiving!.overhead > 0);
    t.same(
      profiled.model.times!.map((rows) => rows.map(({ samples }) => samples)),
      [
        [4, 12],
        [4, 12],
        [4, 12],
      ],
      'of each layer, with as many samples as a micro-batch and a share have',
    );
    t.equal(host!.efficiency, undefined, 'what they take is in the times');
    const other = ['model.layers=[6,5,3]', `cluster.profile=${profile}`];
    const { cluster, model } = (await prepare(file, { set: other })).scenario;
    t.equal((cluster.host!.efficiency as unknown[]).length, 2, 'another model goes by speed');
    t.notOk('times' in model);
    t.ok(network.bandwidth > 1e6 && network.latency > 0);
  },
);

t.test('what cannot be validated is one sentence, and nothing is written', async (t) => {
  const folder = t.testdir({ 'scenario.json': JSON.stringify(SCENARIO) });
  const [file, out] = [join(folder, 'scenario.json'), join(folder, 'out')];
  for (const [words, sentence] of [
    [['--worlds', 'moon'], /--worlds has 'moon'; 'threads' or 'processes' would be right/],
    [['--nodes', '2,x'], /--nodes is 'x'; a whole number from 1 would be right/],
    [['--nodes', '50'], /50 nodes|cluster\.nodes/],
    [['--repeats', '0'], /--repeats is '0'; a whole number from 1/],
    [['--set', 'training.numerics=cost'], /training\.numerics is 'cost'/],
  ] as [string[], RegExp][]) {
    const { status, stderr } = await validate(file, ...words, '--out', out);
    t.equal(status, 2, words.join(' '));
    t.match(stderr, sentence);
    t.equal(existsSync(out), false);
  }
});

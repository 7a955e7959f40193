/** The trace of a real run: as that of a simulated one, with measured times, and beside it in one file. */
import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { executeCommand } from '../../../sim/commands/execute.ts';
import { dataOf } from '../../../sim/assemble.ts';
import { closeSpool, openSpool, readSpool } from '../../../sim/output/trace-spool.ts';
import { RealWorld } from '../../../sim/worlds/real/real-world.ts';
import { TESTED_WORLDS } from './crews.ts';
import { tinyScenario } from './tiny.ts';

interface TraceEvent {
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly id?: string;
  readonly cat?: string;
  readonly name: string;
  readonly args?: Record<string, unknown>;
}

const sum = (numbers: ArrayLike<number>): number => Array.from(numbers).reduce((a, b) => a + b, 0);

/** Slices of a row that overlap the one before them. */
function overlaps(events: readonly TraceEvent[]): number {
  const ends = new Map<string, number>();
  const slices = events.filter(({ ph }) => ph === 'X').sort((one, other) => one.ts - other.ts);
  return slices.filter(({ pid, tid, ts, dur = 0 }) => {
    const row = `${pid} ${tid}`;
    const endBefore = ends.get(row) ?? -1;
    ends.set(row, ts + dur);
    // Times are in microseconds, rounded in the last place.
    return ts < endBefore - 1e-3;
  }).length;
}

for (const world of TESTED_WORLDS)
  t.test(
    `${world.name}: every job is a slice, and every message an arrow from its sending to its coming`,
    async (t) => {
      const scenario = await tinyScenario({ kind: 'ring-tmp', nodes: 3 });
      const file = openSpool();
      t.teardown(() => closeSpool(file));
      const trace = { file, limit: 1e6 };
      const { runs, crash } = await new RealWorld(world, scenario, dataOf(scenario), {
        trace,
      }).start();
      if (crash) throw crash;
      const [{ result, trace: spooled }] = runs;
      const text = [...readSpool(spooled!).pieces()].join('').replace(/^,/, '');
      const events = JSON.parse(`[${text}]`) as TraceEvent[];
      const jobs = events.filter(({ ph, cat }) => ph === 'X' && (cat === 'busy' || cat === 'redo'));
      t.equal(jobs.length, sum(result.nodes.jobs));
      const spans = events.filter(({ ph, args }) => ph === 'b' && args!['from'] !== args!['to']);
      t.equal(spans.length, result.messages);
      t.equal(sum(spans.map(({ args }) => args!['bytes'] as number)), result.bytes);
      const [starts, ends] = ['s', 'f'].map((kind) => events.filter(({ ph }) => ph === kind));
      t.same(new Set(ends.map(({ id }) => id)), new Set(starts.map(({ id }) => id)));
      const sentAt = new Map(starts.map(({ id, ts }) => [id, ts]));
      t.ok(
        ends.every(({ id, ts }) => ts >= sentAt.get(id)! - 1e3),
        'nothing comes before it is sent',
      );
      t.equal(overlaps(events), 0);
      t.ok(events.every(({ ts }) => ts >= 0 && ts <= result.timeNs / 1000));
      t.ok(events.some(({ cat, name }) => cat === 'waiting' && / from node \d/.test(name)));
    },
  );

t.test('--trace writes the measured run and the simulated one into one file', async (t) => {
  const folder = t.testdir();
  const file = `${folder}/scenario.json`;
  const scenario = {
    ...{ name: 'traced', seed: 4 },
    cluster: {
      nodes: 2,
      host: { speed: '1 GFLOP/s' },
      network: { kind: 'star', bandwidth: '1 Gbit/s', latency: '20 us' },
    },
    model: { kind: 'mlp', layers: [6, 7, 5, 3] },
    data: { kind: 'synthetic', train: 40, test: 10 },
    training: { batch: 12, microBatches: 3, iterations: 2, learningRate: 0.05 },
    protocol: [{ kind: 'ring-tmp' }, { kind: 'ps-bsp' }],
  };
  writeFileSync(file, JSON.stringify(scenario));
  const said = { write: () => true };
  const streams = { stdout: said, stderr: said, isTerminal: false };
  const words = [file, '--trace', '--no-ui', '--out', `${folder}/out`];
  t.equal(await executeCommand(words, streams), 0);
  const { traceEvents, otherData } = JSON.parse(
    readFileSync(`${folder}/out/trace.json`, 'utf8'),
  ) as { traceEvents: TraceEvent[]; otherData: { times: string }[] };
  t.same(
    otherData.map(({ times }) => times),
    ['measured', 'measured', 'modelled', 'modelled'],
  );
  const names = traceEvents.filter(({ name }) => name === 'process_name');
  t.same(
    names.map(({ pid, args }) => `${pid} ${args!['name']}`),
    [
      '1 traced · ring-tmp · on threads',
      '2 traced · ps-bsp · on threads',
      '3 traced · ring-tmp',
      '4 traced · ps-bsp',
    ],
  );
  const jobsOf = (pid: number): number =>
    traceEvents.filter((event) => event.pid === pid && event.cat === 'busy').length;
  t.ok(jobsOf(1) > 0);
  t.equal(jobsOf(1), jobsOf(3));
  t.equal(jobsOf(2), jobsOf(4));
});

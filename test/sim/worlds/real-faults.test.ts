/** Hosts that fail for real: threads and processes end, are held and slowed, and the others find out as in the simulator. */
import { WastedWork } from '../../../models/observers/wasted-work.ts';
import { accountOf, eachAccount } from '../../../engine/node-accounts.ts';
import t, { type Test } from 'tap';
import type { FaultEffect, FaultRule, FaultTarget } from '../../../engine/faults/fault-rule.ts';
import type { HostSpec } from '../../../engine/host-spec.ts';
import type { Observer } from '../../../engine/observer.ts';
import { randomStream } from '../../../engine/random.ts';
import type { RunResult } from '../../../engine/result.ts';
import { RealRun } from '../../../sim/worlds/real/real-run.ts';
import { CREWS, type CrewOf } from './crews.ts';
import { newFlags, signal } from './flags.ts';
import { type Wait, waitingClock } from './waiting-clock.ts';
import { TICK_NS, type FaultWork } from './fault-case-nodes.ts';

const ENTRY = new URL('./fault-cases-worker.ts', import.meta.url).href;
const SEED = 5;
const HOST: HostSpec = { speedFlopsPerSecond: 1e9, memoryBytes: Infinity, taskOverheadNs: 0 };

interface Played {
  readonly nodes?: number;
  readonly rules?: readonly FaultRule[];
  readonly heartbeatMs?: number;
  readonly stores?: boolean;
  readonly missing?: () => string | null;
  /** With a line for each fault. */
  readonly waits?: readonly Wait[];
}

/** Logs of each node, what struck and ended, and the result. */
async function playOn(crewOf: CrewOf, node: string, played: Played = {}) {
  const { nodes = 2, rules = [], heartbeatMs = 20, stores, missing, waits = [] } = played;
  const logs: string[][] = Array.from({ length: nodes }, () => []);
  const events: string[] = [];
  const flags = newFlags();
  const observer: Observer = {
    noted: (from, _timeNs, _name, value) => logs[from].push((value as { text: string }).text),
    faultBegan: ({ kind, nodes: struck }) => {
      events.push(`${kind} of ${struck.join()}`);
      // It takes effect when all have been told.
      queueMicrotask(() => signal(flags));
    },
    faultEnded: ({ kind }) => events.push(`end of ${kind}`),
  };
  const work: FaultWork = { node, strikes: rules.length, flags };
  const run: RealRun = new RealRun({
    crew: await crewOf(ENTRY),
    seed: SEED,
    hosts: new Array<HostSpec>(nodes).fill(HOST),
    work,
    observers: [observer, new WastedWork(nodes, (wasted) => run.writeOff(wasted))],
    faults: {
      rules,
      detector: { heartbeatNs: heartbeatMs * 1e6, misses: 3 },
      clock: waitingClock(waits, [...logs, events]),
    },
    stores,
    missing,
  });
  const result = await run.run();
  for (const { downNs, busyNs, redoNs, commNs, idleNs } of eachAccount(result.nodes)) {
    const times = [downNs, busyNs, redoNs, commNs, idleNs];
    t.equal(
      times.reduce((sum, time) => sum + time),
      result.timeNs,
      `${node}: the states of a node sum to the run's time (ARCHITECTURE 8)`,
    );
    t.ok(
      times.every((time) => time >= 0),
      `${node}: ${times.join()}`,
    );
  }
  return { logs, events, result };
}

const one: FaultTarget = { among: [1], choose: 'all', count: 1 };

function rule(atMs: number, effect: FaultEffect): FaultRule {
  return { rule: 0, timing: { atNs: atMs * 1e6 }, effect };
}

function crash(atMs: number, forMs: number | null, target = one): FaultRule {
  return rule(atMs, { kind: 'crash', target, forNs: forMs === null ? null : forMs * 1e6 });
}

function strikeNs({ faults }: RunResult): number {
  return faults[0].timeNs;
}

function testOn(world: string, crewOf: CrewOf): void {
  const test = (claim: string, body: (t: Test) => Promise<void>) =>
    void t.test(`${world}: ${claim}`, body);
  const play = (node: string, played?: Played) => playOn(crewOf, node, played);

  test('a thread that is gone is suspected, once, after k-1 heartbeats at the least (C)', async (t) => {
    const { logs, events, result } = await play('Watchful', { rules: [crash(30, null)] });
    t.equal(result.outcome, 'finished', 'a run is over when all that are up are finished');
    t.equal(logs[0].length, 1);
    const [, at] = /^suspected 1 at (\d+)$/.exec(logs[0][0])!;
    t.ok(Number(at) - strikeNs(result) >= 2 * 20e6, `${at} - ${strikeNs(result)}`);
    t.same(events, ['crash of 1']);
    t.match(result.faults, [{ number: 0, rule: 0, kind: 'crash', nodes: [1], endNs: null }]);
    t.same(result.idleRules, []);
    t.ok(result.nodes.downNs[1] > 0);
  });

  test('one that is back before that is suspected at once (C)', async (t) => {
    const { logs, events, result } = await play('Watchful', {
      rules: [crash(30, 1)],
      heartbeatMs: 3_600_000,
    });
    t.equal(result.outcome, 'finished');
    t.match(logs[0], [/^suspected 1 at/]);
    t.same(events, ['crash of 1', 'end of crash']);
  });

  test('a thread that computes for long does not look dead (C)', async (t) => {
    const { logs, result } = await play('Busy', { heartbeatMs: 10 });
    t.equal(result.outcome, 'finished');
    t.same(logs, [[], []]);
  });

  test('a crash takes all memory, and nothing from before it reaches the next incarnation', async (t) => {
    const { logs, result } = await play('Counting', { rules: [crash(300, 60)], waits: [[299, 2]] });
    t.equal(result.outcome, 'finished');
    const dice = [0, 1].map((incarnation) =>
      randomStream(SEED, `node/1${incarnation === 0 ? '' : '#1'}/dice`).next(),
    );
    t.match(logs[1], [
      `incarnation 0 begins with 0, ${dice[0]}`,
      `incarnation 1 begins with 0, ${dice[1]}`,
    ]);
    t.equal(logs[0].filter((line) => line === 'suspected 1').length, 1);
    t.notMatch(logs.flat().join('; '), /after/, 'numbers only rise in each incarnation');
  });

  test('a held thread is suspected, suspects nobody, and goes on where it was', async (t) => {
    const pause = rule(400, { kind: 'pause', target: one, forNs: 250e6 });
    const waits = [[399, 1] as const, [400, 2] as const, [649, 3] as const];
    const { logs, events, result } = await play('Held', { rules: [pause], waits });
    t.equal(result.outcome, 'finished');
    t.same(logs[0], ['heard 1', 'suspected 1', 'heard 2']);
    t.match(logs[1], [/^waited \d+$/]);
    const { downNs } = accountOf(result.nodes, 1);
    const [, waited] = /waited (\d+)/.exec(logs[1][0])!;
    t.ok(Number(waited) >= TICK_NS + downNs, `alarms stand still: ${waited}`);
    t.same(events, ['pause of 1', 'end of pause']);
    t.ok(downNs > 0, `${downNs}`);
    t.equal(result.nodes.downNs[0], 0);
  });

  test('jobs of a slow host take so many times as long', async (t) => {
    const target: FaultTarget = { among: [0], choose: 'all', count: 1 };
    const slow = rule(0, { kind: 'slow', target, factor: 3, forNs: null });
    const { logs, result } = await play('Diligent', { nodes: 1, rules: [slow] });
    const [, after] = /done after (\d+)/.exec(logs[0][0])!;
    t.ok(Number(after) >= 20 * 29e6, after);
    t.ok(result.nodes.busyNs[0] >= 20 * 29e6, 'and the host is busy all the while');
  });

  test('work that was for nothing is redo, of oneself and of others', async (t) => {
    const { result } = await play('Regretting');
    t.equal(result.outcome, 'finished');
    for (const [node, jobs] of [10, 15].entries()) {
      const { busyNs, redoNs } = accountOf(result.nodes, node);
      t.ok(redoNs >= jobs * 10e6, `${redoNs}`);
      t.ok(busyNs >= (20 - jobs) * 10e6, `${busyNs}`);
    }
  });

  test('a job that dies with its host is redo', async (t) => {
    const { result } = await play('Toiling', { rules: [crash(500, null)], waits: [[499, 1]] });
    t.equal(result.outcome, 'finished');
    t.ok(result.nodes.redoNs[1] > 0, `${result.nodes.redoNs[1]}`);
  });

  test('no run is finished short of the work, whoever says that it has none left', async (t) => {
    const { result } = await play('Toiling', {
      rules: [crash(500, null)],
      waits: [[499, 1]],
      missing: () => '0 of 1 jobs are done',
    });
    t.equal(result.outcome, 'failed');
    t.match(
      result.failure?.message,
      /^no node is left after [\d.]+ [mu]?s: of 2 nodes 1 is down for good/,
    );
    t.match(result.failure?.message, /, but 0 of 1 jobs are done$/);
  });

  test('storage outlives its writers: the last value saved, whole, and null for none', async (t) => {
    const target: FaultTarget = { among: [0], choose: 'all', count: 1 };
    const rules = [crash(400, 1, target)];
    const { logs, result } = await play('Saving', {
      nodes: 1,
      rules,
      stores: true,
      waits: [[399, 2]],
    });
    t.equal(result.outcome, 'finished');
    t.same(logs[0], [
      'saved a/b',
      'saved a/b',
      'loaded nothing: nothing',
      'loaded a/b: Float64Array 7',
    ]);
  });

  test('hosts that come back one soon after the other hear each other', async (t) => {
    const zero: FaultTarget = { among: [0], choose: 'all', count: 1 };
    const rules = [crash(200, 150, zero), crash(200, 500)];
    const { result } = await play('Calling', { rules });
    t.equal(result.outcome, 'finished', result.failure?.message ?? 'it ends well');
  });

  test('a host that was finished is not so in its next incarnation', async (t) => {
    const { logs, result } = await play('Relapsing', {
      rules: [crash(200, 1)],
      heartbeatMs: 3_600_000,
    });
    t.equal(result.outcome, 'finished');
    t.same(logs, [[], ['finished again']]);
  });

  test('saving without storage is an error', async (t) => {
    const { result } = await play('Saving', { nodes: 1 });
    t.match(result.failure, { kind: 'error', message: /save: there is no storage for 'a\/b'/ });
  });

  test('a node that gives up ends the run with its reason', async (t) => {
    const { result } = await play('Hopeless');
    t.equal(result.outcome, 'failed');
    t.same(result.failure, {
      kind: 'given-up',
      node: 1,
      message: 'node 1 gave up: all copies of the weights are gone',
    });
  });

  test('a run of which nobody is left and nobody comes back has failed', async (t) => {
    const both: FaultTarget = { among: [0, 1], choose: 'all', count: 2 };
    const { result } = await play('Quiet', { rules: [crash(20, null, both)] });
    t.match(result.failure, { kind: 'error', message: /all 2 have crashed, and none comes back/ });
  });

  test('nodes that wait for ever are found, though hosts watch each other', async (t) => {
    const { result } = await play('Quiet', { heartbeatMs: 1, rules: [crash(20, null)] });
    t.match(result.failure, {
      kind: 'deadlock',
      message: /stalled, but 1 of 2 nodes are not finished/,
      nodes: [{ node: 0, phase: 'waiting', waitsFor: 'something to happen' }],
    });
  });

  test('a rule that comes after the end has struck nothing', async (t) => {
    const { result } = await play('Busy', { rules: [crash(3_600_000, null)] });
    t.equal(result.outcome, 'finished');
    t.same([result.faults, result.idleRules], [[], [0]]);
  });
}

for (const [world, crewOf] of Object.entries(CREWS)) testOn(world, crewOf);

import fc from 'fast-check';
import t from 'tap';
import { checkRules } from '../../../engine/faults/check-rules.ts';
import type { FaultEffect, FaultRule, FaultTiming } from '../../../engine/faults/fault-rule.ts';
import { runAll, scripted, type Script } from '../scripted-node.ts';
import { crash, DETECTOR, only, pause, slow } from './fault-world.ts';

const worker: Script = {
  start: (node) => node.work('job', 1e9),
  computed: (node) => (node.finished = true),
};

function run(rules: readonly FaultRule[], seed = 1, stopAtNs = 1e9) {
  const { simulation } = scripted([worker, worker, worker], {
    seed,
    stopAtNs,
    faults: { rules, detector: DETECTOR },
  });
  return runAll(simulation).result();
}

const every = (meanNs: number, fromNs = 0, untilNs = Infinity): FaultTiming => ({
  meanNs,
  shape: 1,
  fromNs,
  untilNs,
});

t.test('faults come in order of time, within their bounds, numbered from 0', async (t) => {
  const rules = [
    { rule: 0, timing: every(1e6, 2e8, 5e8), effect: slow(only(0), 2, 1e5) },
    { rule: 1, timing: { atNs: 3e8 }, effect: pause(only(1), 1e5) },
  ];
  const { faults } = run(rules);
  t.same(
    faults.map(({ number }) => number),
    faults.map((_, at) => at),
  );
  t.ok(faults.every((fault, at) => at === 0 || fault.timeNs >= faults[at - 1].timeNs));
  const drawn = faults.filter(({ rule }) => rule === 0);
  // 300 on average; a Poisson count lies within five deviations.
  t.ok(Math.abs(drawn.length - 300) < 5 * Math.sqrt(300), `${drawn.length} faults`);
  t.ok(drawn.every(({ timeNs }) => timeNs > 2e8 && timeNs < 5e8));
  t.same(
    faults.filter(({ rule }) => rule === 1).map(({ timeNs }) => timeNs),
    [3e8],
  );
});

t.test('whom a strike finds changes the times of no other, nor does any other rule', async (t) => {
  const times = (rules: readonly FaultRule[]) =>
    run(rules)
      .faults.filter(({ rule }) => rule === 0)
      .map(({ timeNs }) => timeNs);
  const random = (count: number) => ({ among: [0, 1, 2], choose: 'random' as const, count });
  const timing = every(1e8);
  const first = times([{ rule: 0, timing, effect: slow(random(1), 2, 10) }]);
  t.ok(first.length > 2);
  t.same(times([{ rule: 0, timing, effect: pause(random(3), 10) }]).slice(0, 3), first.slice(0, 3));
  const other = { rule: 1, timing: { atNs: 5 }, effect: crash(only(0)) };
  t.same(times([{ rule: 0, timing, effect: slow(random(1), 2, 10) }, other]), first);
});

t.test('a place is idle if none of its rules has struck anybody', async (t) => {
  const late = { timing: { atNs: 2e9 }, effect: crash(only(0)) };
  const nobody = { timing: { atNs: 5 }, effect: pause(only(), 5) };
  const good = { timing: { atNs: 6 }, effect: pause(only(2), 5) };
  const cut: FaultEffect = {
    kind: 'cut',
    scope: { from: [], to: [], oneWay: false },
    forNs: null,
  };
  const { idleRules, faults } = run([
    { rule: 4, ...late },
    { rule: 1, ...late },
    { rule: 1, ...good },
    { rule: 2, ...nobody },
    { rule: 0, timing: { atNs: 7 }, effect: cut },
    { rule: 3, ...nobody },
    { rule: 3, ...good },
  ]);
  t.same(idleRules, [0, 2, 4]);
  t.equal(faults.filter(({ nodes }) => nodes.length === 0).length, 3);
});

t.test('the digest tells whom a strike has found', async (t) => {
  const harmless = (node: number) => [
    { rule: 0, timing: { atNs: 5 }, effect: slow(only(node), 2, 1) },
  ];
  const idle: Script = {
    start: (node) => node.world.wake('end', 100),
    woken: (node) => (node.finished = true),
  };
  const digest = (node: number) =>
    runAll(
      scripted([idle, idle], { faults: { rules: harmless(node), detector: DETECTOR } }).simulation,
    ).result().digest;
  t.equal(digest(0), digest(0));
  t.not(digest(0), digest(1));
});

t.test('the same seed gives the same faults, another seed others', async (t) => {
  const random = { among: [0, 1, 2], choose: 'random', count: 1 } as const;
  const rules = [{ rule: 0, timing: every(1e7), effect: slow(random, 2, 1000) }];
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const [one, same, other] = [seed, seed, seed + 1].map((of) => run(rules, of, 1e8).faults);
      return (
        JSON.stringify(one) === JSON.stringify(same) &&
        JSON.stringify(one) !== JSON.stringify(other)
      );
    }),
    { numRuns: 20 },
  );
  t.pass();
});

t.test('rules that make no sense are refused in a sentence', async (t) => {
  const scope = { from: [0], to: [1], oneWay: false };
  const refused = (timing: FaultTiming, effect: FaultEffect, sentence: RegExp) =>
    t.throws(() => checkRules([{ rule: 0, timing, effect }], 3), sentence);
  const at = { atNs: 1 };
  refused(
    { atNs: -1 },
    crash(only(0)),
    /fault 0 \(crash\) strikes at -1 ns, a whole number from 0/,
  );
  refused({ atNs: 0.5 }, crash(only(0)), /strikes at 0.5 ns/);
  refused(every(0), crash(only(0)), /strikes every 0 ns on average with shape 1, both above 0/);
  refused(every(1, 5, 4), crash(only(0)), /from 5 ns until 4 ns, which is before/);
  refused(at, crash(only(3)), /is about node 3, a node from 0 to 2 would be right/);
  refused(at, crash(only(0), 0), /lasts 0 ns, a whole number from 1/);
  refused(at, slow(only(0), 0), /makes jobs longer by a factor of 0, a number above 0/);
  refused(at, pause({ among: [0], choose: 'row', count: 0 }, 1), /strikes 0 nodes, a whole number/);
  refused(at, { kind: 'loss', scope, probability: 1.5, forNs: null }, /has probability 1.5/);
  refused(at, { kind: 'partition', groups: [[0], [7]], forNs: null }, /node 7/);
  refused(
    at,
    { kind: 'degrade', scope, bandwidthFactor: -1, latencyFactor: 1, forNs: null },
    /changes bandwidths by a factor of -1/,
  );
});

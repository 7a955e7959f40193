import t from 'tap';
import fc from 'fast-check';
import type { FaultEffect, FaultRule } from '../../../engine/faults/fault-rule.ts';
import type { NodeId } from '../../../engine/world.ts';
import { runToy, type ToyRing, type ToyRun } from './toy-ring.ts';

const KH_NS = 60_000;
const RUN_NS = 600_000;

const rule = (atNs: number, effect: FaultEffect): FaultRule => ({
  rule: 0,
  timing: { atNs },
  effect,
});
const all = (among: NodeId[]) => ({ among, choose: 'all' as const, count: 1 });
const at = fc.integer({ min: 0, max: RUN_NS });
const short = fc.integer({ min: 1, max: 4 * KH_NS });

/** Faults that end, so that the ring must finish whatever it loses meanwhile. */
function passingFault(nodes: number): fc.Arbitrary<FaultRule> {
  const node = fc.integer({ min: 0, max: nodes - 1 });
  const crash = fc
    .tuple(at, node, short)
    .map(([atNs, one, forNs]) => rule(atNs, { kind: 'crash', target: all([one]), forNs }));
  const pause = fc
    .tuple(at, node, short)
    .map(([atNs, one, forNs]) => rule(atNs, { kind: 'pause', target: all([one]), forNs }));
  const cut = fc
    .tuple(at, node, node, fc.boolean(), short)
    .map(([atNs, from, to, oneWay, forNs]) =>
      rule(atNs, { kind: 'cut', scope: { from: [from], to: [to], oneWay }, forNs }),
    );
  const partition = fc
    .tuple(at, fc.array(fc.boolean(), { minLength: nodes, maxLength: nodes }), short)
    .map(([atNs, sides, forNs]) => {
      const one = sides.flatMap((side, each) => (side ? [each] : []));
      const other = sides.flatMap((side, each) => (side ? [] : [each]));
      return rule(atNs, { kind: 'partition', groups: [one, other], forNs });
    });
  const wire = fc
    .tuple(at, fc.constantFrom('loss', 'duplicate', 'reorder'), fc.constantFrom(0.05, 0.3), short)
    .map(([atNs, kind, probability, forNs]) => {
      const every = Array.from({ length: nodes }, (_, each) => each);
      const scope = { from: every, to: every, oneWay: false };
      return rule(atNs, { kind, scope, probability, forNs } as FaultEffect);
    });
  return fc.oneof(crash, pause, cut, partition, wire);
}

function anyRing(rules: (nodes: number) => fc.Arbitrary<FaultRule[]>, least = 3) {
  return fc.integer({ min: least, max: 8 }).chain((nodes): fc.Arbitrary<ToyRing> =>
    fc.record({
      seed: fc.integer({ min: 0, max: 1e9 }),
      nodes: fc.constant(nodes),
      laps: fc.integer({ min: 1, max: 20 }),
      flops: fc.constantFrom(0, 3000, 100_000),
      rules: rules(nodes),
      latencyFactor: fc.constantFrom(undefined, { kind: 'exponential' as const, mean: 1 }),
    }),
  );
}

interface View {
  epoch: number;
  members: NodeId[];
}

const installs = (run: ToyRun) =>
  run.notes.filter(({ name }) => name === 'installed').map(({ value }) => value as View);

/**
 * Once a newer epoch counts, an older one counts nothing but the lap that was in hand, whose end may lie with a node that
 * stood still meanwhile.
 */
function oneLineage(run: ToyRun): void {
  const late = new Map<number, number>();
  let newest = 0;
  for (const { name, value } of run.notes) {
    if (name !== 'lap') continue;
    const { epoch } = value as { epoch: number };
    newest = Math.max(newest, epoch);
    if (epoch === newest) continue;
    late.set(epoch, (late.get(epoch) ?? 0) + 1);
    if (late.get(epoch)! > 1) throw new Error(`epoch ${epoch} goes on after epoch ${newest}`);
  }
}

/** One epoch, one list of members. */
function oneViewAnEpoch(run: ToyRun): void {
  const views = new Map<number, string>();
  for (const { epoch, members } of installs(run)) {
    const known = views.get(epoch);
    if (known !== undefined && known !== members.join()) throw new Error(`two views ${epoch}`);
    views.set(epoch, members.join());
  }
}

function finishes(ring: ToyRing): ToyRun {
  const run = runToy(ring);
  const { outcome, failure } = run.result;
  if (outcome !== 'finished') throw new Error(`${outcome}: ${failure?.message ?? 'no end'}`);
  oneViewAnEpoch(run);
  oneLineage(run);
  return run;
}

t.test('C: one crash at any time, for good or not, never hangs the ring', async (t) => {
  const crash = (nodes: number) =>
    fc
      .tuple(at, fc.integer({ min: 0, max: nodes - 1 }), fc.option(short))
      .map(([atNs, node, forNs]) => [rule(atNs, { kind: 'crash', target: all([node]), forNs })]);
  fc.assert(
    fc.property(anyRing(crash), (ring) => void finishes(ring)),
    { numRuns: 150 },
  );
  t.pass();
});

t.test(
  'C: a minority of crashes at any times, in mid-repair too, never hangs the ring',
  async (t) => {
    const crashes = (nodes: number) =>
      fc
        .tuple(
          fc.uniqueArray(fc.integer({ min: 0, max: nodes - 1 }), { minLength: 2, maxLength: 2 }),
          at,
          fc.integer({ min: 0, max: 3 * KH_NS }),
        )
        .map(([dead, atNs, later]) =>
          dead.map((node, i) =>
            rule(atNs + i * later, { kind: 'crash', target: all([node]), forNs: null }),
          ),
        );
    fc.assert(
      fc.property(anyRing(crashes, 5), (ring) => void finishes(ring)),
      { numRuns: 150 },
    );
    t.pass();
  },
);

t.test('C: faults of any kind that pass leave a ring that finishes, in one lineage', async (t) => {
  const faults = (nodes: number) => fc.array(passingFault(nodes), { minLength: 1, maxLength: 4 });
  let halted = 0;
  fc.assert(
    fc.property(anyRing(faults, 2), (ring) => {
      const run = runToy(ring);
      oneViewAnEpoch(run);
      oneLineage(run);
      const { outcome, failure } = run.result;
      halted += run.notes.some(({ name }) => name === 'halted') ? 1 : 0;
      if (outcome === 'finished' || failure?.kind === 'given-up') return;
      throw new Error(`${outcome}: ${failure?.message ?? 'no end'}`);
    }),
    { numRuns: 200 },
  );
  t.ok(halted > 5, 'some were halted for a time');
});

t.test('C: the death of a member that its neighbours do not hear is seen by others', async (t) => {
  let seen = 0;
  const cutOff = fc.integer({ min: 4, max: 8 }).chain((nodes) =>
    fc.record({
      seed: fc.nat(),
      nodes: fc.constant(nodes),
      dead: fc.integer({ min: 0, max: nodes - 1 }),
      cutNs: fc.integer({ min: 0, max: KH_NS }),
      diesNs: fc.integer({ min: 6 * KH_NS, max: 12 * KH_NS }),
    }),
  );
  fc.assert(
    fc.property(cutOff, ({ seed, nodes, dead, cutNs, diesNs }) => {
      const to = [(dead + 1) % nodes, (dead + nodes - 1) % nodes];
      const rules = [
        rule(cutNs, { kind: 'cut', scope: { from: [dead], to, oneWay: false }, forNs: null }),
        rule(diesNs, { kind: 'crash', target: all([dead]), forNs: null }),
      ];
      const run = finishes({ seed, nodes, laps: 400, flops: 100, rules });
      const gone = run.notes.filter(({ timeNs }) => timeNs > diesNs);
      seen += gone.some(({ name }) => name === 'repair') ? 1 : 0;
    }),
    { numRuns: 60 },
  );
  t.ok(seen > 20, `${seen} times`);
});

t.test('C: two that are left see each other go, though one has stood still before', async (t) => {
  let seen = 0;
  const strikes = fc.record({
    seed: fc.nat(),
    dead: fc.integer({ min: 0, max: 2 }),
    other: fc.integer({ min: 1, max: 2 }),
    pausedNs: fc.integer({ min: 4 * KH_NS, max: 8 * KH_NS }),
    forNs: fc.integer({ min: KH_NS, max: 8 * KH_NS }),
    againNs: fc.integer({ min: 0, max: 4 * KH_NS }),
  });
  fc.assert(
    fc.property(strikes, ({ seed, dead, other, pausedNs, forNs, againNs }) => {
      const partsNs = pausedNs + forNs + againNs;
      const still = (dead + other) % 3;
      const left = 3 - dead - still;
      const groups = [[left], [still, dead]];
      const run = runToy({
        ...{ seed, nodes: 3, laps: 100_000, flops: 100 },
        rules: [
          rule(0, { kind: 'crash', target: all([dead]), forNs: null }),
          rule(pausedNs, { kind: 'pause', target: all([still]), forNs }),
          rule(partsNs, { kind: 'partition', groups, forNs: null }),
        ],
      });
      const last = run.notes.findLast(({ name }) => name === 'installed' || name === 'halted');
      if (last!.name !== 'halted') throw new Error('nobody says why it does not go on');
      const before = run.notes.filter(({ timeNs }) => timeNs < partsNs);
      const back = before.findLast(({ name }) => name === 'installed' || name === 'halted');
      seen += back!.name === 'installed' && before.some(({ name }) => name === 'halted') ? 1 : 0;
    }),
    { numRuns: 100 },
  );
  t.ok(seen > 20, `${seen} were together again when they were parted`);
});

t.test('C: whoever has stood still is not taken for cut off once it is heard again', async (t) => {
  const strikes = fc.record({
    seed: fc.nat(),
    nodes: fc.integer({ min: 3, max: 6 }),
    oneWay: fc.boolean(),
    cut: fc.nat(),
    still: fc.nat(),
    pausedNs: fc.integer({ min: 2 * KH_NS, max: 8 * KH_NS }),
    forNs: fc.integer({ min: KH_NS, max: 20 * KH_NS }),
  });
  fc.assert(
    fc.property(strikes, ({ seed, nodes, oneWay, cut, still, pausedNs, forNs }) => {
      const [from, to] = [cut % nodes, (cut + 1) % nodes];
      const stands = (to + 1 + (still % (nodes - 2))) % nodes;
      finishes({
        ...{ seed, nodes, laps: 400, flops: 100 },
        rules: [
          rule(0, { kind: 'cut', scope: { from: [from], to: [to], oneWay }, forNs: null }),
          rule(pausedNs, { kind: 'pause', target: all([stands]), forNs }),
        ],
      });
    }),
    { numRuns: 100 },
  );
  t.pass();
});

t.test(
  'C: where every wire to one is cut, if one way, all go on or one says why not',
  async (t) => {
    const lone = fc.record({
      seed: fc.nat(),
      dead: fc.nat(3),
      firstNs: fc.integer({ min: 0, max: 6 * KH_NS }),
      secondNs: fc.integer({ min: 0, max: 6 * KH_NS }),
    });
    let said = 0;
    fc.assert(
      fc.property(lone, ({ seed, dead, firstNs, secondNs }) => {
        const [one, two, three] = [1, 2, 3].map((step) => (dead + step) % 4);
        const cut = (atNs: number, from: NodeId, to: NodeId) =>
          rule(atNs, { kind: 'cut', scope: { from: [from], to: [to], oneWay: true }, forNs: null });
        const run = runToy({
          ...{ seed, nodes: 4, laps: 400, flops: 100 },
          onStar: true,
          rules: [
            rule(0, { kind: 'crash', target: all([dead]), forNs: null }),
            cut(firstNs, one, two),
            cut(secondNs, two, three),
          ],
        });
        const isHalted = (node: NodeId) => {
          const own = run.notes.filter((note) => note.node === node);
          const last = own.findLast(({ name }) => name === 'installed' || name === 'halted');
          return last?.name === 'halted';
        };
        const { outcome } = run.result;
        if (outcome !== 'finished' && ![one, two, three].some(isHalted))
          throw new Error('nobody says why the ring does not go on');
        const reason = `node ${two} is here, but every wire`;
        said += run.notes.some(({ value }) => JSON.stringify(value).includes(reason)) ? 1 : 0;
      }),
      { numRuns: 40 },
    );
    t.ok(said > 2, `${said} times for the wires`);
  },
);

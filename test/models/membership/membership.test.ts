import t from 'tap';
import fc from 'fast-check';
import type { FaultEffect, FaultRule } from '../../../engine/faults/fault-rule.ts';
import type { NodeId } from '../../../engine/world.ts';
import { finishes, viewsOf, type CountingRun } from './counting-run.ts';

const SILENCE_NS = 60_000;
const RUN_NS = 600_000;

const rule = (atNs: number, effect: FaultEffect): FaultRule => ({
  rule: 0,
  timing: { atNs },
  effect,
});
const those = (among: NodeId[]) => ({ among, choose: 'all' as const, count: 1 });
const at = fc.integer({ min: 0, max: RUN_NS });
const short = fc.integer({ min: 1, max: 4 * SILENCE_NS });

type Faults = (nodes: number) => fc.Arbitrary<FaultRule>;

const anyNode = (nodes: number) => fc.integer({ min: 0, max: nodes - 1 });

const crash: Faults = (nodes) =>
  fc
    .tuple(at, anyNode(nodes), fc.constantFrom('kept', 'lost'), short)
    .map(([atNs, node, disk, forNs]) =>
      rule(atNs, { kind: 'crash', target: those([node]), disk, forNs }),
    );

const pause: Faults = (nodes) =>
  fc
    .tuple(at, anyNode(nodes), short)
    .map(([atNs, node, forNs]) => rule(atNs, { kind: 'pause', target: those([node]), forNs }));

const cut: Faults = (nodes) =>
  fc
    .tuple(at, anyNode(nodes), anyNode(nodes), fc.boolean(), short)
    .map(([atNs, from, to, oneWay, forNs]) =>
      rule(atNs, { kind: 'cut', scope: { from: [from], to: [to], oneWay }, forNs }),
    );

const partition: Faults = (nodes) =>
  fc
    .tuple(at, fc.array(fc.boolean(), { minLength: nodes, maxLength: nodes }), short)
    .map(([atNs, sides, forNs]) => {
      const one = sides.flatMap((side, each) => (side ? [each] : []));
      const other = sides.flatMap((side, each) => (side ? [] : [each]));
      return rule(atNs, { kind: 'partition', groups: [one, other], forNs });
    });

const wire: Faults = (nodes) =>
  fc
    .tuple(at, fc.constantFrom('loss', 'duplicate', 'reorder'), fc.constantFrom(0.05, 0.3), short)
    .map(([atNs, kind, probability, forNs]) => {
      const every = Array.from({ length: nodes }, (_, each) => each);
      const scope = { from: every, to: every, oneWay: false };
      return rule(atNs, { kind, scope, probability, forNs } as FaultEffect);
    });

function anyRun(rules: (nodes: number) => fc.Arbitrary<FaultRule[]>, least = 3) {
  return fc.integer({ min: least, max: 8 }).chain((nodes): fc.Arbitrary<CountingRun> =>
    fc.record({
      seed: fc.integer({ min: 0, max: 1e9 }),
      nodes: fc.constant(nodes),
      target: fc.integer({ min: 1, max: 20 }),
      flops: fc.constantFrom(0, 3000, 100_000),
      watch: fc.constantFrom('ring', 'star'),
      rules: rules(nodes),
      latencyFactor: fc.constantFrom(undefined, { kind: 'exponential' as const, mean: 1 }),
    }),
  );
}

const numRuns = Number(process.env.MEMBERSHIP_RUNS ?? 150);
const holds = (runs: fc.Arbitrary<CountingRun>, claim: (run: CountingRun) => void) =>
  fc.assert(fc.property(runs, claim), { numRuns });

t.test('C: one crash at any time, for good or not, is survived', async (t) => {
  const one = (nodes: number) =>
    fc
      .tuple(at, anyNode(nodes), fc.option(short))
      .map(([atNs, node, forNs]) => [rule(atNs, { kind: 'crash', target: those([node]), forNs })]);
  holds(anyRun(one), (run) => void finishes(run));
  t.pass();
});

t.test('C: a minority of crashes at any times, in mid-repair too, is survived', async (t) => {
  const minority = (nodes: number) =>
    fc
      .uniqueArray(anyNode(nodes), { maxLength: Math.ceil(nodes / 2) - 1 })
      .chain((dead) =>
        fc.tuple(...dead.map((node) => fc.tuple(fc.constant(node), at, fc.option(short)))),
      )
      .map((crashes) =>
        crashes.map(([node, atNs, forNs]) =>
          rule(atNs, { kind: 'crash', target: those([node]), forNs }),
        ),
      );
  holds(anyRun(minority), (run) => void finishes(run));
  t.pass();
});

t.test('C: whatever passes is survived, everybody’s crash too', async (t) => {
  const passing = (nodes: number) =>
    fc.array(fc.oneof(crash(nodes), pause(nodes), cut(nodes), partition(nodes), wire(nodes)), {
      maxLength: 6,
    });
  holds(anyRun(passing, 2), (run) => void finishes(run));
  t.pass();
});

t.test('C: a pair that never hears each other costs one member and few views', async (t) => {
  const deaf = (nodes: number) =>
    fc
      .tuple(at, fc.uniqueArray(anyNode(nodes), { minLength: 2, maxLength: 2 }), fc.boolean())
      .map(([atNs, [one, other], oneWay]) => [
        rule(atNs, { kind: 'cut', scope: { from: [one], to: [other], oneWay }, forNs: null }),
      ]);
  holds(anyRun(deaf), (run) => {
    const outcome = finishes({ ...run, target: 40, watch: 'star', topology: 'star' });
    const members = outcome.notes
      .filter(({ name }) => name === 'installed')
      .map(({ value }) => value.members.length);
    if (Math.min(...members) < run.nodes - 1)
      throw new Error(`only ${Math.min(...members)} are left`);
    if (viewsOf(outcome).size > 4) throw new Error(`${viewsOf(outcome).size} views`);
  });
  t.pass();
});

t.test('C: who is parted from some, and heard by others, comes to the end with them', async (t) => {
  const parted = (nodes: number) =>
    fc
      .tuple(at, anyNode(nodes), fc.array(fc.boolean(), { minLength: nodes, maxLength: nodes }))
      .map(([atNs, one, sides]) => {
        const others = sides.flatMap((side, each) => (side && each !== one ? [each] : []));
        const to = others.length === nodes - 1 ? others.slice(1) : others;
        return to.length === 0
          ? []
          : [rule(atNs, { kind: 'cut', scope: { from: [one], to, oneWay: false }, forNs: null })];
      });
  holds(anyRun(parted), (run) => void finishes({ ...run, watch: 'star', topology: 'star' }));
  t.pass();
});

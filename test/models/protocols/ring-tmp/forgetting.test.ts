/** Nodes that forget all, about the same time: what is left of the ring must meet to begin again, or to say what is lost. */
import t from 'tap';
import fc from 'fast-check';
import type { FaultRule } from '../../../../engine/faults/fault-rule.ts';
import { anyCalmRing, options, part, survives, type Draw, type Scale } from './faulty-settings.ts';
import { atTime, crash, recoveriesOf } from './faulty.ts';
import { oneViewAnEpoch } from './lineage-claims.ts';

/** When a node dies, how long it is away and, for some, how much later it does so again; all but the first in silences. */
const forgetting = fc.record({
  after: part(1.5),
  away: part(1.5),
  again: fc.oneof(fc.constant(null), part(3)),
});

/**
 * A wire is cut, one way or both, or some nodes are cut off from the others, for so many silences: within those in which
 * nodes die and come back, or as the last is back and all meet.
 */
const parting = fc.record({
  meeting: fc.boolean(),
  after: part(1),
  lasts: part(7),
  kind: fc.constantFrom('cut', 'one way', 'partition'),
  pick: fc.array(fc.nat(99), { minLength: 9, maxLength: 9 }),
});

function partingRule({ nodes, silenceNs }: Scale, fromNs: number, backNs: number, drawn: Parting) {
  const { meeting, after, lasts, kind, pick } = drawn;
  const sinceNs = meeting ? backNs : fromNs;
  const atNs = sinceNs + Math.floor((meeting ? 0.3 : 3) * after * silenceNs);
  const forNs = 1 + Math.floor(lasts * silenceNs);
  if (kind === 'partition') {
    const every = Array.from({ length: nodes }, (_, node) => node);
    const groups = [0, 1].map((side) => every.filter((node) => pick[node] % 2 === side));
    return atTime(atNs, { kind, groups, forNs });
  }
  const [one, apart] = pick;
  const scope = {
    from: [one % nodes],
    to: [(one + 1 + (apart % (nodes - 1))) % nodes],
    oneWay: kind === 'one way',
  };
  return atTime(atNs, { kind: 'cut', scope, forNs });
}

type Parting = typeof parting extends fc.Arbitrary<infer Drawn> ? Drawn : never;

const endOf = ({ timing, effect }: FaultRule) =>
  (timing as { atNs: number }).atNs + (effect as { forNs: number }).forNs;

/** All nodes forget all, or all but one, and wires are cut meanwhile. */
const oblivion = fc
  .record({
    when: part(1),
    spared: fc.oneof(fc.constant(-1), fc.nat(99)),
    forgettings: fc.array(forgetting, { minLength: 9, maxLength: 9 }),
    partings: fc.array(parting, { minLength: 1, maxLength: 3 }),
  })
  .map(({ when, spared, forgettings, partings }): Draw => (scale) => {
    const { nodes, runNs, silenceNs } = scale;
    const fromNs = Math.floor(when * runNs);
    const spare = spared < 0 ? -1 : spared % nodes;
    const crashes = forgettings.slice(0, nodes).flatMap(({ after, away, again }, node) => {
      if (node === spare) return [];
      const atNs = fromNs + Math.floor(after * silenceNs);
      const forNs = 1 + Math.floor(away * silenceNs);
      const once = crash(node, atNs, forNs);
      if (again === null) return [once];
      return [once, crash(node, atNs + forNs + Math.floor(again * silenceNs), forNs)];
    });
    const backNs = Math.max(...crashes.map(endOf));
    return [...crashes, ...partings.map((drawn) => partingRule(scale, fromNs, backNs, drawn))];
  });

t.test(
  'C: however nodes forget all and wires are cut for a while, the ring begins again or says what is lost',
  async (t) => {
    let lost = 0;
    let restarted = 0;
    fc.assert(
      fc.property(
        anyCalmRing(2),
        options(fc.constantFrom(1, 2)),
        fc.constantFrom(undefined, 1, 2),
        oblivion,
        (calm, protocol, checkpointEvery, draw) => {
          const trace = survives({ ...calm, checkpointEvery }, protocol, draw, true);
          oneViewAnEpoch(trace);
          lost += trace.result.failure === null ? 0 : 1;
          restarted += recoveriesOf(trace).some(({ from }) => from === 'checkpoint') ? 1 : 0;
        },
      ),
      { numRuns: 200 },
    );
    t.ok(lost > 10, `${lost} were given up`);
    t.ok(restarted > 10, `${restarted} began again`);
  },
);

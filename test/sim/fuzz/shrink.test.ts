import t from 'tap';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { smallerScenarios } from '../../../sim/fuzz/smaller.ts';
import { shrink, type Shrunken } from '../../../sim/fuzz/shrink.ts';
import { smallScenario } from './small-case.ts';

const faulty = (): Scenario => ({
  ...smallScenario(),
  faults: [
    { at: 0.000123456, kind: 'crash', node: 3, for: 0.0005 },
    { at: 0.000223456, kind: 'pause', node: 1, for: 0.0005 },
    {
      at: 0,
      kind: 'partition',
      groups: [
        [0, 1],
        [2, 3],
      ],
    },
    { at: 0, kind: 'loss', probability: 0.2, between: [2, 3] },
  ],
});

const kindsOf = ({ faults = [] }: Scenario) =>
  faults.map((fault) => ('kind' in fault ? fault.kind : 'trace'));

/** Breaks 'claim' when `bad` says so, and another claim always. */
const means = (bad: (scenario: Scenario) => boolean, most = Infinity) => {
  const reached: Shrunken[] = [];
  let runs = 0;
  return {
    reached: (shrunken: Shrunken) => void reached.push(shrunken),
    mayGoOn: () => runs < most,
    breachesIn: async (scenario: Scenario) => {
      runs++;
      const other = { claim: 'other', sentence: 'always' };
      return bad(scenario) ? [other, { claim: 'claim', sentence: 'still' }] : [other];
    },
    seen: reached,
  };
};

const breach = { claim: 'claim', sentence: 'as drawn' };

t.test('a scenario is shrunken to what its claim needs, and to nothing else', async (t) => {
  const needs = (scenario: Scenario) =>
    kindsOf(scenario).includes('pause') && scenario.cluster.nodes >= 3;
  const all = means(needs);
  const { scenario, sentence } = await shrink(faulty(), breach, all);
  t.same(kindsOf(scenario), ['pause']);
  t.equal(scenario.cluster.nodes, 3);
  t.equal(scenario.training.iterations, 1);
  t.equal(sentence, 'still');
  t.equal(all.seen[all.seen.length - 1].scenario, scenario, 'the last one told of is the result');
});

t.test('another claim that breaks is no reason to take a smaller scenario', async (t) => {
  const { scenario, tried } = await shrink(
    faulty(),
    breach,
    means(() => false),
  );
  t.same(scenario, faulty());
  t.ok(tried > 10);
});

t.test('it ends when its time is over, with the best so far', async (t) => {
  const { tried, scenario } = await shrink(
    faulty(),
    breach,
    means(() => true, 3),
  );
  t.equal(tried, 3);
  t.not(JSON.stringify(scenario), JSON.stringify(faulty()));
});

t.test(
  'every step changes something, and a fault of a node that is left out names another',
  async (t) => {
    const steps = [...smallerScenarios(faulty())];
    const own = JSON.stringify(faulty());
    t.ok(steps.length > 20);
    t.notOk(steps.some((step) => JSON.stringify(step) === own));
    const fewer = steps.find(({ cluster }) => cluster.nodes === 3)!;
    t.match(fewer.faults, [
      { node: 2 },
      { node: 1 },
      { groups: [[0, 1], [2]] },
      { between: [2, 0] },
    ]);
  },
);

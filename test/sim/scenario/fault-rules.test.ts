/** From the faults a scenario writes to the rules of the engine, and to what nodes and storage are told. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import type { FaultRule } from '../../../engine/faults/fault-rule.ts';
import { PROTOCOLS } from '../../../models/protocols/registry.ts';
import type { Fault } from '../../../scenarios/fault.ts';
import type { Quantity, Scenario } from '../../../scenarios/scenario.ts';
import { assignmentOf, dataOf, planOf } from '../../../sim/assemble.ts';
import { faultRules } from '../../../sim/scenario/fault-rules.ts';
import { resolveScenario } from '../../../sim/scenario/resolve.ts';
import { tinyScenario } from './tiny-scenario.ts';

type Written = Fault<Quantity>;

async function resolved(faults: Written[], more: Partial<Scenario> = {}, folder = '.') {
  const tiny = { ...tinyScenario(), ...more, faults };
  return (await resolveScenario(tiny, PROTOCOLS, folder)).scenario;
}

/** The rules of the first protocol, in which node 2 is the server. */
async function rules(faults: Written[], more: Partial<Scenario> = {}): Promise<FaultRule[]> {
  return faultRules(await resolved(faults, more), 'ps-bsp', ['worker', 'worker', 'server']);
}

const RACKS = {
  cluster: {
    nodes: 7,
    host: { speed: 1e9 },
    network: { kind: 'racks', nodesPerRack: 3, oversubscription: 1, bandwidth: 1e9, latency: 0 },
  },
} satisfies Partial<Scenario>;

t.test('a crash of a trace takes the disk with it where its row says so', async (t) => {
  const trace: Written = {
    trace: [
      { time: '1 ms', node: 1, event: 'crash', disk: 'lost' },
      { time: '2 ms', node: 1, event: 'return' },
      { time: '3 ms', node: 1, event: 'crash' },
    ],
  };
  t.same(
    (await rules([trace])).map(({ effect }) => 'disk' in effect && effect.disk),
    ['lost', undefined],
  );
});

t.test('targets become node numbers: nodes, roles, racks, and so many of them', async (t) => {
  const crash = { kind: 'crash', at: '1 ms' } as const;
  const cases: [Written, number[], string, number?][] = [
    [{ ...crash, node: 1 }, [1], 'all'],
    [{ ...crash, nodes: [2, 0] }, [2, 0], 'all'],
    [{ ...crash, role: 'worker' }, [0, 1], 'all'],
    [{ ...crash, random: 2 }, [0, 1, 2], 'random', 2],
    [{ ...crash, neighbours: 3 }, [0, 1, 2], 'row', 3],
    [{ ...crash, role: 'worker', random: 1 }, [0, 1], 'random', 1],
  ];
  for (const [fault, among, choose, count = among.length] of cases)
    t.match(
      await rules([fault]),
      [{ effect: { target: { among, choose, count } } }],
      JSON.stringify(fault),
    );
  const rack = await rules([{ ...crash, rack: 2 }], RACKS);
  t.match(rack, [{ effect: { target: { among: [6] } } }], 'the last rack may be smaller');
  const some = await rules([{ ...crash, rack: 1, random: 2 }], RACKS);
  t.match(some, [{ effect: { target: { among: [3, 4, 5], choose: 'random', count: 2 } } }]);
  const inGroup = await rules([{ ...crash, rack: 1 }], {
    cluster: {
      nodes: 4,
      host: { speed: 1e9 },
      network: {
        kind: 'clusters',
        nodesPerGroup: 2,
        outside: { bandwidth: 1e9, latency: 0 },
        bandwidth: 1e9,
        latency: 0,
      },
    },
  });
  t.match(inGroup, [{ effect: { target: { among: [2, 3] } } }], 'a group is a rack');
  await t.rejects(rules([{ ...crash, role: 'worker', random: 3 }]), {
    message:
      'faults[0].random is 3, but there are 2 nodes to strike; a number from 1 to 2 would be right',
  });
  await t.rejects(rules([{ ...crash, role: 'sever' }]), {
    message: "faults[0].role is 'sever', which no node of ps-bsp plays; 'server' would be right",
  });
});

t.test('times become whole nanoseconds: once, or by chance', async (t) => {
  const slow = { kind: 'slow', factor: 2, node: 0 } as const;
  const timings = async (fault: Written) => (await rules([fault]))[0].timing;
  t.same(await timings({ ...slow, at: '2 s' }), { atNs: 2e9 });
  t.same(await timings({ ...slow, every: '10 min' }), {
    meanNs: 6e11,
    shape: 1,
    fromNs: 0,
    untilNs: Infinity,
  });
  t.same(await timings({ ...slow, every: '0.1 ns', shape: 2, from: '1 us', until: 3 }), {
    meanNs: 1,
    shape: 2,
    fromNs: 1000,
    untilNs: 3e9,
  });
  const [filled] = (await resolved([{ ...slow, every: '1 s' }])).faults;
  t.match(filled, { every: 1, shape: 1, from: 0 }, 'defaults are written out');
  t.same(await timings({ ...slow, at: 1e12 }), { atNs: Number.MAX_SAFE_INTEGER });
  t.match(await rules([{ ...slow, at: 0 }]), [{ effect: { forNs: null } }], 'for good');
  t.match(await rules([{ ...slow, at: 0, for: '0.1 ns' }]), [{ effect: { forNs: 1 } }]);
});

t.test('faults of the wire name senders and receivers', async (t) => {
  const scopes = async (fault: Written) => {
    const [{ effect }] = await rules([fault]);
    return 'scope' in effect ? effect.scope : null;
  };
  const cut = { kind: 'cut', at: 0 } as const;
  const loss = { kind: 'loss', at: 0, probability: 0.5 } as const;
  t.same(await scopes({ ...cut, between: [2, 0] }), { from: [2], to: [0], oneWay: false });
  t.same(await scopes({ ...cut, between: [2, 0], oneWay: true }), {
    from: [2],
    to: [0],
    oneWay: true,
  });
  t.same(await scopes({ ...loss, node: 1 }), { from: [1], to: [0, 2], oneWay: false });
  t.same(await scopes(loss), { from: [0, 1, 2], to: [0, 1, 2], oneWay: false });
  const effects = await rules([
    { kind: 'degrade', at: 0, latency: 3 },
    { kind: 'partition', at: 1, groups: [[0], [2]] },
  ]);
  t.match(effects, [
    { rule: 0, effect: { bandwidthFactor: 1, latencyFactor: 3 } },
    { rule: 1, effect: { kind: 'partition', groups: [[0], [2]] } },
  ]);
});

t.test(
  'a trace: each crash lasts until the return of its node, from a file as from rows',
  async (t) => {
    const folder = t.testdir();
    const text =
      '\ufeff# spot instances\nevent, time ,node\nreturn,"3 s",1\ncrash,1500 ms,2\n\ncrash,1,1\ncrash,4,1\n';
    writeFileSync(join(folder, 'spot.csv'), text);
    const pause = { kind: 'pause', at: 0, node: 0, for: 1 } as const;
    const fromFile = await resolved([pause, { trace: 'spot.csv' }], {}, folder);
    t.same(fromFile.faults[1], {
      trace: [
        { time: 1, node: 1, event: 'crash' },
        { time: 1.5, node: 2, event: 'crash' },
        { time: 3, node: 1, event: 'return' },
        { time: 4, node: 1, event: 'crash' },
      ],
    });
    const crash = (node: number, atNs: number, forNs: number | null) => ({
      rule: 1,
      timing: { atNs },
      effect: { kind: 'crash', target: { among: [node], choose: 'all', count: 1 }, forNs },
    });
    t.same(faultRules(fromFile, 'ring-tmp', []).slice(1), [
      crash(1, 1e9, 2e9),
      crash(2, 1.5e9, null),
      crash(1, 4e9, null),
    ]);
  },
);

t.test('a long trace of one node costs no more a row than a short one', async (t) => {
  const scenario = await resolved([]);
  const readsOf = (count: number) => {
    let reads = 0;
    const trace = Array.from({ length: count }, (_, at) => ({
      time: at,
      get node() {
        reads++;
        return 1;
      },
      event: at % 2 === 0 ? ('crash' as const) : ('return' as const),
    }));
    t.equal(faultRules({ ...scenario, faults: [{ trace }] }, 'ring-tmp', []).length, count / 2);
    return reads;
  };
  t.equal(readsOf(6000), 10 * readsOf(600));
});

const time = fc.constantFrom('1 ms', '2.5 s', 3, '10 min');
const timing = fc.oneof(
  fc.record({ at: time }),
  fc.record(
    { every: time, shape: fc.constantFrom(0.7, 2), from: fc.constantFrom(0, '1 us') },
    { requiredKeys: ['every'] },
  ),
);
const target = fc.constantFrom({ node: 1 }, { nodes: [0, 2] }, { role: 'stage' }, { random: 2 });
const scope = fc.constantFrom(
  {},
  { node: 2 },
  { between: [0, 1] },
  { between: [2, 1], oneWay: true },
);
const lasting = fc.constantFrom({}, { for: '5 ms' });
const effect = fc.oneof(
  fc.tuple(fc.constant({ kind: 'crash' }), target, lasting),
  fc.tuple(fc.constant({ kind: 'slow', factor: 3 }), target, lasting),
  fc.tuple(fc.constant({ kind: 'reorder', probability: 0.3 }), scope, lasting),
  fc.tuple(fc.constant({ kind: 'degrade', bandwidth: 0.5 }), scope, lasting),
  fc.tuple(fc.constant({ kind: 'partition', groups: [[0], [1]] }), lasting),
);
const fault = fc.oneof(
  fc.tuple(timing, effect).map(([when, parts]) => Object.assign({}, when, ...parts) as Written),
  fc.constant<Written>({ trace: [{ time: '1 s', node: 2, event: 'crash' }] }),
);

t.test('resolved faults resolve to themselves and to the same rules, through JSON', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fault, { maxLength: 5 }), async (faults) => {
      const first = await resolved(faults, { detector: { heartbeat: '1 ms' } });
      const text = JSON.stringify(first);
      const { scenario: second } = await resolveScenario(JSON.parse(text));
      const roles = ['stage', 'stage', 'stage'];
      const same = [first, second].map((one) => JSON.stringify(faultRules(one, 'ring-tmp', roles)));
      return JSON.stringify(second) === text && same[0] === same[1];
    }),
    { numRuns: 60 },
  );
});

t.test(
  'nodes watch each other where something can fail or the scenario says how (C)',
  async (t) => {
    const told = async (faults: Written[], more: Partial<Scenario> = {}) => {
      const scenario = await resolved(faults, more);
      return assignmentOf(scenario, 0, null);
    };
    const crash: Written = { kind: 'crash', at: 1, node: 1 };
    t.equal((await told([])).detector, null);
    t.equal((await told([])).checkpoint, null);
    t.match(
      (await told([crash])).detector,
      { heartbeatNs: 250_450, misses: 3 },
      'ten ways of a beat',
    );
    const cluster = { ...tinyScenario().cluster, nodes: 2 };
    const near = { ...cluster, network: { ...cluster.network, latency: '1 us' } };
    t.match((await told([crash], { cluster: near })).detector, { heartbeatNs: 100_000, misses: 3 });
    const hosts = [25, 3000, 25].map((us) => ({ count: 1, speed: 1e9, latency: `${us} us` }));
    const far = { ...tinyScenario().cluster, host: undefined, hosts };
    t.match(
      (await told([crash], { cluster: far })).detector,
      { heartbeatNs: 30_000_450, misses: 3 },
      'the longest way between neighbours counts',
    );
    const links = [0, 1, 2].flatMap((from) => [
      { from, to: (from + 1) % 3, latency: '1 us', oneWay: true },
      { from: (from + 1) % 3, to: from, latency: '2 us', oneWay: true },
    ]);
    links[5].latency = '90 us';
    const lopsided = { ...cluster, nodes: 3, network: { ...near.network, kind: 'links', links } };
    t.match(
      (await told([crash], { cluster: lopsided as Scenario['cluster'] })).detector,
      { heartbeatNs: 100_000 },
      'the way round by another node is shorter than a slow link',
    );
    for (const at of [1, 3, 5]) links[at].latency = '90 us';
    for (const at of [0, 2, 4]) links[at].latency = '50 us';
    t.match(
      (await told([crash], { cluster: lopsided as Scenario['cluster'] })).detector,
      { heartbeatNs: 900_450 },
      'in whichever direction it is longer',
    );
    const given = { detector: { heartbeat: '2 ms', misses: 4 } };
    t.match((await told([], given)).detector, { heartbeatNs: 2e6, misses: 4 });
    t.match((await told([crash], { detector: { misses: 5 } })).detector, {
      heartbeatNs: 250_450,
      misses: 5,
    });
    const checkpoint = { every: 3, to: { bandwidth: '1 GB/s', latency: '1 ms' } };
    t.same((await told([], { checkpoint })).checkpoint, { every: 3 });
  },
);

t.test('a role must be played under each protocol of the scenario', async (t) => {
  const scenario = await resolved([{ kind: 'crash', at: 1, role: 'server' }], {
    protocol: [{ kind: 'ps-bsp' }, { kind: 'ring-tmp' }],
  });
  const data = dataOf(scenario);
  t.ok(planOf(scenario, 0, data).roles.includes('server'));
  t.throws(() => planOf(scenario, 1, data), /no node of ring-tmp plays/);
});

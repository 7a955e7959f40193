import { accountOf } from '../../../engine/node-accounts.ts';
import t from 'tap';
import type { Observer } from '../../../engine/observer.ts';
import type { ScriptedNode } from '../scripted-node.ts';
import { runAll, scripted, type Script } from '../scripted-node.ts';
import { crash, faults, only, pause, slow } from './fault-world.ts';

/** Works for that long, then is finished. */
function worker(ns: number): Script {
  return {
    start: (node) => node.work('job', ns),
    computed: (node) => (node.finished = true),
  };
}

/** The log of a node and, where it has several incarnations, of each. */
function logs(nodes: ScriptedNode[], self: number): string[][] {
  return nodes.filter(({ world }) => world.self === self).map(({ log }) => log);
}

t.test('a crash takes the job, the alarms and the memory; what the job took is redo', async (t) => {
  const { simulation, nodes } = scripted(
    [
      {
        start(node) {
          node.world.hold('weights', 600);
          node.world.wake(`late ${node.world.incarnation}`, 700);
          node.work(`incarnation ${node.world.incarnation}`, 500);
        },
        computed: (node) => (node.finished = true),
      },
      worker(3000),
    ],
    { faults: faults([400, crash(only(0), 200)]) },
  );
  const result = runAll(simulation).result();
  t.equal(result.outcome, 'finished');
  t.same(logs(nodes, 0), [
    [],
    ['1100 run incarnation 1', '1100 computed incarnation 1', '1300 woken late 1'],
  ]);
  t.match(accountOf(result.nodes, 0), {
    redoNs: 400,
    downNs: 200,
    busyNs: 500,
    jobs: 1,
    peakMemoryBytes: 600,
  });
  t.equal(nodes[2].world.incarnation, 1);
  const { faults: injected, idleRules } = result;
  t.same(injected, [{ number: 0, rule: 0, kind: 'crash', nodes: [0], timeNs: 400, endNs: 600 }]);
  t.same(idleRules, []);
});

t.test(
  'the run is over when all nodes that are up are finished, whoever is to return',
  async (t) => {
    const { simulation } = scripted([worker(1000), worker(500)], {
      faults: faults([700, crash(only(0), 5000)]),
    });
    const result = runAll(simulation).result();
    t.match(result, { outcome: 'finished', timeNs: 700 });
    t.match(accountOf(result.nodes, 0), { redoNs: 700, downNs: 0 });
  },
);

t.test('no run is finished short of the work, whoever says that it has none left', async (t) => {
  const done = new Set<number>();
  const laborious: Script = {
    start: (node) => node.work('job', 1000),
    computed(node) {
      node.finished = true;
      done.add(node.world.self);
    },
  };
  const spare: Script = { start: (node) => (node.finished = true) };
  const missing = () => (done.has(0) ? null : '0 of 1 jobs are done');
  const play = (forNs: number | null) => {
    done.clear();
    const crashes = faults([700, crash(only(0), forNs)]);
    return runAll(scripted([laborious, spare], { faults: crashes, missing }).simulation).result();
  };
  t.match(play(5000), { outcome: 'finished', timeNs: 6700 }, 'it waits for the return');
  t.match(play(null), {
    outcome: 'failed',
    timeNs: 700,
    failure: {
      kind: 'error',
      message:
        'no node is left after 700 ns: of 2 nodes 0 is down for good, and the others have nothing left to do, ' +
        'but 0 of 1 jobs are done',
    },
  });
  const { simulation } = scripted([spare], { missing });
  t.match(
    runAll(simulation).result().failure?.message,
    /all 1 have nothing left to do, but 0 of 1/,
  );
});

t.test('with all nodes down the run waits for one that returns', async (t) => {
  const { simulation } = scripted([worker(1000), worker(1000)], {
    faults: faults([500, crash(only(0), 50_000_000)], [600, crash(only(1))]),
  });
  t.match(runAll(simulation).result(), { outcome: 'finished', timeNs: 50_001_500 });
});

t.test('with all nodes down for good the run has failed, and says so', async (t) => {
  const { simulation } = scripted([worker(1000), worker(1000)], {
    faults: faults([500, crash(only(0))], [600, crash(only(1))]),
  });
  t.match(runAll(simulation).result(), {
    outcome: 'failed',
    timeNs: 600,
    failure: { kind: 'error', node: null, message: /no node is left after 600 ns: all 2 have/ },
  });
});

t.test('a finished node that crashes and returns has to finish again', async (t) => {
  const { simulation, nodes } = scripted([worker(100), worker(5000)], {
    faults: faults([1000, crash(only(0), 3990)]),
  });
  const result = runAll(simulation).result();
  t.match(result, { outcome: 'finished', timeNs: 5090 });
  t.same(logs(nodes, 0)[1], ['5090 run job', '5090 computed job']);
});

t.test('a pause only delays: job, alarms and arrivals go on where they were', async (t) => {
  const scripts: Script[] = [
    {
      start(node) {
        node.world.wake('second', 450);
        node.world.wake('first', 400);
        node.work('job', 300);
      },
    },
    {
      start: (node) => node.world.wake('send', 250),
      woken(node) {
        node.world.send(0, { kind: 'hello' }, 52);
        node.finished = true;
      },
    },
  ];
  const { simulation, nodes } = scripted(scripts, {
    faults: faults([200, pause(only(0), 1000)]),
    stopAtNs: 5000,
  });
  const result = runAll(simulation).result();
  t.same(nodes[0].log, [
    '1300 run job',
    '1300 hello from 1',
    '1300 computed job',
    '1400 woken first',
    '1450 woken second',
  ]);
  t.match(accountOf(result.nodes, 0), { downNs: 1000, busyNs: 300, redoNs: 0 });
});

t.test('with the engine free, what arrived during a pause comes first at its end', async (t) => {
  const scripts: Script[] = [
    { start: (node) => node.world.wake('tick', 300), woken: (node) => (node.finished = true) },
    {
      start(node) {
        for (const kind of ['one', 'two']) node.world.send(0, { kind }, 52);
        node.finished = true;
      },
    },
  ];
  const { simulation, nodes } = scripted(scripts, { faults: faults([100, pause(only(0), 900)]) });
  runAll(simulation);
  t.same(nodes[0].log, ['1000 one from 1', '1000 two from 1', '1200 woken tick']);
});

t.test('overlapping pauses hold a host until the last of them ends', async (t) => {
  const { simulation } = scripted([worker(1000)], {
    faults: faults(
      [100, pause(only(0), 500)],
      [300, pause(only(0), 800)],
      [400, pause(only(0), 50)],
    ),
  });
  const result = runAll(simulation).result();
  t.equal(result.timeNs, 2000);
  t.match(accountOf(result.nodes, 0), { downNs: 1000, busyNs: 1000 });
});

t.test('a crash ends a pause, and the next incarnation is not held by it', async (t) => {
  const { simulation } = scripted([worker(1000), worker(4000)], {
    faults: faults([100, pause(only(0), 5000)], [300, crash(only(0), 100)]),
  });
  const result = runAll(simulation).result();
  t.equal(result.timeNs, 4000);
  t.match(accountOf(result.nodes, 0), { downNs: 300, busyNs: 1000, redoNs: 100 });
});

t.test(
  'slowness stretches what is left of the job, multiplies, outlives crashes and ends',
  async (t) => {
    // Done after 100 ns: 100; after 300, twice slowed: 200; after 600, six times: 250; after 1000: 450; then 50 more.
    const { simulation } = scripted([worker(500)], {
      faults: faults([100, slow(only(0), 2, 900)], [300, slow(only(0), 3, 300)]),
    });
    t.equal(runAll(simulation).result().timeNs, 1050);

    const again = scripted([worker(500), worker(2000)], {
      faults: faults([100, slow(only(0), 4)], [300, crash(only(0), 200)]),
    });
    const { timeNs, nodes } = runAll(again.simulation).result();
    t.same([timeNs, nodes.busyNs[0]], [2500, 2000]);
  },
);

t.test('slowness that comes or goes during a pause changes what is left after it', async (t) => {
  const { simulation } = scripted([worker(500)], {
    faults: faults([100, pause(only(0), 1000)], [200, slow(only(0), 3, 1000)]),
  });
  // 400 are left at 100, and at 1100 still, but three times as long; 1100 of those 1200 at 1200: a third of that.
  t.equal(runAll(simulation).result().timeNs, 1200 + Math.ceil(1100 / 3));
});

t.test('a fault that finds nobody up is recorded as such, and its rule is idle', async (t) => {
  const { simulation } = scripted([worker(1000), worker(100)], {
    faults: faults(
      [10, crash(only(1))],
      [20, crash(only(1), 50)],
      [30, pause(only(1), 50)],
      [5000, crash(only(0))],
    ),
  });
  const result = runAll(simulation).result();
  t.same(
    result.faults.map(({ nodes, endNs }) => [nodes, endNs]),
    [
      [[1], null],
      [[], 20],
      [[], 30],
    ],
  );
  t.same(result.idleRules, [1, 2, 3]);
});

t.test('observers hear of every strike before what it does, and of its end likewise', async (t) => {
  const heard: string[] = [];
  const observer: Observer = {
    faultBegan: ({ number, kind, nodes }) => heard.push(`${number} ${kind} ${nodes}`),
    faultEnded: ({ number }, timeNs) => heard.push(`${number} over at ${timeNs}`),
    noted: (node, timeNs, name) => heard.push(`${name} ${node} at ${timeNs}`),
  };
  const script: Script = {
    start(node) {
      node.world.note(`incarnation ${node.world.incarnation}`, 0);
      node.work('job', 1000);
    },
    computed: (node) => (node.finished = true),
  };
  const { simulation } = scripted([script, script], {
    observers: [observer],
    faults: faults([100, crash(only(0, 1), 50)], [400, pause(only(1), 10)]),
  });
  runAll(simulation);
  t.same(heard, [
    'incarnation 0 0 at 0',
    'incarnation 0 1 at 0',
    '0 crash 0,1',
    '0 over at 150',
    'incarnation 1 0 at 150',
    'incarnation 1 1 at 150',
    '1 pause 1',
    '1 over at 410',
  ]);
});

t.test(
  'a new incarnation draws other numbers than the one before, and the same in every run',
  async (t) => {
    const drawn: number[][] = [];
    for (let run = 0; run < 2; run++) {
      const numbers: number[] = [];
      const { simulation } = scripted(
        [{ start: (node) => numbers.push(node.world.random('x').next()) }, worker(1000)],
        { faults: faults([100, crash(only(0), 50)], [1100, crash(only(0))]), stopAtNs: 2000 },
      );
      runAll(simulation);
      drawn.push(numbers);
    }
    t.equal(drawn[0].length, 2);
    t.not(drawn[0][0], drawn[0][1]);
    t.same(drawn[0], drawn[1]);
  },
);

import { accountOf } from '../../engine/node-accounts.ts';
import fc from 'fast-check';
import t from 'tap';
import { crash, faults, only, pause } from './faults/fault-world.ts';
import { runAll, scripted, type Script } from './scripted-node.ts';

/** An operation of b bytes takes 50 + 2b ns. */
const STORAGE = { latencyNs: 50, bandwidthBytesPerSecond: 5e8 };
const took = (bytes: number) => 50 + 2 * bytes;

t.test(
  'each host does one operation at a time: latency plus bytes over bandwidth each',
  async (t) => {
    const script: Script = {
      start(node) {
        node.world.save('a', { n: node.world.self }, 100);
        node.world.load('a');
        node.world.load('nothing');
      },
      loaded(node, name, value) {
        node.write(JSON.stringify(value));
        node.finished = name === 'nothing';
      },
    };
    const { simulation, nodes } = scripted([script, script], { storage: STORAGE });
    const result = runAll(simulation).result();
    // Both saves end at 250; node 0 reads before that of node 1 is there.
    for (const [self, found] of [
      [0, '{"n":0}'],
      [1, '{"n":1}'],
    ] as const)
      t.same(nodes[self].log, [
        '250 saved a',
        '500 loaded a',
        `500 ${found}`,
        '550 loaded nothing',
        '550 null',
      ]);
    t.match(accountOf(result.nodes, 0), { commNs: 550, idleNs: 0 });
  },
);

t.test(
  'a write with an earlier stamp than what is there, however late it ends, is none',
  async (t) => {
    const stamped: [number, number][][] = [
      [
        [1, 9],
        [1, 10],
      ],
      [
        [2, 1],
        [2, 3],
        [2, 3],
        [2, 2],
      ],
    ];
    const script: Script = {
      start(node) {
        for (const stamp of stamped[node.world.self])
          node.world.save('index', { stamp }, node.world.self, stamp);
        node.world.load('index');
      },
      loaded(node, _name, value) {
        node.write(JSON.stringify(value));
        node.finished = true;
      },
    };
    // The second write of node 0 would be the first to end.
    const { simulation, nodes } = scripted([script, script], {
      storage: STORAGE,
      faults: faults([60, pause(only(0), 1000)]),
    });
    runAll(simulation);
    t.same(nodes[1].log, [
      ...['52 saved index', '104 saved index', '156 saved index', '208 saved index, too late'],
      ...['260 loaded index', '260 {"stamp":[2,3]}'],
    ]);
    t.same(nodes[0].log, [
      ...['50 saved index', '1100 saved index, too late', '1152 loaded index'],
      '1152 {"stamp":[2,3]}',
    ]);
  },
);

t.test('what is saved and what is loaded are copies', async (t) => {
  const weights = new Float64Array([1, 2]);
  const script: Script = {
    start(node) {
      node.world.save('w', { weights }, 0);
      weights[0] = 9;
    },
    saved: (node) => node.world.load('w'),
    loaded(node, _name, value) {
      const found = (value as { weights: Float64Array }).weights;
      node.write(found.join());
      found[1] = 7;
      if (node.log.length > 3) node.finished = true;
      else node.world.load('w');
    },
  };
  const { simulation, nodes } = scripted([script], { storage: STORAGE });
  runAll(simulation);
  t.same(nodes[0].log, ['50 saved w', '100 loaded w', '100 1,2', '150 loaded w', '150 1,2']);
});

t.test('the end of an operation waits for the end of the job, and for no other', async (t) => {
  const script: Script = {
    start(node) {
      node.world.save('a', {}, 0);
      node.world.load('a');
      node.world.wake('tick', 20);
      node.work('job', 500);
    },
    computed: (node, job) => job.name === 'job' && node.work('more', 100),
    woken: (node) => (node.finished = true),
  };
  const { simulation, nodes } = scripted([script], { storage: STORAGE });
  runAll(simulation);
  t.same(nodes[0].log, [
    '500 run job',
    '500 saved a',
    '500 loaded a',
    '500 computed job',
    '600 run more',
    '600 computed more',
    '600 woken tick',
  ]);
});

t.test('a save of a host that crashes leaves what was there, and nobody is told', async (t) => {
  const scripts: Script[] = [
    {
      start(node) {
        if (node.world.incarnation > 0) {
          node.world.load('a');
          return;
        }
        node.world.save('a', { version: 1 }, 0);
        node.world.save('a', { version: 2 }, 100);
        node.world.save('a', { version: 3 }, 0);
      },
      loaded(node, _name, value) {
        node.write(JSON.stringify(value));
        node.finished = true;
      },
    },
  ];
  // The second save would end at 300.
  const { simulation, nodes } = scripted(scripts, {
    storage: STORAGE,
    faults: faults([299, crash(only(0), 1000)]),
  });
  const result = runAll(simulation).result();
  t.same(nodes[0].log, ['50 saved a']);
  t.same(nodes[1].log, ['1349 loaded a', '1349 {"version":1}']);
  t.match(accountOf(result.nodes, 0), { commNs: 349, downNs: 1000, idleNs: 0 });
});

t.test('a pause holds the operation up, and those behind it', async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(100), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 700 }),
      fc.integer({ min: 1, max: 1000 }),
      (sizes, atNs, forNs) => {
        const script: Script = {
          start: (node) => sizes.forEach((bytes, k) => node.world.save(`s${k}`, {}, bytes)),
          saved: (node, name) => (node.finished = name === `s${sizes.length - 1}`),
        };
        const { simulation, nodes } = scripted([script], {
          storage: STORAGE,
          faults: faults([atNs, pause(only(0), forNs)]),
        });
        runAll(simulation);
        let end = 0;
        const right = sizes.map((bytes, k) => {
          end += took(bytes);
          return `${end < atNs ? end : end + forNs} saved s${k}`;
        });
        return nodes[0].log.join() === right.join();
      },
    ),
  );
  t.pass();
});

t.test('without storage both verbs are errors; nonsense is refused', async (t) => {
  const failing = (start: Script['start'], storage?: typeof STORAGE) =>
    runAll(scripted([{ start }], { storage }).simulation).result().failure;
  t.match(
    failing((node) => node.world.save('a', {}, 0)),
    { message: /no storage for 'a'/ },
  );
  t.match(
    failing((node) => node.world.load('a')),
    { message: /no storage for 'a'/ },
  );
  t.match(
    failing((node) => node.world.save('a', {}, -1), STORAGE),
    { message: /save: 'a' has -1 bytes, a whole number from 0/ },
  );
  t.match(
    failing((node) => node.world.save('a', {}, 1, [0, -1]), STORAGE),
    { message: /save: 'a' has the stamp 0,-1, whole numbers from 0/ },
  );
  t.match(
    failing((node) => node.world.save('a', { f() {} }, 1), STORAGE),
    { message: /save: 'a'\.f is a function; plain data/ },
  );
});

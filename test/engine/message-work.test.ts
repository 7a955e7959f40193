/** What messages cost the engines at both ends (LogP's overhead). */
import fc from 'fast-check';
import t from 'tap';
import type { FaultRule } from '../../engine/faults/fault-rule.ts';
import type { HostSpec } from '../../engine/host-spec.ts';
import { starTopology } from '../../engine/network/star.ts';
import { MESSAGE_HEADER_BYTES } from '../../engine/world.ts';
import { HOST, scripted, type Script } from './scripted-node.ts';

const NS_PER_BYTE = { overheadNs: 50, bandwidthBytesPerSecond: 1e9 };
const HEADER = MESSAGE_HEADER_BYTES;
/** A message of no payload: on its way, and then unpacked. */
const WAY_NS = HEADER + 100;
const UNPACK_NS = 50 + HEADER;

const end: Script['receive'] = (node) => void (node.finished = true);

t.test('a node hears of a message once it is unpacked', async (t) => {
  const { simulation, nodes } = scripted(
    [
      {
        start: ({ world }) => world.send(1, { kind: 'm' }, 20),
        receive: end,
      },
      { receive: (node) => (node.world.send(0, { kind: 'back' }, 0), (node.finished = true)) },
    ],
    { hosts: [HOST, { ...HOST, receiving: NS_PER_BYTE }] },
  );
  while (simulation.run(100));
  const heardNs = WAY_NS + 20 + UNPACK_NS + 20;
  t.same(nodes[1].log, [`${heardNs} m from 0`]);
  t.same(nodes[0].log, [`${heardNs + WAY_NS} back from 1`]);
});

t.test('what a handler sends is packed before the job that it asks for begins', async (t) => {
  const { simulation, nodes } = scripted(
    [
      {
        start: (node) => {
          node.world.send(1, { kind: 'm' }, 0);
          node.world.send(1, { kind: 'm' }, 10);
          node.work('job', 1000);
        },
        computed: (node) => void (node.finished = true),
      },
      { receive: (node) => void (node.finished = node.log.length === 2) },
    ],
    { hosts: [{ ...HOST, sending: NS_PER_BYTE }, HOST] },
  );
  while (simulation.run(100));
  const packed = 2 * (50 + HEADER) + 10;
  t.same(nodes[0].log, [`${packed + 1000} run job`, `${packed + 1000} computed job`]);
});

t.test(
  'a job goes on for what came before its end, and the node hears of that first',
  async (t) => {
    const { simulation, nodes } = scripted(
      [
        {
          start: ({ world }) => {
            world.send(1, { kind: 'early' }, 0);
            world.wake('later', 1000 - WAY_NS + 10);
          },
          woken: ({ world }) => world.send(1, { kind: 'late' }, 0),
          receive: end,
        },
        {
          start: (node) => node.work('job', 1000),
          receive: (node, { kind }) => {
            if (kind === 'late') node.world.send(0, { kind: 'end' }, 0);
            node.finished = kind === 'late';
          },
        },
      ],
      { hosts: [HOST, { ...HOST, receiving: NS_PER_BYTE }] },
    );
    while (simulation.run(100));
    const endNs = 1000 + UNPACK_NS;
    t.same(nodes[1].log, [
      `${endNs} run job`,
      `${endNs} early from 0`,
      `${endNs} computed job`,
      // It came while the first was unpacked.
      `${endNs + UNPACK_NS} late from 0`,
    ]);
  },
);

const NODE_1 = { among: [1], choose: 'all', count: 1 } as const;
const struck = (atNs: number, effect: FaultRule['effect']) => ({
  rules: [{ rule: 0, timing: { atNs }, effect }],
  detector: { heartbeatNs: 1e6, misses: 3 },
});

t.test('a host that is slowed takes as many times longer for its messages', async (t) => {
  const { simulation, nodes } = scripted(
    [
      { start: (node) => (node.world.send(1, { kind: 'm' }, 0), (node.finished = true)) },
      {
        start: (node) => node.work('job', 1000),
        computed: (node) => void (node.finished = true),
      },
    ],
    {
      hosts: [HOST, { ...HOST, receiving: NS_PER_BYTE }],
      faults: struck(10, { kind: 'slow', target: NODE_1, factor: 3, forNs: null }),
    },
  );
  while (simulation.run(100));
  const endNs = 10 + 3 * (1000 - 10) + 3 * UNPACK_NS;
  t.same(nodes[1].log, [`${endNs} run job`, `${endNs} m from 0`, `${endNs} computed job`]);
});

t.test('what a host owed to messages is forgotten in a crash', async (t) => {
  const { simulation, nodes } = scripted(
    [
      {
        start: ({ world }) => world.wake('late', 5000),
        woken: (node) => void (node.finished = true),
      },
      {
        start: (node) => {
          const isAgain = node.world.incarnation > 0;
          node.work(isAgain ? 'again' : 'job', isAgain ? 100 : 1e6);
        },
        computed: (node) => void (node.finished = true),
      },
      {
        start: (node) => (node.world.send(1, { kind: 'm' }, 0), (node.finished = true)),
      },
    ],
    {
      hosts: [HOST, { ...HOST, receiving: NS_PER_BYTE }, HOST],
      faults: struck(600, { kind: 'crash', target: NODE_1, forNs: 1000 }),
    },
  );
  while (simulation.run(100));
  t.same(nodes.at(-1)!.log, ['1700 run again', '1700 computed again']);
});

t.test('a message of a node to itself costs nothing, and is heard when its job ends', async (t) => {
  const { simulation, nodes } = scripted(
    [
      {
        start: (node) => {
          node.world.send(0, { kind: 'own' }, 0);
          node.work('job', 1000);
        },
        computed: (node) => void (node.finished = true),
      },
      { start: (node) => void (node.finished = true) },
    ],
    { hosts: [{ ...HOST, receiving: NS_PER_BYTE }, HOST] },
  );
  while (simulation.run(100));
  t.same(nodes[0].log, ['1000 run job', '1000 own from 0', '1000 computed job']);
});

t.test(
  'work for messages alone is no progress: a run without any other is at a stall',
  async (t) => {
    const passes: Script = {
      receive: ({ world }) => world.send(1 - world.self, { kind: 'ball' }, 0),
    };
    const target = { among: [0], choose: 'all', count: 1 } as const;
    const slowNobody = { kind: 'slow', target, factor: 1, forNs: 1 } as const;
    const { simulation } = scripted(
      [{ ...passes, start: ({ world }) => world.send(1, { kind: 'ball' }, 0) }, passes],
      {
        hosts: [HOST, HOST].map((host) => ({ ...host, receiving: NS_PER_BYTE })),
        faults: {
          rules: [{ rule: 0, timing: { atNs: 0 }, effect: slowNobody }],
          detector: { heartbeatNs: 1000, misses: 3 },
        },
      },
    );
    for (let slices = 0; slices < 100 && simulation.run(10_000); slices++);
    t.match(simulation.result().failure?.message, /no job has ended/);
  },
);

/** A dumb twin: all that has come by then is unpacked together, and the node hears of it. */
function heardNs(arrivals: readonly { atNs: number; costNs: number }[]): number[] {
  const heard: number[] = [];
  let now = 0;
  while (heard.length < arrivals.length) {
    const first = heard.length;
    const isIdle = arrivals[first].atNs > now;
    now = Math.max(now, arrivals[first].atNs);
    const until = isIdle ? first + 1 : arrivals.findLastIndex(({ atNs }) => atNs <= now) + 1;
    for (const { costNs } of arrivals.slice(first, until)) now += costNs;
    for (let at = first; at < until; at++) heard.push(now);
  }
  return heard;
}

t.test('a free engine unpacks what has come in order, as a dumb twin says', async () => {
  const messages = fc.array(fc.record({ sentNs: fc.nat(3000), bytes: fc.nat(400) }), {
    minLength: 1,
    maxLength: 12,
  });
  const cost = fc.record({ overheadNs: fc.integer({ min: 1, max: 500 }), nsPerByte: fc.nat(3) });
  fc.assert(
    fc.property(messages, cost, (drawn, { overheadNs, nsPerByte }) => {
      const sendings = drawn.sort((one, other) => one.sentNs - other.sentNs);
      const rate = nsPerByte === 0 ? Infinity : 1e9 / nsPerByte;
      const receiving = { overheadNs, bandwidthBytesPerSecond: rate };
      // One sender a message, so that no wire is shared but the receiver's, on which no byte takes any time.
      const play = (host: HostSpec): number[] => {
        const scripts: Script[] = [
          { receive: (node) => void (node.finished = node.log.length === sendings.length) },
          ...sendings.map(({ sentNs, bytes }): Script => ({
            start: ({ world }) => world.wake('send', sentNs),
            woken: (node) => (node.world.send(0, { kind: 'm' }, bytes), (node.finished = true)),
          })),
        ];
        const { simulation, nodes } = scripted(scripts, {
          hosts: scripts.map((_, node) => (node === 0 ? host : HOST)),
          topology: starTopology(scripts.length, 1e30, 50),
        });
        while (simulation.run(1000));
        return nodes[0].log.map((line) => Number(line.split(' ')[0]));
      };
      const arrivals = play(HOST).map((atNs, at) => ({
        atNs,
        costNs: overheadNs + nsPerByte * (sendings[at].bytes + HEADER),
      }));
      const heard = play({ ...HOST, receiving }).join();
      const expected = heardNs(arrivals);
      // What comes at the moment of an end comes before it or after, whichever was known first.
      fc.pre(!arrivals.some(({ atNs }) => expected.includes(atNs)));
      if (heard !== expected.join()) throw new Error(`${heard} is not ${expected.join()}`);
    }),
    { numRuns: 300 },
  );
});

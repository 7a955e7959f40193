/** The disk of a simulated host: what a write takes, and what of it is there after whatever befalls the host. */
import { accountOf } from '../../engine/node-accounts.ts';
import fc from 'fast-check';
import t from 'tap';
import { crash, faults, only, pause } from './faults/fault-world.ts';
import { HOST, runAll, scripted, type Script } from './scripted-node.ts';

/** A write of b bytes takes 50 + 2b ns. */
const DISK = { latencyNs: 50, bandwidthBytesPerSecond: 5e8 };
const WITH_DISK = { hosts: [{ ...HOST, disk: DISK }] };

t.test('a write takes latency plus bytes over bandwidth, and 100 us by default', async (t) => {
  const script: Script = {
    start: (node) => node.world.persist({}, 100),
    persisted: (node) => (node.finished = true),
  };
  const { simulation, nodes } = scripted([script], WITH_DISK);
  const result = runAll(simulation).result();
  t.same(nodes[0].log, ['250 persisted']);
  t.match(accountOf(result.nodes, 0), { commNs: 250, idleNs: 0 });
  const plain = scripted([script]);
  runAll(plain.simulation);
  t.same(plain.nodes[0].log, ['100100 persisted']);
});

t.test('a record that waits begins when the node is told of the one before', async (t) => {
  const script: Script = {
    start(node) {
      node.world.persist({}, 0);
      node.world.persist({}, 10);
      node.world.persist({}, 20);
      node.work('job', 500);
      node.world.wake('end', 2000);
    },
    computed: (node) => node.world.persist({}, 0),
    woken: (node) => (node.finished = true),
  };
  const { simulation, nodes } = scripted([script], WITH_DISK);
  runAll(simulation);
  // Told at 500, the last of those at first begins; that of `computed` waits for it.
  t.same(nodes[0].log, [
    '500 run job',
    ...['500 persisted', '500 computed job', '590 persisted', '640 persisted'],
    '2000 woken end',
  ]);
});

const given = fc.record({
  sizes: fc.array(fc.nat(100), { minLength: 1, maxLength: 4 }),
  crashNs: fc.integer({ min: 1, max: 700 }),
  isLost: fc.boolean(),
  pauses: fc.array(
    fc.record({ atNs: fc.integer({ min: 1, max: 700 }), forNs: fc.integer({ min: 1, max: 300 }) }),
    { maxLength: 1 },
  ),
});

t.test('after a crash that is there of which the last write had ended, whole', async (t) => {
  let cutShort = 0;
  fc.assert(
    fc.property(given, ({ sizes, crashNs, isLost, pauses }) => {
      const write = (version: number): object => ({ version, values: Float64Array.of(version) });
      const script: Script = {
        start(node) {
          if (node.world.incarnation === 0) return node.world.persist(write(0), sizes[0]);
          node.write(JSON.stringify(node.world.disk));
          node.finished = true;
        },
        persisted(node) {
          const version = node.log.length;
          if (version < sizes.length) node.world.persist(write(version), sizes[version]);
        },
      };
      const effect = { ...crash(only(0), 1000), disk: isLost ? 'lost' : 'kept' } as const;
      const stops = pauses.map(({ atNs, forNs }) => [atNs, pause(only(0), forNs)] as const);
      const { simulation, nodes } = scripted([script], {
        ...WITH_DISK,
        faults: faults([crashNs, effect], ...stops),
      });
      runAll(simulation);
      // The twin: writes one after the other, each pushed on by a pause that it is not over before.
      let endNs = 0;
      let there = -1;
      const ends: number[] = [];
      for (const bytes of sizes) {
        endNs += 50 + 2 * bytes;
        for (const { atNs, forNs } of pauses)
          if (endNs >= atNs && endNs - (50 + 2 * bytes) < atNs) endNs += forNs;
        if (endNs >= crashNs) break;
        ends.push(endNs);
        there++;
      }
      if (there < sizes.length - 1) cutShort++;
      const right = isLost || there < 0 ? null : write(there);
      return (
        nodes[0].log.join() === ends.map((ns) => `${ns} persisted`).join() &&
        nodes[1].log[0] === `${crashNs + 1000} ${JSON.stringify(right)}`
      );
    }),
    { numRuns: 500 },
  );
  t.ok(cutShort > 50, `${cutShort} writes were cut short`);
});

t.test('the disks of two hosts are two', async (t) => {
  const script: Script = {
    start(node) {
      if (node.world.incarnation === 0) node.world.persist({ self: node.world.self }, 0);
      else {
        node.write(JSON.stringify(node.world.disk));
        node.world.wake('end', 100);
      }
    },
    woken: (node) => (node.finished = true),
  };
  const lost = { ...crash(only(1), 10), disk: 'lost' } as const;
  const { simulation, nodes } = scripted([script, script], {
    hosts: [
      { ...HOST, disk: DISK },
      { ...HOST, disk: DISK },
    ],
    faults: faults([100, crash(only(0), 10)], [100, lost]),
  });
  runAll(simulation);
  t.equal(nodes[2].log[0], '110 {"self":0}');
  t.equal(nodes[3].log[0], '110 null');
});

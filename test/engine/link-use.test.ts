/** Looking at the use of links: it changes nothing, and what it shows adds up. */
import fc from 'fast-check';
import t from 'tap';
import { starTopology } from '../../engine/network/star.ts';
import type { RunResult } from '../../engine/result.ts';
import { Simulation } from '../../engine/simulation.ts';
import type { Message, World } from '../../engine/world.ts';
import { HOST, runAll, scripted, type Script } from './scripted-node.ts';

/** Of the nodes' NICs: a fast one waits for what comes through a slow one. */
const SPEEDS = [1e9, 1e8, 1e9, 4e9, 1e9, 3e8, 1e10, 1e9];

interface Plan {
  nodes: number;
  seed: number;
  sharing: 'fair' | 'fifo';
  messages: number;
}

const plans = fc.record<Plan>({
  nodes: fc.integer({ min: 2, max: 8 }),
  seed: fc.nat(),
  sharing: fc.constantFrom('fair', 'fifo'),
  messages: fc.integer({ min: 1, max: 40 }),
});

/** Every node sends that many messages of random sizes to random nodes at random times. */
function simulationOf(plan: Plan): Simulation {
  const place = (world: World) => {
    const chance = world.random('plan');
    let left = plan.messages;
    const again = () => world.wake('next', chance.below(30_000));
    return {
      phase: 'sending',
      get finished() {
        return false;
      },
      start: again,
      receive(_message: Message) {},
      computed() {},
      woken() {
        const to = (world.self + 1 + chance.below(plan.nodes - 1)) % plan.nodes;
        world.send(to, { kind: 'load' }, chance.below(40_000));
        left--;
        if (left > 0) again();
      },
      waitsFor: () => 'nothing',
    };
  };
  return new Simulation({
    seed: plan.seed,
    hosts: Array.from({ length: plan.nodes }, () => ({
      speedFlopsPerSecond: 1e9,
      memoryBytes: Infinity,
      taskOverheadNs: 0,
    })),
    topology: starTopology(plan.nodes, SPEEDS, 700),
    sharing: plan.sharing,
    jitter: { latency: { kind: 'uniform', low: 0.5, high: 1.5 } },
    runJobs: true,
    place,
  });
}

function resultOf(simulation: Simulation, each: () => void): RunResult {
  while (simulation.run(1)) each();
  return simulation.result();
}

t.test('a run looked at after every event is bit for bit the run nobody looks at', async (t) => {
  let events = 0;
  fc.assert(
    fc.property(plans, (plan) => {
      const alone = resultOf(simulationOf(plan), () => {});
      const watched = simulationOf(plan);
      const seen = resultOf(watched, () => watched.linkBusyNs());
      events += alone.events;
      t.same(seen, alone);
    }),
    { numRuns: 60 },
  );
  t.ok(events > 5000, `${events} events`);
});

t.test('use never falls, and ends at the bytes that were sent over each link', async (t) => {
  fc.assert(
    fc.property(plans, (plan) => {
      const simulation = simulationOf(plan);
      let before = simulation.linkBusyNs();
      const result = resultOf(simulation, () => {
        const now = simulation.linkBusyNs();
        for (let link = 0; link < now.length; link++)
          if (now[link] < before[link] - 1) throw new Error(`link ${link} fell`);
        before = now;
      });
      const carried = result.links.bytes.reduce((sum, bytes) => sum + bytes, 0);
      return carried === 2 * result.bytes;
    }),
    { numRuns: 40 },
  );
  t.pass('40 random runs');
});

t.test('the timeline of a link sums to its use', async (t) => {
  fc.assert(
    fc.property(plans, (plan) => {
      const { links, linkTimeline, timeNs } = resultOf(simulationOf(plan), () => {});
      const slots = linkTimeline.length / links.busyNs.length;
      return links.busyNs.every((busyNs, index) => {
        let sum = 0;
        for (let slot = 0; slot < slots; slot++) sum += linkTimeline[index * slots + slot] / slots;
        return slots === 10 && Math.abs(sum - busyNs / timeNs) < 1e-3;
      });
    }),
    { numRuns: 40 },
  );
  t.pass('40 random runs');
});

t.test('a run of few events shows when a link was used, not that it was', async (t) => {
  const talker: Script = {
    start(node) {
      node.world.send(1, { kind: 'load' }, 499_952);
      node.world.wake('second', 500_000);
    },
    woken: (node) => node.work('silence', 500_000),
    computed: (node) => (node.finished = true),
  };
  const listener: Script = { receive: (node) => (node.finished = true) };
  for (const sharing of ['fair', 'fifo'] as const) {
    const topology = starTopology(2, 1e9, 0);
    const { simulation } = scripted([talker, listener], { topology, sharing, hosts: [HOST, HOST] });
    const { events, timeNs, linkTimeline } = runAll(simulation).result();
    t.ok(events < 10, `${events} events`);
    t.equal(timeNs, 1_000_000);
    t.same([...linkTimeline.slice(0, 10)], [1, 1, 1, 1, 1, 0, 0, 0, 0, 0], sharing);
  }
});

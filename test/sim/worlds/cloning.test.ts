/** No message is changed after it was sent: of any protocol, and the test world that says so can say no. */
import fc from 'fast-check';
import t from 'tap';
import { ringTopology } from '../../../engine/network/ring.ts';
import type { RunResult } from '../../../engine/result.ts';
import { Simulation } from '../../../engine/simulation.ts';
import type { Message, Node, NodeFactory, World } from '../../../engine/world.ts';
import { PROTOCOLS } from '../../../models/protocols/registry.ts';
import { TrainingLog } from '../../../models/observers/training-log.ts';
import { dataOf, hostsOf, modelOf, planOf, topologyOf } from '../../../sim/assemble.ts';
import { weightsSha256 } from '../../../sim/output/weights-hash.ts';
import type { ResolvedScenario } from '../../../sim/scenario/resolved.ts';
import { Cloning, type Delivery } from '../../../sim/worlds/cloning.ts';
import { tinyScenario } from './tiny.ts';
import { trainingOf } from '../../../sim/training.ts';

interface Ended {
  result: RunResult;
  sha256: string | null;
}

/** Runs the scenario's protocol with its nodes wrapped. */
function run(scenario: ResolvedScenario, wrap: (place: NodeFactory) => NodeFactory): Ended {
  const data = dataOf(scenario);
  const plan = planOf(scenario, 0, data);
  const log = new TrainingLog({
    model: modelOf(scenario.model),
    training: trainingOf(scenario.training),
    data,
  });
  const simulation = new Simulation({
    seed: scenario.seed,
    hosts: hostsOf(scenario),
    topology: topologyOf(scenario),
    sharing: scenario.cluster.network.sharing,
    jitter: scenario.cluster.jitter,
    runJobs: true,
    observers: [log],
    place: wrap((world) => plan.createNode(world)),
  });
  while (simulation.run(10_000));
  return { result: simulation.result(), sha256: weightsSha256(log.record().finalWeights) };
}

const work = fc.record({
  nodes: fc.integer({ min: 2, max: 6 }),
  optimizer: fc.constantFrom<('sgd' | 'momentum' | 'adam')[]>('sgd', 'adam'),
  microBatches: fc.constantFrom(1, 3),
  seed: fc.integer({ min: 0, max: 1000 }),
});

for (const { kind } of PROTOCOLS)
  t.test(
    `${kind}: nodes give their messages away, and copies train to the same bits`,
    async (t) => {
      await fc.assert(
        fc.asyncProperty(work, async (tiny) => {
          const scenario = await tinyScenario({ kind, ...tiny, iterations: 3 });
          const plain = run(scenario, (place) => place);
          t.equal(plain.result.outcome, 'finished');
          for (const delivery of ['reference', 'clone'] satisfies Delivery[]) {
            let cloning: Cloning | null = null;
            const watched = run(
              scenario,
              (place) => (cloning = new Cloning(place, delivery)).place,
            );
            t.same(cloning!.violations(), []);
            t.equal(cloning!.sent, plain.result.messages);
            t.equal(watched.result.digest, plain.result.digest);
            t.equal(watched.sha256, plain.sha256);
          }
        }),
        { numRuns: 6 },
      );
    },
  );

interface Weights extends Message {
  values: Float64Array;
}

/** Node 0 sends an array to node 1, in one of several ways, and goes on writing to it, or does not. */
class Sender implements Node {
  phase = 'sending';
  finished = false;
  private readonly live = Float64Array.of(1, 2, 3);
  constructor(
    private readonly world: World,
    private readonly fault: string,
  ) {}
  start(): void {
    if (this.world.self !== 0) return;
    const message: Weights = { kind: 'weights', values: this.live };
    this.world.send(1, message, 24);
    if (this.fault === 'writes at once') this.live[0] = 9;
    if (this.fault === 'renames') (message as { kind: string }).kind = 'gradient';
    if (this.fault === 'sends twice') this.world.send(1, { ...message }, 24);
    this.world.wake('later', 1e9);
  }
  receive(message: Message): void {
    if (this.fault === 'receiver writes') (message as Weights).values[1] = 7;
    this.finished = true;
  }
  computed(): void {}
  woken(): void {
    if (this.fault === 'writes later') this.live[0] = 9;
    this.finished = true;
  }
  waitsFor(): string {
    return 'weights';
  }
}

function violations(fault: string, delivery: Delivery): string[] {
  const cloning = new Cloning((world) => new Sender(world, fault), delivery);
  const host = { speedFlopsPerSecond: 1, memoryBytes: Infinity, taskOverheadNs: 0 };
  const simulation = new Simulation({
    seed: 1,
    hosts: [host, host],
    topology: ringTopology(2, 1e9, 1000),
    sharing: 'fifo',
    runJobs: true,
    place: cloning.place,
  });
  while (simulation.run(100));
  t.equal(simulation.result().outcome, 'finished');
  return cloning.violations();
}

const CHANGED = /^node 0 changed the message '\w+' after sending it to node 1$/;

t.test('a node that writes to what it sent is found out', async (t) => {
  for (const delivery of ['reference', 'clone'] as const) {
    t.match(violations('writes at once', delivery), [CHANGED]);
    t.match(violations('renames', delivery), [CHANGED]);
    t.same(violations('nothing', delivery), []);
    t.same(violations('receiver writes', delivery), [], 'a receiver owns what it got');
  }
});

t.test('writing after delivery is found out where the receiver got a copy', async (t) => {
  t.match(violations('writes later', 'clone'), [CHANGED]);
});

t.test('an array given away twice is found out', async (t) => {
  const twice = /^node 0 sent 'weights' to node 1 with an array that was given away before$/;
  for (const delivery of ['reference', 'clone'] as const)
    t.match(violations('sends twice', delivery), [twice]);
});

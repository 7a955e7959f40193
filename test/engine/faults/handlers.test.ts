import t from 'tap';
import { runAll, scripted, type Script } from '../scripted-node.ts';
import { crash, faults, only } from './fault-world.ts';

/** Works for that long, then is finished. */
function worker(ns: number): Script {
  return {
    start: (node) => node.work('job', ns),
    computed: (node) => (node.finished = true),
  };
}

t.test(
  'a crash leaves no news to the next incarnation: no message, no suspicion, no end of a save',
  async (t) => {
    const scripts: Script[] = [
      {
        start(node) {
          if (node.world.incarnation > 0) {
            node.work('anew', 500_000);
            return;
          }
          node.world.watch(2);
          node.world.save('a', {}, 0);
          node.work('job', 100_000);
        },
        computed: (node) => (node.finished = true),
      },
      {
        start(node) {
          node.world.send(0, { kind: 'letter' }, 52);
          node.world.wake('end', 600_000);
        },
        woken: (node) => (node.finished = true),
      },
      { start: (node) => (node.finished = true) },
    ];
    // At 90 us the letter, the suspicion of node 2 and the end of the save wait for the end of the job.
    const { simulation, nodes } = scripted(scripts, {
      storage: { latencyNs: 50, bandwidthBytesPerSecond: 1e9 },
      faults: faults([5000, crash(only(2))], [90_000, crash(only(0), 10)]),
    });
    runAll(simulation);
    t.same(nodes[0].log, []);
    t.same(nodes[3].log, ['590010 run anew', '590010 computed anew']);
  },
);

t.test(
  'a suspicion waits for the end of the job, whatever comes next; unwatching takes it back',
  async (t) => {
    const watcher = (unwatching: boolean): Script => ({
      start(node) {
        node.world.watch(1);
        node.world.wake('tick', 1000);
        node.work('job', 100_000);
      },
      receive: (node) => unwatching && node.world.unwatch(1),
      computed: (node, job) => job.name === 'job' && node.work('next', 100_000),
      woken: (node) => (node.finished = true),
    });
    const caller: Script = { start: (node) => node.world.send(0, { kind: 'call' }, 0) };
    for (const unwatching of [false, true]) {
      const { simulation, nodes } = scripted([watcher(unwatching), caller], {
        faults: faults([5000, crash(only(1))]),
      });
      t.equal(runAll(simulation).result().outcome, 'finished');
      t.same(nodes[0].log, [
        '100000 run job',
        '100000 call from 1',
        ...(unwatching ? [] : ['100000 suspected 1']),
        '100000 computed job',
        '200000 run next',
        '200000 computed next',
        '200000 woken tick',
      ]);
    }
  },
);

t.test(
  'what falls due during a job and begins another leaves the rest until that one ends',
  async (t) => {
    const script: Script = {
      start(node) {
        node.world.wake('one', 10);
        node.world.wake('two', 20);
        node.work('first', 100);
      },
      woken(node, alarm) {
        if (alarm === 'one') node.work('second', 100);
        else node.finished = true;
      },
    };
    const { simulation, nodes } = scripted([script]);
    runAll(simulation);
    t.same(nodes[0].log.slice(-4), [
      '100 woken one',
      '200 run second',
      '200 computed second',
      '200 woken two',
    ]);
  },
);

t.test('a node that gives up ends the run with its reason', async (t) => {
  const { simulation } = scripted([
    worker(1000),
    { start: (node) => node.world.giveUp('the weights of layer 3 are nowhere') },
  ]);
  t.match(runAll(simulation).result(), {
    outcome: 'failed',
    failure: {
      kind: 'given-up',
      node: 1,
      message: 'node 1 gave up: the weights of layer 3 are nowhere',
    },
  });
});

t.test('verbs about peers refuse what is no peer', async (t) => {
  for (const verb of ['watch', 'unwatch', 'hangUp'] as const) {
    const { simulation } = scripted([{ start: (node) => node.world[verb](0) }, worker(1)]);
    t.match(runAll(simulation).result().failure, { message: /is this node itself, a peer would/ });
    const other = scripted([{ start: (node) => node.world[verb](2) }, worker(1)]);
    t.match(runAll(other.simulation).result().failure, { message: /node 2, a node from 0 to 1/ });
  }
});

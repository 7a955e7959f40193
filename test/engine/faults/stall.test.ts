import { eachAccount } from '../../../engine/node-accounts.ts';
import t from 'tap';
import type { Script } from '../scripted-node.ts';
import { runAll, scripted } from '../scripted-node.ts';
import { crash, DETECTOR, faults, only, pause, slow } from './fault-world.ts';

/** 200 silences, and a part of a heartbeat so that looks do not fall in step with heartbeats. */
const LOOK_NS =
  200 * DETECTOR.misses * DETECTOR.heartbeatNs + Math.ceil(0.618 * DETECTOR.heartbeatNs);

const watcher = (peer: number): Script => ({ start: (node) => node.world.watch(peer) });
const worker: Script = {
  start: (node) => node.work('job', 1000),
  computed: (node) => (node.finished = true),
};

t.test(
  'F: no deadlock hides behind heartbeats: a run that gets nowhere fails and lists who waits',
  async (t) => {
    const { simulation } = scripted([watcher(1), watcher(0), worker], { faults: faults() });
    const result = runAll(simulation).result();
    t.match(result, {
      outcome: 'failed',
      timeNs: 2 * LOOK_NS,
      failure: {
        kind: 'deadlock',
        message:
          /stalled, for no job has ended since [\d.]+ [num]s .*, but 2 of 3 nodes are not finished/,
        nodes: [
          { node: 0, waitsFor: 'the end of its script' },
          { node: 1, waitsFor: 'the end of its script' },
        ],
      },
    });
    const beats = [...eachAccount(result.nodes)].reduce(
      (sum, node) => sum + node.controlFramesSent,
      0,
    );
    t.ok(beats > 1000, 'heartbeats went on all the time');
  },
);

t.test('nodes that only chat are stalled too, after longer', async (t) => {
  const chatty: Script = {
    start: (node) => node.world.wake('chat', 30_000),
    woken(node) {
      node.world.send(1 - node.world.self, { kind: 'still here' }, 8);
      node.world.wake('chat', 30_000);
    },
  };
  const { simulation } = scripted([chatty, chatty], { faults: faults() });
  t.match(runAll(simulation).result(), { timeNs: 10 * LOOK_NS, failure: { kind: 'deadlock' } });
});

t.test('a standing of a node that is down says so', async (t) => {
  const { simulation } = scripted([watcher(1), watcher(0)], {
    faults: faults([5, crash(only(0))]),
  });
  t.match(runAll(simulation).result().failure, {
    nodes: [{ node: 0, phase: 'down' }, { node: 1 }],
  });
});

t.test('what is still to come is waited for', async (t) => {
  const long = 20 * LOOK_NS;
  /** Node 0 gives up after long, which ends the run in another way than a stall would. */
  const waits = (
    what: string,
    script: Script,
    options: Parameters<typeof scripted>[1],
    other = watcher(0),
  ) => {
    const result = runAll(scripted([script, other], options).simulation).result();
    t.match(result, { outcome: 'failed', failure: { kind: 'given-up' } }, what);
  };
  const life: Script = {
    start: (node) => node.world.incarnation > 0 && node.world.giveUp('enough'),
  };
  waits('a return', life, { faults: faults([5, crash(only(0), long)]) });
  waits('a strike at a fixed time', life, { faults: faults([long, crash(only(0), 1)]) });
  const late: Script = {
    start: (node) => node.world.wake('late', 1000),
    woken: (node) => node.world.giveUp('enough'),
  };
  waits('the end of a pause', late, { faults: faults([50, pause(only(0), long)]) });
  const working: Script = {
    start: (node) => node.work('job', long),
    computed: (node) => node.world.giveUp('enough'),
  };
  waits('a job', working, { faults: faults() });
  const loading: Script = {
    start: (node) => node.world.load('a'),
    loaded: (node) => node.world.giveUp('enough'),
  };
  const storage = { latencyNs: long, bandwidthBytesPerSecond: 1 };
  waits('storage', loading, { faults: faults(), storage });
  const receiving: Script = { receive: (node) => node.world.giveUp('enough') };
  const sending: Script = { start: (node) => node.world.send(0, { kind: 'bulk' }, long) };
  waits('bytes on the wire', receiving, { faults: faults() }, sending);
});

t.test(
  'faults that strike for ever without a job done are a stall, not an endless run',
  async (t) => {
    const { simulation } = scripted([watcher(1), watcher(0)], {
      faults: {
        detector: DETECTOR,
        rules: [
          {
            rule: 0,
            timing: { meanNs: 100_000, shape: 1, fromNs: 0, untilNs: Infinity },
            effect: slow({ among: [0, 1], choose: 'random', count: 1 }, 2, 1_000_000),
          },
        ],
      },
    });
    const result = runAll(simulation).result();
    t.match(result.failure, {
      kind: 'deadlock',
      message: /1\d\d\d faults have struck since a job/,
    });
  },
);

t.test('a time-out on a path that was slow for a while is waited for once', async (t) => {
  const bulky: Script = {
    start(node) {
      node.world.send(1, { kind: 'bulk' }, 100_000);
      node.world.wake('chat', 30_000);
    },
    woken(node) {
      node.world.send(1, { kind: 'still here' }, 8);
      node.world.wake('chat', 30_000);
    },
  };
  const scope = { from: [0], to: [1], oneWay: false };
  const slowly = { kind: 'degrade', scope, bandwidthFactor: 0.05, latencyFactor: 1 } as const;
  const { simulation } = scripted([bulky, watcher(0)], {
    faults: faults([0, { ...slowly, forNs: Math.floor(LOOK_NS / 2) }]),
  });
  const result = runAll(simulation).result();
  t.match(result.failure, { kind: 'deadlock' });
  // Twenty time-outs of twice the time that the frame takes while the path is slow; all other looks are as always.
  const longestNs = 20 * 2 * 100_000 * 20;
  t.ok(
    result.timeNs > longestNs && result.timeNs < longestNs + 12 * LOOK_NS,
    `${result.timeNs} ns`,
  );
});

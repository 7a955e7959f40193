/** The reliable transport under whole simulated runs, in which hosts crash, stand still and come back. */
import assert from 'node:assert/strict';
import { eachAccount } from '../../../engine/node-accounts.ts';
import fc from 'fast-check';
import t from 'tap';
import { PrefixCheck } from '../../../engine/channel/prefix-check.ts';
import type { FaultEffect, WireScope } from '../../../engine/faults/fault-rule.ts';
import { ringTopology } from '../../../engine/network/ring.ts';
import { starTopology } from '../../../engine/network/star.ts';
import type { NodeId } from '../../../engine/world.ts';
import { crash, DETECTOR, faults, only, pause, slow } from '../faults/fault-world.ts';
import { runAll, scripted, type Script } from '../scripted-node.ts';

const NODES = 4;
const node = fc.nat(NODES - 1);
const forNs = fc.integer({ min: 1, max: 60_000 });
const scope: fc.Arbitrary<WireScope> = fc.record({
  from: fc.uniqueArray(node, { minLength: 1 }),
  to: fc.uniqueArray(node, { minLength: 1 }),
  oneWay: fc.boolean(),
});
const effect: fc.Arbitrary<FaultEffect> = fc.oneof(
  fc.record({ node, forNs }).map(({ node, forNs }) => crash(only(node), forNs)),
  fc.record({ node, forNs }).map(({ node, forNs }) => pause(only(node), forNs)),
  fc.record({ scope, forNs }).map((rest) => ({ kind: 'cut' as const, ...rest })),
  fc.record({
    kind: fc.constantFrom('loss' as const, 'duplicate' as const, 'reorder' as const),
    scope,
    probability: fc.double({ min: 0, max: 0.45, noNaN: true }),
    forNs: fc.constant(null),
  }),
  fc.record({
    kind: fc.constant('degrade' as const),
    scope,
    bandwidthFactor: fc.double({ min: 0.1, max: 1, noNaN: true }),
    latencyFactor: fc.double({ min: 1, max: 10, noNaN: true }),
    forNs,
  }),
);
const runs = fc.record({
  seed: fc.nat(1000),
  isRing: fc.boolean(),
  sharing: fc.constantFrom('fifo' as const, 'fair' as const),
  strikes: fc.array(fc.tuple(fc.nat(150_000), effect), { maxLength: 6, size: 'max' }),
});

/** Watches everybody and hangs up on suspects, now and then works, and writes to all when it wakes. */
const chatterer: Script = {
  start(node) {
    for (let peer = 0; peer < NODES; peer++) if (peer !== node.world.self) node.world.watch(peer);
    node.world.wake('talk', 1);
  },
  woken(node) {
    if (node.world.now() > 250_000) {
      node.finished = true;
      return;
    }
    const chance = node.world.random('talk');
    for (let peer = 0; peer < NODES; peer++)
      node.world.send(peer, { kind: `${node.world.now()}` }, chance.below(3000));
    if (chance.below(2) === 0) node.work('ponder', chance.below(20_000), () => {});
    node.world.wake('talk', chance.below(15_000));
  },
  suspected(node, peer) {
    node.world.hangUp(peer);
    node.world.watch(peer);
  },
};

t.test('invariant CH, exact books and one digest a seed, in runs with any faults', async (t) => {
  let lost = 0;
  let handed = 0;
  fc.assert(
    fc.property(runs, ({ seed, isRing, sharing, strikes }) => {
      const play = () => {
        const check = new PrefixCheck();
        const topology = isRing ? ringTopology(NODES, 1e9, 700) : starTopology(NODES, 1e9, 700);
        const scripts = Array.from({ length: NODES }, () => chatterer);
        const options = { seed, topology, sharing, observers: [check], faults: faults(...strikes) };
        return { check, result: runAll(scripted(scripts, options).simulation).result() };
      };
      const { check, result } = play();
      if (result.outcome !== 'finished') throw new Error(JSON.stringify(result.failure));
      if (check.violations.length > 0) throw new Error(check.violations[0]);
      for (const { downNs, busyNs, redoNs, commNs, idleNs } of eachAccount(result.nodes))
        if (downNs + busyNs + redoNs + commNs + idleNs !== result.timeNs) throw new Error('books');
      lost += result.messagesLost;
      handed += check.delivered;
      return play().result.digest === result.digest;
    }),
    { numRuns: 60 },
  );
  t.ok(lost > 500 && handed > 5000, `${lost} lost, ${handed} handed over`);
});

t.test('faults that come late find what an early one leaves: peace changes nothing', async (t) => {
  let spared = 0;
  fc.assert(
    fc.property(runs, fc.nat(100_000), ({ seed, isRing, sharing, strikes }, laterNs) => {
      const play = (...early: (readonly [number, FaultEffect])[]) => {
        const topology = isRing ? ringTopology(NODES, 1e9, 700) : starTopology(NODES, 1e9, 700);
        const late = strikes.map(([atNs, effect]) => [atNs + laterNs, effect] as const);
        const options = { seed, topology, sharing, faults: faults(...late, ...early) };
        const scripts = Array.from({ length: NODES }, () => chatterer);
        const { simulation, nodes } = scripted(scripts, options);
        const {
          timeNs,
          messages,
          bytes,
          messagesLost,
          nodes: accounts,
          links,
          events,
        } = runAll(simulation).result();
        const told = { timeNs, messages, bytes, messagesLost, accounts, links };
        return { events, told, logs: nodes.map(({ log }) => log) };
      };
      const peaceful = play();
      // It does nothing, but it ends peace before it begins.
      const watchful = play([0, slow(only(0), 1, 1)]);
      spared += watchful.events - peaceful.events;
      assert.deepEqual(peaceful.told, watchful.told);
      assert.deepEqual(peaceful.logs, watchful.logs);
    }),
    { numRuns: 60 },
  );
  t.ok(spared > 200, `${spared} events are spared`);
});

t.test('a node that computes for long does not look dead, one that has crashed does', async (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3_000_000 }), fc.boolean(), (workNs, isCrash) => {
      const watcher: Script = {
        start(node) {
          node.world.watch(1);
          node.world.wake('end', 4_000_000);
        },
        woken: (node) => (node.finished = true),
      };
      const worker: Script = {
        start: (node) => node.work('long', workNs),
        computed: (node) => (node.finished = true),
      };
      const { simulation, nodes } = scripted([watcher, worker], {
        faults: isCrash ? faults([500, crash(only(1))]) : { rules: [], detector: DETECTOR },
      });
      runAll(simulation);
      const suspicions = nodes[0].log.filter((line) => line.includes('suspected 1'));
      return suspicions.length === (isCrash ? 1 : 0);
    }),
    { numRuns: 50 },
  );
  t.pass();
});

t.test('a run with faults that never strike has the messages of the run without', async (t) => {
  const late: NodeId = 1;
  const logOf = (isFallible: boolean) => {
    const ping: Script = {
      receive(node, message) {
        const count = Number(message.kind) + 1;
        node.finished = count > 20;
        if (count < 22) node.world.send(1 - node.world.self, { kind: `${count}` }, 500);
      },
    };
    const first: Script = {
      ...ping,
      start: (node) => node.world.send(1, { kind: '0' }, 500),
    };
    const { simulation, nodes } = scripted([first, ping], {
      faults: isFallible ? faults([1e9, crash(only(late))]) : undefined,
    });
    const result = runAll(simulation).result();
    return [result.outcome, nodes.map(({ log }) => log)];
  };
  t.same(logOf(true), logOf(false));
});

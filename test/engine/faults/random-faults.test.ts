import { eachAccount } from '../../../engine/node-accounts.ts';
import fc from 'fast-check';
import t from 'tap';
import { PrefixCheck } from '../../../engine/channel/prefix-check.ts';
import type { FaultRule, InjectedFault } from '../../../engine/faults/fault-rule.ts';
import { ringTopology } from '../../../engine/network/ring.ts';
import { starTopology } from '../../../engine/network/star.ts';
import type { RunResult } from '../../../engine/result.ts';
import { Simulation } from '../../../engine/simulation.ts';
import { HOST } from '../scripted-node.ts';
import { arbitraryRules, HOST_KINDS, WIRE_KINDS } from './arbitrary-faults.ts';
import { Wanderer, Witness } from './wanderer.ts';

const UNTIL_NS = 300_000;

interface World {
  nodeCount: number;
  seed: number;
  ring: boolean;
  sharing: 'fifo' | 'fair';
  jitter: boolean;
  storage: boolean;
  watching: boolean;
  finishing: boolean;
  rules: FaultRule[];
}

function worlds(kinds: typeof HOST_KINDS, finishing = true): fc.Arbitrary<World> {
  return fc.integer({ min: 1, max: 5 }).chain((nodeCount) =>
    fc.record({
      nodeCount: fc.constant(nodeCount),
      seed: fc.nat(),
      ring: fc.boolean(),
      sharing: fc.constantFrom('fifo', 'fair'),
      jitter: fc.boolean(),
      storage: fc.boolean(),
      watching: fc.boolean(),
      finishing: fc.constant(finishing),
      rules: arbitraryRules(nodeCount, UNTIL_NS, kinds),
    }),
  );
}

interface Played {
  result: RunResult;
  witness: Witness;
  prefixes: PrefixCheck;
}

/** Without the witness watching, violations cannot be told, and the log is as it is. */
function play(world: World, watched = true): Played {
  const { nodeCount, seed, ring, sharing, jitter, storage, watching, finishing, rules } = world;
  const witness = new Witness();
  const prefixes = new PrefixCheck();
  const habits = { nodeCount, untilNs: UNTIL_NS, storage, watching, finishing };
  const distribution = { kind: 'uniform', low: 0.8, high: 1.5 } as const;
  const simulation = new Simulation({
    seed,
    hosts: Array.from({ length: nodeCount }, () => HOST),
    topology: ring ? ringTopology(nodeCount, 1e9, 300) : starTopology(nodeCount, 1e9, 300),
    sharing,
    jitter: jitter ? { compute: distribution, latency: distribution } : undefined,
    runJobs: true,
    observers: watched ? [witness, prefixes] : [],
    storage: storage ? { latencyNs: 500, bandwidthBytesPerSecond: 1e9 } : undefined,
    faults: { rules, detector: { heartbeatNs: 3000, misses: 3 } },
    stopAtNs: finishing ? 4 * UNTIL_NS : undefined,
    place: (world) => new Wanderer(world, witness, habits),
  });
  for (let rounds = 0; simulation.run(10_000); rounds++)
    if (rounds > 200) throw new Error('the run does not end');
  return { result: simulation.result(), witness, prefixes };
}

/** How long each node was down, from the faults alone: down from a crash or by a pause of the present incarnation. */
function downNs(faults: readonly InjectedFault[], node: number, timeNs: number): number {
  const mine = faults.filter((strike) => strike.kind !== 'slow' && strike.nodes.includes(node));
  const crashes = mine.filter(({ kind }) => kind === 'crash');
  const spans = mine
    .filter(({ kind }) => kind === 'crash' || kind === 'pause')
    .map(({ kind, timeNs: fromNs, endNs, number }) => {
      const cutShort = crashes.find((crash) => kind === 'pause' && crash.number > number);
      const untilNs = Math.min(endNs ?? Infinity, cutShort?.timeNs ?? Infinity, timeNs);
      return [fromNs, untilNs] as const;
    })
    .sort(([one], [other]) => one - other);
  let total = 0;
  let covered = 0;
  for (const [fromNs, untilNs] of spans) {
    total += Math.max(0, untilNs - Math.max(fromNs, covered));
    covered = Math.max(covered, untilNs);
  }
  return total;
}

function check(world: World): void {
  const { result, witness, prefixes } = play(world);
  const { timeNs, faults, outcome, failure } = result;
  const violations = [...witness.violations, ...prefixes.violations];
  for (const account of eachAccount(result.nodes)) {
    const { node, busyNs, redoNs, commNs, idleNs } = account;
    const times = [account.downNs, busyNs, redoNs, commNs, idleNs];
    if (times.some((ns) => !Number.isInteger(ns) || ns < 0))
      violations.push(`node ${node} has the times ${times.join()}`);
    if (times.reduce((sum, ns) => sum + ns) !== timeNs)
      violations.push(`the times of node ${node} do not sum to ${timeNs}: ${times.join()}`);
    if (account.downNs !== downNs(faults, node, timeNs))
      violations.push(`node ${node} was down ${downNs(faults, node, timeNs)} ns, not ${times[0]}`);
  }
  if (outcome === 'failed' && !/^(no node is left|nobody goes on|deadlock)/.test(failure!.message))
    violations.push(`${failure!.kind}: ${failure!.message}`);
  const again = play(world, false);
  if (again.result.digest !== result.digest) violations.push('observing changed the digest');
  if (again.witness.log.join() !== witness.log.join()) violations.push('two runs differ');
  if (violations.length > 0) throw new Error(violations.slice(0, 5).join('\n'));
}

t.test(
  'hosts under any faults of hosts: no handler out of place, exact books, one digest, CH',
  async (t) => {
    fc.assert(fc.property(worlds(HOST_KINDS), check), { numRuns: 250 });
    t.pass();
  },
);

t.test(
  'hosts and wires under any faults: no handler out of place, exact books, one digest, CH',
  async (t) => {
    fc.assert(fc.property(worlds([...HOST_KINDS, ...WIRE_KINDS]), check), { numRuns: 250 });
    t.pass();
  },
);

t.test(
  'F: nodes that come to rest under any faults are found stalled: no run goes on for ever',
  async (t) => {
    const kinds = [...HOST_KINDS, ...WIRE_KINDS];
    fc.assert(
      fc.property(worlds(kinds, false), (world) => {
        const { outcome, failure } = play(world).result;
        return (
          outcome === 'failed' &&
          /^(no node is left|nobody goes on|deadlock)/.test(failure!.message)
        );
      }),
      { numRuns: 60 },
    );
    t.pass();
  },
);

/** The default heartbeat suspects nobody without a fault, on networks of up to 1,024 nodes, on costs alone (PROTOCOLS C). */
import fc from 'fast-check';
import t from 'tap';
import type { WatchedPair } from '../../../engine/detector/lane.ts';
import { BEAT_BYTES } from '../../../engine/faults/traffic-counters.ts';
import type { Topology } from '../../../engine/network/topology.ts';
import type { NodeId } from '../../../engine/world.ts';
import { PROTOCOLS } from '../../../models/protocols/registry.ts';
import { NOTES } from '../../../models/spec/notes.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { assignmentOf, simulate, topologyOf } from '../../../sim/assemble.ts';
import { chosen } from '../../../sim/scenario/chosen.ts';
import { resolveScenario } from '../../../sim/scenario/resolve.ts';
import { networks, scenarioOf, type Drawn } from './drawn-scenario.ts';

const MOST = 1024;
/** Heartbeats take at most this part of a link. */
const BEATS_SHARE = 0.005;

type Protocol = Drawn['protocol'];

const VARIANTS = [
  { kind: 'ring-tmp', replicas: 3 },
  { kind: 'ring-tmp', mode: '2bw' },
  { kind: 'ring-tmp', variant: 'torus', rings: 2 },
  { kind: 'ps', servers: 3, replicas: 2, consistency: { ssp: 1 } },
  { kind: 'ps-asp', replicas: 1 },
  { kind: 'all-reduce', groups: 8 },
] as Protocol[];
const ALL = [...PROTOCOLS.map(({ kind }) => ({ kind }) as Protocol), ...VARIANTS];

/** A run of it could fail, long after it is over. */
async function armed(drawn: Drawn) {
  const faults = [{ at: '10 days', kind: 'crash', node: 0 }] as Scenario['faults'];
  const { scenario } = await resolveScenario({ ...scenarioOf(drawn), faults });
  return scenario;
}

/** How long a beat is on its way, and what it takes of each link. */
function way(topology: Topology, from: NodeId, to: NodeId): { ns: number; links: Int32Array } {
  const links = new Int32Array(topology.longestRoute);
  const hops = topology.route(from, to, links);
  let [latencyNs, slowestNs] = [0, 0];
  for (const link of links.subarray(0, hops)) {
    latencyNs += topology.link(link).latencyNs;
    slowestNs = Math.max(slowestNs, beatNs(topology, link));
  }
  return { ns: latencyNs + slowestNs, links: links.subarray(0, hops) };
}

function beatNs(topology: Topology, link: number): number {
  return (BEAT_BYTES / topology.link(link).bandwidthBytesPerSecond) * 1e9;
}

/** What is wrong with its default heartbeat; null if nothing is. */
async function wrong(drawn: Drawn): Promise<string | null> {
  const scenario = await armed(drawn);
  const topology = topologyOf(scenario);
  const assignment = assignmentOf(scenario, 0, null);
  const { heartbeatNs, misses } = assignment.detector!;
  const { definition, options } = chosen(scenario.protocol[0]);
  const takenNs = new Float64Array(topology.linkCount);
  const what = `${JSON.stringify(drawn.protocol)}, ${drawn.nodes} nodes, ${drawn.network.kind}`;
  for (const { one, other, since } of definition.watches(assignment, options) as WatchedPair[]) {
    const ways = [way(topology, one, other), way(topology, other, one)];
    const answerNs = ways[0].ns + ways[1].ns;
    if (answerNs >= (misses - 1) * heartbeatNs)
      return `${what}: nodes ${one} and ${other} answer in ${answerNs} ns, a beat a ${heartbeatNs} ns`;
    if (since === 'loss') continue;
    for (const { links } of ways) for (const link of links) takenNs[link] += beatNs(topology, link);
  }
  const busiest = takenNs.reduce((most, ns) => Math.max(most, ns), 0);
  return busiest > BEATS_SHARE * heartbeatNs * (1 + 1e-9)
    ? `${what}: beats take ${busiest / heartbeatNs} of a link`
    : null;
}

const slow = { bandwidth: '1 Gbit/s', latency: '50 us' } as const;
const racks = { kind: 'racks', nodesPerRack: 64, oversubscription: 4, ...slow } as const;

/** Whether anybody is suspected while all agree on a view, and in three silences after their work has begun. */
async function suspects(given: Drawn): Promise<boolean> {
  const scenario = await armed(given);
  const { heartbeatNs, misses } = assignmentOf(scenario, 0, null).detector!;
  let suspicions = 0;
  let begunNs = Infinity;
  const noted = (_node: number, _timeNs: number, name: string) => {
    if (name === NOTES.suspected) suspicions++;
  };
  const jobEnded = (_node: number, _job: object, _startNs: number, endNs: number) => {
    begunNs = Math.min(begunNs, endNs);
  };
  const { simulation } = simulate(scenario, 0, null, { observers: [{ noted, jobEnded }] });
  while (simulation.timeNs < begunNs + 3 * misses * heartbeatNs && simulation.run(1000));
  return suspicions > 0 || begunNs === Infinity;
}

t.test('all who watch each other answer within a silence, and beats take little', async (t) => {
  const any = fc.integer({ min: 1, max: MOST / 16 }).map((sixteens) => 16 * sixteens);
  const drawn = fc.oneof(any, fc.constant(MOST)).chain((nodes) =>
    fc.record({
      nodes: fc.constant(nodes),
      network: networks(nodes),
      protocol: fc.constantFrom(...ALL),
    }),
  );
  const property = fc.asyncProperty(drawn, async (given) => t.equal(await wrong(given), null));
  await fc.assert(property, { numRuns: 80 });
});

t.test('nobody is suspected as many begin, who watch others then than later', async (t) => {
  const runs: [Protocol, Drawn['network'], number?][] = [
    [{ kind: 'ring-tmp' }, { kind: 'ring', ...slow }, 400],
    [{ kind: 'ring-tmp', replicas: 1 } as Protocol, { kind: 'torus', ...slow }],
    [{ kind: 'gpipe' }, { kind: 'ring', ...slow }],
    [{ kind: 'ps-bsp', replicas: 1 } as Protocol, { kind: 'torus', ...slow }],
    [{ kind: 'ps', servers: 3, consistency: { ssp: 1 } } as Protocol, racks],
    [{ kind: 'all-reduce', groups: 32 } as Protocol, { kind: 'star', ...slow }],
  ];
  for (const [protocol, network, nodes = MOST] of runs)
    t.notOk(await suspects({ nodes, network, protocol }), JSON.stringify(protocol));
});

/** Draws a whole scenario from a seed: the work first, then the faults, spread over the time that the work takes. */
import type { Scenario } from '../../scenarios/scenario.ts';
import { Chance, seconds } from '../../models/claims/chance.ts';
import { drawFaults } from './draw-faults.ts';
import { drawMoments } from './draw-moments.ts';
import { drawWork } from './draw-work.ts';
import { profileOf } from './profiles.ts';
import { runFaultless } from './run-case.ts';

/** Heartbeats are at least this many latencies apart, so that few are late by jitter alone, */
const LEAST_LATENCIES = 12;
/** and at least the time of this many bytes a node, so that a circling token is not missed while it is sent. */
const TOKEN_BYTES = 250;

/** The share of the seeds that save checkpoints, unless the protocol says another. */
const CHECKPOINTS = 0.2;

function drawDetector(chance: Chance, { nodes, network }: Scenario['cluster'], lengthNs: number) {
  const tokenNs = (nodes * TOKEN_BYTES * 1e9) / Number(network.bandwidth);
  const leastNs = LEAST_LATENCIES * Number(network.latency) * 1e9 + tokenNs;
  const heartbeatNs = Math.max(leastNs, lengthNs * chance.one([0.01, 0.03, 0.1]));
  return { heartbeatNs, misses: chance.one([2, 3, 3, 3, 4]) };
}

/** The scenario of a seed, as an author would write it. The same seed gives the same scenario. */
export async function drawScenario(seed: number, protocols: readonly string[]): Promise<Scenario> {
  const work = drawWork(seed, protocols);
  const chance = new Chance(seed, 'detector');
  const lengthNs = (await runFaultless(work)).result.timeNs;
  const { heartbeatNs, misses } = drawDetector(chance, work.cluster, lengthNs);
  const { nodes } = work.cluster;
  const profile = profileOf(work.protocol.kind);
  const servers = profile.servers(work.protocol, nodes);
  const stage = { nodes, lengthNs, silenceNs: misses * heartbeatNs, servers };
  const faults = drawFaults(seed, stage, profile);
  const scenario: Scenario = {
    ...work,
    faults: faults as Scenario['faults'],
    detector: { heartbeat: seconds(heartbeatNs), misses },
    ...(chance.often(profile.checkpoints ?? CHECKPOINTS)
      ? { checkpoint: { every: chance.whole(1, 3), to: { bandwidth: 1e8, latency: 1e-5 } } }
      : {}),
  };
  const further = await drawMoments(seed, scenario, stage, profile);
  return { ...scenario, faults: [...faults, ...further] as Scenario['faults'] };
}

/** Latency and bandwidth between two nodes of a real world, and what messages cost the nodes. */
import { MESSAGE_HEADER_BYTES } from '../../engine/world.ts';
import type { RealWorldKind } from '../worlds/real/real-world.ts';
import { RealRun } from '../worlds/real/real-run.ts';
import type { ProbeNote, ProbeWork } from './probe-nodes.ts';

const ENTRY = new URL('./probe-worker.ts', import.meta.url).href;

const SIZES = [0, 2 ** 10, 2 ** 12, 2 ** 14, 2 ** 16, 2 ** 18, 2 ** 20];
const ROUNDS = 100;
/** No link is that fast; a scenario must have some bandwidth. */
const MOST_BYTES_PER_SECOND = 1e12;

/** A time that each message takes, and one that its bytes do. */
export interface Line {
  readonly latencyNs: number;
  readonly bytesPerSecond: number;
}

export interface Transport {
  readonly network: Line;
  /** Of the engines at both ends. */
  readonly sending: Line;
  readonly receiving: Line;
  /** What it was made from. */
  readonly probes: readonly ProbeNote[];
}

/** @throws Error with the reason, where the nodes cannot play */
export async function measureTransport(
  kind: RealWorldKind,
  work: ProbeWork = { sizes: SIZES, rounds: ROUNDS },
): Promise<Transport> {
  const host = { speedFlopsPerSecond: 1, memoryBytes: Infinity, taskOverheadNs: 0 };
  const probes: ProbeNote[] = [];
  const noted = (_node: number, _timeNs: number, _name: string, value: unknown): void =>
    void probes.push(value as ProbeNote);
  const { outcome, failure } = await new RealRun({
    ...{ crew: await kind.crew(ENTRY), seed: 1, work },
    ...{ hosts: [host, host], observers: [{ noted }] },
  }).run();
  if (outcome !== 'finished') throw new Error(failure?.message ?? outcome);
  return { ...linesOf(probes), probes };
}

/** What messages cost in all, and at both ends: the rest of the way is the network's. */
export function linesOf(probes: readonly ProbeNote[]): Omit<Transport, 'probes'> {
  const line = (timeNs: (probe: ProbeNote) => number) =>
    fitted(probes.map((probe) => ({ bytes: probe.bytes, timeNs: Math.max(1, timeNs(probe)) })));
  return {
    // A large message is unpacked while the rest of it comes.
    network: line(({ oneWayNs, receiveNs }) => Math.max(oneWayNs / 10, oneWayNs - receiveNs)),
    sending: line(({ sendNs }) => sendNs),
    receiving: line(({ receiveNs }) => receiveNs),
  };
}

/**
 * Time on bytes, a straight line by weighted least squares: each counts by the inverse square of its time, since what is
 * to be small is the error in parts of it.
 */
export function fitted(times: readonly { bytes: number; timeNs: number }[]): Line {
  let [weights, xs, ys, xx, xy] = [0, 0, 0, 0, 0];
  for (const { bytes, timeNs } of times) {
    const [x, weight] = [bytes + MESSAGE_HEADER_BYTES, 1 / timeNs ** 2];
    weights += weight;
    xs += weight * x;
    ys += weight * timeNs;
    xx += weight * x * x;
    xy += weight * x * timeNs;
  }
  const nsPerByte = (weights * xy - xs * ys) / (weights * xx - xs * xs);
  const slope = Math.max(nsPerByte, 1e9 / MOST_BYTES_PER_SECOND);
  return { latencyNs: Math.max(0, (ys - slope * xs) / weights), bytesPerSecond: 1e9 / slope };
}

/**
 * The failure detector of a simulated run: the heartbeat that the scenario gives or, if it gives none, one that suits
 * the pairs of its protocol; and how much of the links those heartbeats take.
 */
import { Lane, type WatchedPair } from '../engine/detector/lane.ts';
import type { DetectorSpec } from '../engine/faults/fault-rule.ts';
import type { Topology } from '../engine/network/topology.ts';
import type { RunResult } from '../engine/result.ts';
import { nanoseconds } from './nanoseconds.ts';
import { BadInput } from './scenario/bad-input.ts';
import { DEFAULT_MISSES } from './scenario/schema/fault-schema.ts';
import type { ResolvedDetector } from './scenario/resolved.ts';

/**
 * The default heartbeat interval is this many times the longest path between two nodes that watch each other
 * (PROTOCOLS C),
 */
const HEARTBEAT_WAYS = 10;
/** and at least this long, where messages have no delay. */
const SHORTEST_HEARTBEAT_NS = 100_000;
/** Above this share of a link's bandwidth, control frames are not nearly free any more. */
const FREE_SHARE = 0.01;
/** Default heartbeats take at most this part of it; the rest is for acknowledgements. */
const BEATS_PART = 0.5;
/** Significant digits of times in sentences, and of times repeated exactly. */
const DIGITS = 4;
const EXACT = 17;

/**
 * The detector for the protocol with that label.
 * @param pairs gives the watching pairs, anew each time it is called
 * @throws BadInput for a silence that could end before an answer can arrive
 */
export function detectorOf(
  given: ResolvedDetector | undefined,
  label: string,
  topology: Topology,
  pairs: () => Iterable<WatchedPair>,
): DetectorSpec {
  const misses = given?.misses ?? DEFAULT_MISSES;
  const lane = new Lane(topology, pairs);
  const { farthestNs } = lane;
  if (given?.heartbeat === undefined) return { heartbeatNs: suitableNs(lane), misses, farthestNs };
  const heartbeatNs = Math.max(1, nanoseconds(given.heartbeat));
  const { longestAnswerNs } = lane;
  // The peer may miss one heartbeat, and then the next one has to be answered in time.
  if ((misses - 1) * heartbeatNs > longestAnswerNs) return { heartbeatNs, misses, farthestNs };
  const least = Math.floor(longestAnswerNs / (misses - 1)) + 1;
  throw new BadInput(
    `detector.heartbeat is '${timeText(heartbeatNs, EXACT)}', but under ${label} an answer takes up to ${timeText(longestAnswerNs)}, ` +
      `longer than ${misses - 1 === 1 ? 'that' : `${misses - 1} of those`}; '${timeText(least)}' or more would be right`,
  );
}

function suitableNs({ longestLoadedNs, beatNs }: Lane): number {
  const busiestNs = beatNs.reduce((most, ns) => Math.max(most, ns), 0);
  const sharedNs = busiestNs / (FREE_SHARE * BEATS_PART);
  return Math.ceil(Math.max(HEARTBEAT_WAYS * longestLoadedNs, sharedNs, SHORTEST_HEARTBEAT_NS));
}

/**
 * A warning where control frames took so much of a link that charging nothing for them is wrong; else null.
 * Heartbeats count at their steady rate, acknowledgements as they came.
 */
export function laneText(
  { heartbeatNs }: DetectorSpec,
  topology: Topology,
  pairs: () => Iterable<WatchedPair>,
  { links, timeNs }: RunResult,
): string | null {
  const { beatNs } = new Lane(topology, pairs);
  let worst = { share: 0, link: 0, others: 0 };
  for (let link = 0; link < topology.linkCount; link++) {
    const otherBytes = links.controlBytes[link] - links.heartbeatBytes[link];
    const { bandwidthBytesPerSecond } = topology.link(link);
    const others = timeNs > 0 ? otherBytes / bandwidthBytesPerSecond / (timeNs / 1e9) : 0;
    const share = beatNs[link] / heartbeatNs + others;
    if (share > worst.share) worst = { share, link, others };
  }
  const { share, link, others } = worst;
  if (share <= FREE_SHARE) return null;
  const least = beatNs[link] / (FREE_SHARE - others);
  const remedy =
    others >= FREE_SHARE
      ? `acknowledgements alone take ${percent(others)}`
      : `detector.heartbeat '${timeText(least)}' would bring them down to ${percent(FREE_SHARE)}`;
  return (
    `heartbeats and acknowledgements take ${percent(share)} of link '${topology.link(link).id}', for which nothing is charged: ` +
    `more than ${percent(FREE_SHARE)} would slow down the messages there; ${remedy}`
  );
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

/** A time in a scenario's form, rounded up to few digits. */
function timeText(ns: number, digits = DIGITS): string {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, ns))) + 1 - digits);
  const rounded = Math.ceil(ns / step) * step;
  if (rounded >= 1e9) return `${rounded / 1e9} s`;
  if (rounded >= 1e6) return `${rounded / 1e6} ms`;
  return rounded >= 1e3 ? `${rounded / 1e3} us` : `${rounded} ns`;
}

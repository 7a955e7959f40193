/**
 * How nodes of a simulated run find out that others are gone: the heartbeat that a scenario names or, where it names
 * none, the one that suits the pairs of its protocol; and what those heartbeats would take of the links.
 */
import { Lane, type WatchedPair } from '../engine/detector/lane.ts';
import type { DetectorSpec } from '../engine/faults/fault-rule.ts';
import type { Topology } from '../engine/network/topology.ts';
import type { RunResult } from '../engine/result.ts';
import { nanoseconds } from './nanoseconds.ts';
import { BadInput } from './scenario/bad-input.ts';
import { DEFAULT_MISSES } from './scenario/schema/fault-schema.ts';
import type { ResolvedDetector } from './scenario/resolved.ts';

/** The default heartbeat is so many times the longest way between two nodes that watch each other (PROTOCOLS C), */
const HEARTBEAT_WAYS = 10;
/** and at least that long, where nothing delays a message. */
const SHORTEST_HEARTBEAT_NS = 100_000;
/** With more of any link's bandwidth than that, the lane of control frames is no longer as good as free. */
const FREE_SHARE = 0.01;
/** Of that, what default heartbeats take at most; the rest is for acknowledgements. */
const BEATS_PART = 0.5;
/** Significant digits of times in sentences, and of those that are told as they were given. */
const DIGITS = 4;
const EXACT = 17;

/**
 * The detector of the protocol of that label.
 * @param pairs gives anew, each time it is called, those who watch each other
 * @throws BadInput for a silence that may be over before an answer can be there
 */
export function detectorOf(
  given: ResolvedDetector | undefined,
  label: string,
  topology: Topology,
  pairs: () => Iterable<WatchedPair>,
): DetectorSpec {
  const misses = given?.misses ?? DEFAULT_MISSES;
  const lane = new Lane(topology, pairs);
  if (given?.heartbeat === undefined) return { heartbeatNs: suitableNs(lane), misses };
  const heartbeatNs = Math.max(1, nanoseconds(given.heartbeat));
  const { longestAnswerNs } = lane;
  // A beat may find the peer at a moment at which it answers none, and then the next one has to be answered in time.
  if ((misses - 1) * heartbeatNs > longestAnswerNs) return { heartbeatNs, misses };
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
 * A sentence where control frames have taken so much of a link that it makes a difference that they pay for none of it;
 * null elsewhere. Heartbeats count as they come in the long run, acknowledgements as they came.
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

/** A time as a scenario would have it, with few digits: the next one above. */
function timeText(ns: number, digits = DIGITS): string {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, ns))) + 1 - digits);
  const rounded = Math.ceil(ns / step) * step;
  if (rounded >= 1e9) return `${rounded / 1e9} s`;
  if (rounded >= 1e6) return `${rounded / 1e6} ms`;
  return rounded >= 1e3 ? `${rounded / 1e3} us` : `${rounded} ns`;
}

/**
 * How many micro-batches each node may have in flight (PROTOCOLS A.4), and how many forwards it may be ahead of its
 * successor. Pure: every node computes its own from the same records.
 */
import { MESSAGE_HEADER_BYTES } from '../../engine/world.ts';
import type { NodeRecord } from '../costs/node-records.ts';
import type { Recompute } from './recompute.ts';
import type { SegmentCosts } from '../costs/segment-costs.ts';

export interface Window {
  /** Most micro-batches between the start of their forward and the end of their backward. */
  readonly inFlight: number;
  /** Most forwards sent that the next stage has not begun. */
  readonly credits: number;
  /** Whether the stage before gets a credit for each forward begun; with a written schedule none is sent. */
  readonly returnsCredits: boolean;
}

export interface WindowOptions {
  /** `time`: enough in flight to hide the latency. `memory`: the fewest activations. Or so many at every stage. */
  readonly window: 'time' | 'memory' | number;
  /** Most forwards ahead of the next stage; its window where left out. */
  readonly credits?: number;
  readonly recompute: Recompute;
}

/** Where the schedule itself bounds what is in flight. */
export const UNBOUNDED: Window = { inFlight: Infinity, credits: Infinity, returnsCredits: false };

/**
 * With unequal segments a fast node must get further ahead: jobs are not preempted, and the nodes between it and the
 * slowest drift out of step. Four times the window of equal segments keeps random rings (tb/tf alike at all nodes)
 * under the bound of A.5; a test checks it.
 */
const UNEQUAL_FACTOR = 4;

/**
 * Where neighbours share layers, work goes down and up a layer while its nodes are busy with other passes. With four times
 * the window of PROTOCOLS A.5 the closed form holds; a test checks it.
 */
const RELAY_FACTOR = 4;

/** Bytes of a micro-batch in flight: its activations, or only its carry, the gradient that comes for it, and its weights. */
function bytesInFlight(costs: SegmentCosts, recompute: Recompute): number {
  const { activationBytes, inputBytes, carryOut, stashBytes, slice } = costs;
  const kept = recompute === 'none' ? activationBytes : inputBytes;
  const tails = slice === null ? 0 : slice.tailIn.forward + slice.tailIn.backward;
  return kept + carryOut.backward + tails + stashBytes;
}

/** Of the micro-batch that is computed again, and of the last one where it is not, all activations are there. */
const WHOLE = { none: 0, all: 1, 'except-last': 2 };

/** Bytes of so many micro-batches in flight at a stage. */
export function inFlightBytes(costs: SegmentCosts, recompute: Recompute, inFlight: number): number {
  return inFlight * bytesInFlight(costs, recompute) + WHOLE[recompute] * costs.activationBytes;
}

/** Bytes a node has left for micro-batches in flight and waiting carries, with `owned` bytes of state. */
function roomBytes(
  costs: SegmentCosts,
  owned: number,
  record: NodeRecord,
  recompute: Recompute,
): number {
  return record.memoryBytes - owned - WHOLE[recompute] * costs.activationBytes;
}

/** Time that no work hides when a micro-batch crosses the cut after that segment and comes back: 2c. */
function roundTripNs(costs: SegmentCosts, record: NodeRecord): number {
  const { forward, backward } = costs.carryOut;
  const bytes = forward + backward + 2 * MESSAGE_HEADER_BYTES;
  return 2 * record.latencyNs + (bytes / record.bandwidthBytesPerSecond) * 1e9;
}

/** The round trips behind each stage, in passes forward and backward of the slowest; with `memory` none. */
function roundTrips(
  segments: readonly SegmentCosts[],
  records: readonly NodeRecord[],
  { window }: WindowOptions,
): number[] {
  // Not spread into Math.max: a call cannot take a million arguments.
  let periodNs = 0;
  for (const { forwardNs, backwardNs } of segments)
    periodNs = Math.max(periodNs, forwardNs + backwardNs);
  return segments.map((costs, node) =>
    window === 'time' && node + 1 < segments.length
      ? roundTripNs(costs, records[node]) / periodNs
      : 0,
  );
}

/** N-i and the round trips behind, each whole, in a chain. */
function wantedInChain(
  segments: readonly SegmentCosts[],
  trips: readonly number[],
  { window }: WindowOptions,
): number[] {
  const [first] = segments;
  const equal = segments.every(
    (costs) => costs.forwardNs === first.forwardNs && costs.backwardNs === first.backwardNs,
  );
  const factor = window === 'memory' || equal ? 1 : UNEQUAL_FACTOR;
  let wanted = 0;
  return segments
    .map((_, back) => {
      wanted += 1 + Math.ceil(trips[segments.length - 1 - back]);
      return factor * wanted;
    })
    .reverse();
}

/** 2(L-l)-1 and the round trips behind together, where neighbours share layers and l is that of the node. */
function wantedInLayers(
  segments: readonly SegmentCosts[],
  trips: readonly number[],
  { window }: WindowOptions,
): number[] {
  const factor = window === 'memory' ? 1 : RELAY_FACTOR;
  let [layers, behind] = [0, 0];
  return segments
    .map((_, back) => {
      const node = segments.length - 1 - back;
      layers += segments[node].slice!.closes ? 1 : 0;
      behind += trips[node];
      return factor * (2 * layers - 1 + Math.ceil(behind));
    })
    .reverse();
}

/** As many as the rule asks for, capped by `most` and by memory, at least one. */
function inFlightWindows(
  segments: readonly SegmentCosts[],
  owned: readonly number[],
  records: readonly NodeRecord[],
  options: WindowOptions,
  most: number,
): number[] {
  const trips = roundTrips(segments, records, options);
  const wantedBy = segments[0].slice === null ? wantedInChain : wantedInLayers;
  const wanted = wantedBy(segments, trips, options);
  return segments.map((costs, node) => {
    const chosen = typeof options.window === 'number' ? options.window : wanted[node];
    const room = roomBytes(costs, owned[node], records[node], options.recompute);
    const waiting = node > 0 ? costs.carryIn.forward : 0;
    const each = bytesInFlight(costs, options.recompute);
    const fitting = each > 0 ? Math.floor((room - waiting) / each) : Infinity;
    return Math.max(1, Math.min(chosen, most, fitting));
  });
}

/**
 * The window of every node: win_i = (N-i) + the sum over the hops behind i of ceil(2c / (t_f+t_b)), with 'memory'
 * N-i alone, or the number that was chosen. Initial credit is the sender's own window, so that it never binds; less if
 * the option says so, or if the successor has no memory for so many waiting carries. `owned` is the bytes each node
 * holds all the time; `most` is the largest window.
 */
export function windowsOf(
  segments: readonly SegmentCosts[],
  owned: readonly number[],
  records: readonly NodeRecord[],
  options: WindowOptions,
  most: number,
): Window[] {
  const windows = inFlightWindows(segments, owned, records, options, most);
  return windows.map((inFlight, node) => {
    // Where neighbours share a layer, what a pass begins with goes on at once.
    if (segments[node].slice !== null) return { ...UNBOUNDED, inFlight };
    let credits = Math.min(inFlight, options.credits ?? Infinity);
    if (node + 1 < segments.length) {
      const next = segments[node + 1];
      const room = roomBytes(next, owned[node + 1], records[node + 1], options.recompute);
      const used = windows[node + 1] * bytesInFlight(next, options.recompute);
      const waiting = next.carryIn.forward;
      if (waiting > 0)
        credits = Math.min(credits, Math.max(1, Math.floor((room - used) / waiting)));
    }
    return { inFlight, credits, returnsCredits: true };
  });
}

/**
 * Frames that need no events. While no fault begins or ends, nothing can happen to two hosts and the wire between them,
 * and their heartbeats and acknowledgements are certain to arrive in time. Such frames are elided: they are computed and
 * counted instead of simulated.
 */
import type { Endpoint } from '../channel/endpoint.ts';
import type { Frame } from '../channel/frame.ts';
import type { Kernel } from '../kernel.ts';
import type { Topology } from '../network/topology.ts';
import type { NodeId } from '../world.ts';
import type { TrafficCounters } from '../faults/traffic-counters.ts';
import type { WirePassage } from '../faults/wire-passage.ts';

/** A host as the transport knows it. */
export interface Station {
  endpoint: Endpoint;
  state: 'up' | 'paused' | 'down';
  /** Frames that arrived while the host is paused. */
  stalled: Frame[];
}

/** Frames of one kind from one node to another, and what answers them. */
export interface Elided {
  readonly node: NodeId;
  readonly peer: NodeId;
  /** Tells the two what they have heard of each other before that time. */
  catchUp(nowNs: number): void;
  /** Counts what was sent and heard before that time. */
  count(nowNs: number): void;
  /**
   * Puts all back as it would be: silences, frames in flight, timers. What happens at `nowNs` itself has not happened
   * yet.
   */
  end(nowNs: number): void;
}

export interface ElisionParts {
  readonly kernel: Kernel;
  readonly topology: Topology;
  readonly passage: WirePassage;
  /** Elided frames are counted there. */
  readonly counters: TrafficCounters;
  station(node: NodeId): Readonly<Station>;
}

/** Whether control frames between the node, which is up, and the peer arrive at known times until a fault begins or ends. */
export function isCalm(node: NodeId, peer: NodeId, { passage, station }: ElisionParts): boolean {
  const here = station(node).endpoint;
  const { endpoint: there, state } = station(peer);
  if (node === peer || state !== 'up') return false;
  if (!passage.isClear(node, peer) || !passage.isClear(peer, node)) return false;
  return here.knows(peer, there.incarnation) && there.knows(node, here.incarnation);
}

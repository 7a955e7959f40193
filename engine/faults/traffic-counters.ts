/**
 * What nodes have sent and received where things may fail: messages, and separately the control frames of the
 * priority lane, by node and by link. Control frames take no bandwidth from messages, so no count of messages
 * includes them.
 */
import type { Frame, MessageFrame } from '../channel/frame.ts';
import { BEAT_PAYLOAD_BYTES } from '../channel/frame.ts';
import { emptyColumns, type Columns } from '../columns.ts';
import type { Topology } from '../network/topology.ts';
import { roomForWay, wayInto } from '../network/way.ts';
import {
  CONTROL_FIGURES,
  TRAFFIC_FIGURES,
  type LinkLoads,
  type LinkUses,
  type Traffic,
} from '../result.ts';
import type { NodeId } from '../world.ts';
import { MESSAGE_HEADER_BYTES } from '../world.ts';

/** A heartbeat or the answer to one, with its header. */
export const BEAT_BYTES = MESSAGE_HEADER_BYTES + BEAT_PAYLOAD_BYTES;

/** Bytes of a frame, its header included. */
export function frameBytes(frame: Frame): number {
  if (isMessage(frame)) return frame.parcel.bytes;
  return isBeat(frame) ? BEAT_BYTES : MESSAGE_HEADER_BYTES;
}

export function isMessage(frame: Frame): frame is MessageFrame {
  return frame.kind === 'plain' || frame.kind === 'data';
}

function isBeat({ kind }: Frame): boolean {
  return kind === 'beat' || kind === 'answer';
}

/** Bytes of control frames sent from one node to another. */
interface PairBytes {
  readonly from: NodeId;
  readonly to: NodeId;
  beats: number;
  others: number;
}

export class TrafficCounters {
  readonly traffic: Traffic;
  private readonly topology: Topology;
  private readonly detour: (from: NodeId, to: NodeId) => Int32Array | null;
  /** Sent since the last change of routes. */
  private readonly pairs = new Map<number, PairBytes>();
  /** By link, sent before that. */
  private readonly control: Columns<(typeof CONTROL_FIGURES)[number]>;

  /** `detour` gives the links between two nodes where they are not the topology's route. */
  constructor(topology: Topology, detour: (from: NodeId, to: NodeId) => Int32Array | null) {
    this.topology = topology;
    this.detour = detour;
    this.control = emptyColumns(CONTROL_FIGURES, topology.linkCount);
    this.traffic = emptyColumns(TRAFFIC_FIGURES, topology.nodeCount);
  }

  /** A transmission of a frame has begun, whether it arrives or not. */
  sent(frame: Frame): void {
    const bytes = frameBytes(frame);
    const { traffic } = this;
    const { from } = frame;
    if (isMessage(frame)) {
      traffic.messagesSent[from]++;
      traffic.bytesSent[from] += bytes;
      return;
    }
    traffic.controlFramesSent[from]++;
    traffic.controlBytesSent[from] += bytes;
    this.pair(frame.from, frame.to)[isBeat(frame) ? 'beats' : 'others'] += bytes;
  }

  /** A host has taken a frame. */
  received(frame: Frame): void {
    const bytes = frameBytes(frame);
    const { traffic } = this;
    const { to } = frame;
    if (isMessage(frame)) {
      traffic.messagesReceived[to]++;
      traffic.bytesReceived[to] += bytes;
    } else {
      traffic.controlFramesReceived[to]++;
      traffic.controlBytesReceived[to] += bytes;
    }
  }

  /** Elided heartbeats or answers: so many sent, so many heard. */
  beats(from: NodeId, to: NodeId, sent: number, heard: number): void {
    if (sent === 0 && heard === 0) return;
    const { traffic } = this;
    traffic.controlFramesSent[from] += sent;
    traffic.controlBytesSent[from] += sent * BEAT_BYTES;
    traffic.controlFramesReceived[to] += heard;
    traffic.controlBytesReceived[to] += heard * BEAT_BYTES;
    this.pair(from, to).beats += sent * BEAT_BYTES;
  }

  /** Elided acknowledgements: so many sent, so many heard. */
  acknowledgements(from: NodeId, to: NodeId, sent: number, heard: number): void {
    const { traffic } = this;
    traffic.controlFramesSent[from] += sent;
    traffic.controlBytesSent[from] += sent * MESSAGE_HEADER_BYTES;
    traffic.controlFramesReceived[to] += heard;
    traffic.controlBytesReceived[to] += heard * MESSAGE_HEADER_BYTES;
    if (sent > 0) this.pair(from, to).others += sent * MESSAGE_HEADER_BYTES;
  }

  /** What every link has carried, with the control frames sent over it. */
  withControl(loads: LinkLoads): LinkUses {
    this.followRoutes();
    const { controlBytes, heartbeatBytes } = this.control;
    return {
      ...loads,
      controlBytes: controlBytes.slice(),
      heartbeatBytes: heartbeatBytes.slice(),
    };
  }

  /** Charges to links what was sent so far, before routes change. */
  followRoutes(): void {
    const { controlBytes, heartbeatBytes } = this.control;
    const route = roomForWay(this.topology);
    for (const { from, to, beats, others } of this.pairs.values()) {
      const hops = wayInto(this.topology, from, to, this.detour(from, to), route);
      for (let hop = 0; hop < hops; hop++) {
        const link = route[hop];
        controlBytes[link] += beats + others;
        heartbeatBytes[link] += beats;
      }
    }
    this.pairs.clear();
  }

  private pair(from: NodeId, to: NodeId): PairBytes {
    const key = this.pairKey(from, to);
    let pair = this.pairs.get(key);
    if (!pair) this.pairs.set(key, (pair = { from, to, beats: 0, others: 0 }));
    return pair;
  }

  /** A number for each pair of nodes. */
  pairKey(from: NodeId, to: NodeId): number {
    return from * this.topology.nodeCount + to;
  }
}

/**
 * What nodes have sent and received where things may fail: messages, and apart from them the control frames of the
 * lane, by node and by link. Control frames take no bandwidth from anybody, so they are in no count of messages.
 */
import type { Frame } from '../channel/frame.ts';
import { BEAT_PAYLOAD_BYTES } from '../channel/frame.ts';
import type { NetworkUse } from '../network/network.ts';
import type { Topology } from '../network/topology.ts';
import { roomForWay, wayInto } from '../network/way.ts';
import type { LinkUse } from '../result.ts';
import type { Traffic } from '../transport.ts';
import { noTraffic } from '../transport.ts';
import type { NodeId } from '../world.ts';
import { MESSAGE_HEADER_BYTES } from '../world.ts';

/** A heartbeat or the answer to one, with its header. */
export const BEAT_BYTES = MESSAGE_HEADER_BYTES + BEAT_PAYLOAD_BYTES;

/** Bytes of a frame, its header included. */
export function frameBytes(frame: Frame): number {
  if (frame.kind === 'data') return frame.parcel.bytes;
  return isBeat(frame) ? BEAT_BYTES : MESSAGE_HEADER_BYTES;
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

export class TrafficBooks {
  /** By node. */
  readonly traffic: readonly Traffic[];
  private readonly topology: Topology;
  private readonly detour: (from: NodeId, to: NodeId) => Int32Array | null;
  /** Sent since routes changed last. */
  private readonly pairs = new Map<number, PairBytes>();
  /** By link, sent before: all, and heartbeats. */
  private readonly control: Float64Array;
  private readonly heartbeats: Float64Array;

  /** `detour` gives the links between two nodes where these are not the topology's. */
  constructor(topology: Topology, detour: (from: NodeId, to: NodeId) => Int32Array | null) {
    this.topology = topology;
    this.detour = detour;
    this.control = new Float64Array(topology.linkCount);
    this.heartbeats = new Float64Array(topology.linkCount);
    this.traffic = noTraffic(topology.nodeCount);
  }

  /** A transmission of a frame has begun, whatever becomes of it. */
  sent(frame: Frame): void {
    const bytes = frameBytes(frame);
    const traffic = this.traffic[frame.from];
    if (frame.kind === 'data') {
      traffic.messagesSent++;
      traffic.bytesSent += bytes;
      return;
    }
    traffic.controlFramesSent++;
    traffic.controlBytesSent += bytes;
    this.pair(frame.from, frame.to)[isBeat(frame) ? 'beats' : 'others'] += bytes;
  }

  /** A host has taken a frame. */
  received(frame: Frame): void {
    const bytes = frameBytes(frame);
    const traffic = this.traffic[frame.to];
    if (frame.kind === 'data') {
      traffic.messagesReceived++;
      traffic.bytesReceived += bytes;
    } else {
      traffic.controlFramesReceived++;
      traffic.controlBytesReceived += bytes;
    }
  }

  /** So many heartbeats or answers have been sent, and so many heard, that nobody has played out. */
  beats(from: NodeId, to: NodeId, sent: number, heard: number): void {
    if (sent === 0 && heard === 0) return;
    const [sender, receiver] = [this.traffic[from], this.traffic[to]];
    sender.controlFramesSent += sent;
    sender.controlBytesSent += sent * BEAT_BYTES;
    receiver.controlFramesReceived += heard;
    receiver.controlBytesReceived += heard * BEAT_BYTES;
    this.pair(from, to).beats += sent * BEAT_BYTES;
  }

  /** Use of every link, with the control frames sent over it. */
  withControl(uses: readonly NetworkUse[]): LinkUse[] {
    this.followRoutes();
    return uses.map((use, link) => ({
      ...use,
      controlBytes: this.control[link],
      heartbeatBytes: this.heartbeats[link],
    }));
  }

  /** Books on links what was sent so far, before its routes are others. */
  followRoutes(): void {
    const route = roomForWay(this.topology);
    for (const { from, to, beats, others } of this.pairs.values()) {
      const hops = wayInto(this.topology, from, to, this.detour(from, to), route);
      for (let hop = 0; hop < hops; hop++) {
        const link = route[hop];
        this.control[link] += beats + others;
        this.heartbeats[link] += beats;
      }
    }
    this.pairs.clear();
  }

  private pair(from: NodeId, to: NodeId): PairBytes {
    const key = from * this.traffic.length + to;
    let pair = this.pairs.get(key);
    if (!pair) this.pairs.set(key, (pair = { from, to, beats: 0, others: 0 }));
    return pair;
  }
}

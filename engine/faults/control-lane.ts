/**
 * The priority lane of control frames: each finds an empty path, and delays nothing else. Its jitter has streams of its
 * own, so that it changes no message's jitter. It must not know which wires are cut.
 */
import type { ControlFrame, Frame } from '../channel/frame.ts';
import type { Kernel } from '../kernel.ts';
import { LatencyJitter } from '../latency-jitter.ts';
import type { Network } from '../network/network.ts';
import type { TransportOptions } from '../transport.ts';
import type { DelayedFrames } from './delayed-frames.ts';
import { frameBytes } from './traffic-counters.ts';

export class ControlLane {
  private readonly kernel: Kernel;
  private readonly network: Network;
  private readonly delayed: DelayedFrames;
  private readonly arrival: number;
  private readonly jitter: LatencyJitter;

  /** `arrived` is called with each frame whose time has come; a frame in flight is one of `delayed`. */
  constructor(
    kernel: Kernel,
    options: TransportOptions,
    network: Network,
    delayed: DelayedFrames,
    arrived: (frame: Frame) => void,
  ) {
    this.kernel = kernel;
    const { seed, topology, latencyJitter } = options;
    this.jitter = new LatencyJitter('control', seed, topology.nodeCount, latencyJitter);
    this.network = network;
    this.delayed = delayed;
    this.arrival = kernel.register((number) => arrived(delayed.take(number).frame));
  }

  /** Sends a frame over the detour, or the usual route where it is null. */
  send(frame: ControlFrame, detour: Int32Array | null): void {
    const { from, to } = frame;
    const factor = this.jitter.factor(from, to);
    this.land(frame, detour, this.network.emptyPathNs(from, to, frameBytes(frame), factor, detour));
  }

  /** Schedules the arrival of a frame that has been in flight for a while. */
  carryOn(frame: ControlFrame, detour: Int32Array | null, arrivalNs: number): void {
    this.land(frame, detour, arrivalNs - this.kernel.now);
  }

  private land(frame: ControlFrame, detour: Int32Array | null, afterNs: number): void {
    this.delayed.add(this.arrival, { frame, isDuplicate: false, detour }, afterNs);
  }
}

/**
 * The sharing rule behind an interface: how transfers share links. `fifo` and `fair` are its two forms.
 * A network knows transfers by number, never what they carry.
 */
import type { LinkLoads } from '../result.ts';
import type { NodeId } from '../world.ts';

/** What a network tells whoever uses it. */
export interface NetworkClient {
  /** The last byte has left the sender: its egress is free of this transfer. Comes before `delivered`. */
  departed(transfer: number): void;
  /** The last byte has arrived. The number may be used again from now on. */
  delivered(transfer: number): void;
}

export interface Network {
  /** True if transfers between two nodes always arrive in the order of sending. */
  readonly ordered: boolean;
  /**
   * Starts a transfer now. `latencyFactor` scales the route's latency (jitter); 1 without jitter. With a `detour` it goes
   * over those links, in place of the topology's route.
   */
  send(
    transfer: number,
    source: NodeId,
    target: NodeId,
    bytes: number,
    latencyFactor: number,
    detour?: Int32Array | null,
  ): void;
  /**
   * Takes a transfer out that has not wholly left its sender: it neither departs nor is delivered, its number may be
   * used again, and the bandwidth that it would have taken is free. Of several, kill the one sent last first. False,
   * and nothing is done, if its last byte has left: it will be delivered.
   */
  kill(transfer: number): boolean;
  /** Takes a transfer out that stands still, wherever it is: it is never delivered, its number may be used again. */
  drop(transfer: number): void;
  /**
   * Has a transfer stand still where it is, and take no bandwidth. Of several, hold the one sent last first. False, and
   * nothing is done, if it is there: it is delivered within a nanosecond.
   */
  hold(transfer: number): boolean;
  /** Has a transfer that stands still go on with what is left of it. Of several, the one sent first first. */
  goOn(transfer: number): void;
  /**
   * From now on a link has that part of its bandwidth and so many times its latency; 1 and 1 mend it. What is under way
   * goes on with the bytes that are left; the latency holds for what has not begun its way.
   */
  degrade(link: number, bandwidthFactor: number, latencyFactor: number): void;
  /** Nanoseconds that many bytes would take now if nothing else were under way: latencies, and the slowest link. */
  emptyPathNs(
    source: NodeId,
    target: NodeId,
    bytes: number,
    latencyFactor: number,
    detour?: Int32Array | null,
  ): number;
  /** What every link has carried so far. Reading changes nothing: a run goes on as if nobody had looked. */
  loads(): LinkLoads;
  /** Nanoseconds of full use of every link so far, by link, into an array of that length; likewise a mere reading. */
  busyNs(into: Float64Array): void;
}

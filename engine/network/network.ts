/**
 * A network: how transfers share links, by one of the sharing rules `fifo` and `fair`. It knows transfers by number,
 * never what they carry.
 */
import type { LinkLoads } from '../result.ts';
import type { NodeId } from '../world.ts';

/** What a network tells its user. */
export interface NetworkClient {
  /**
   * The last byte has left the sender: its egress is free of this transfer. Comes before `delivered`, and not at all where
   * `send` has told when.
   */
  departed(transfer: number): void;
  /** The last byte has arrived. The number may be reused. */
  delivered(transfer: number): void;
}

export interface Network {
  /**
   * Starts a transfer now. Those from one node to another arrive in the order of sending. `latencyFactor` scales the
   * route's latency (jitter); 1 without jitter. With a `detour` it takes those links instead of the topology's route.
   * Returns when its last byte leaves the sender, if that is settled; infinity where `departed` will tell.
   */
  send(
    transfer: number,
    source: NodeId,
    target: NodeId,
    bytes: number,
    latencyFactor: number,
    detour?: Int32Array | null,
  ): number;
  /**
   * Removes a transfer that has not fully left its sender: it neither departs nor is delivered, its number may be
   * reused, and its bandwidth is free. Of several, kill the one sent last first. False, with no effect, if its last
   * byte has left: it will be delivered.
   */
  kill(transfer: number): boolean;
  /** Removes a held transfer, wherever it is: it is never delivered, and its number may be reused. */
  drop(transfer: number): void;
  /**
   * Holds a transfer where it is, without bandwidth. Of several, hold the one sent last first. False, with no effect,
   * if it has arrived: it is delivered within a nanosecond.
   */
  hold(transfer: number): boolean;
  /** Releases a held transfer, which goes on with what is left of it. Of several, release the one sent first first. */
  goOn(transfer: number): void;
  /**
   * From now on a link has that fraction of its bandwidth and that multiple of its latency; 1 and 1 restore it.
   * Transfers in flight go on with the bytes that are left; latency applies to those that have not begun the hop.
   */
  degrade(link: number, bandwidthFactor: number, latencyFactor: number): void;
  /** Nanoseconds that many bytes would take now on an otherwise empty network: latencies, and the slowest link. */
  emptyPathNs(
    source: NodeId,
    target: NodeId,
    bytes: number,
    latencyFactor: number,
    detour?: Int32Array | null,
  ): number;
  /** What every link has carried so far. Reading changes nothing. */
  loads(): LinkLoads;
  /** Writes the nanoseconds of full use of every link so far. Reading changes nothing. */
  busyNs(into: Float64Array): void;
}

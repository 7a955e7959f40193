/** What a fair-sharing network keeps of its transfers, by their numbers. */
import type { NodeId } from '../../world.ts';
import type { Topology } from '../topology.ts';
import { wayInto } from '../way.ts';
import { grownBytes, grownCapacity, grownFloats, grownIntegers } from './growth.ts';

/** Where a transfer is. */
export const Place = {
  outside: 0,
  alone: 1,
  inFluid: 2,
  /** Sent, its first byte still travelling. */
  onItsWay: 3,
  /** Its first byte would have come all the way, but for the transfers before it on its connection. */
  waiting: 4,
  /** Standing still, before its first byte has come all the way or after. */
  heldBefore: 5,
  heldWithin: 6,
} as const;

export class TransferTable {
  sources = new Int32Array(0);
  targets = new Int32Array(0);
  /** Bytes left when it entered, or stood still last. */
  sizes = new Float64Array(0);
  /** When it enters; while it stands still before that, how long it has still to go. */
  entryTimes = new Float64Array(0);
  /** Handle of the event in which it enters. */
  entries = new Float64Array(0);
  places = new Uint8Array(0);
  /** Ways of those that do not go the topology's. */
  private readonly detours = new Map<number, Int32Array>();

  /** Makes room for that transfer. Gives the new number of places if there was none. */
  reserve(transfer: number): number | null {
    if (transfer < this.sizes.length) return null;
    const size = grownCapacity(transfer + 1);
    this.sources = grownIntegers(this.sources, size);
    this.targets = grownIntegers(this.targets, size);
    this.sizes = grownFloats(this.sizes, size);
    this.entryTimes = grownFloats(this.entryTimes, size);
    this.entries = grownFloats(this.entries, size);
    this.places = grownBytes(this.places, size);
    return size;
  }

  /** Enters a transfer that there is room for, with all its bytes. */
  begin(
    transfer: number,
    source: NodeId,
    target: NodeId,
    bytes: number,
    detour: Int32Array | null,
  ): void {
    this.sources[transfer] = source;
    this.targets[transfer] = target;
    this.sizes[transfer] = bytes;
    if (detour) this.detours.set(transfer, detour);
    else if (this.detours.size > 0) this.detours.delete(transfer);
  }

  /** Writes the links of a transfer's way into `into`; returns their number. */
  routeInto(into: Int32Array, transfer: number, topology: Topology): number {
    const detour = this.detours.size > 0 ? (this.detours.get(transfer) ?? null) : null;
    return wayInto(topology, this.sources[transfer], this.targets[transfer], detour, into);
  }
}

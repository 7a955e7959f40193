/**
 * The queue of events still to come, in order of (time, sequence): events of one instant leave in the order they
 * were put in. A binary heap on typed arrays, so that an event costs no allocation. It must not know what the
 * events mean.
 *
 * The sequence number is a float64, good for 2^53 events. A cancelled event stays in the heap until it comes to
 * the top or until the dead outnumber the living, when all of them are swept out at once.
 */

const MAXIMUM_SLOTS = 2 ** 25;
const GENERATIONS = 2 ** 28;
/** Marks the payload of a cancelled event, where the kind would stand. */
const DEAD = -1;

export class EventQueue {
  /** The event that `pop` took out last. */
  timeNs = 0;
  kind = 0;
  a = 0;
  b = 0;

  /** The heap, as three arrays: time, sequence, and the slot that holds the payload. */
  private times: Float64Array;
  private sequences: Float64Array;
  private slots: Int32Array;
  private length = 0;
  private dead = 0;
  private sequence = 0;

  /** By slot: kind, a, b, generation. In a free slot, `a` is the next free slot. */
  private payload: Int32Array;
  private freeSlot = -1;
  private usedSlots = 0;

  constructor(capacity = 1024) {
    this.times = new Float64Array(capacity);
    this.sequences = new Float64Array(capacity);
    this.slots = new Int32Array(capacity);
    this.payload = new Int32Array(4 * capacity);
  }

  /** Events still to come, the cancelled ones not counted. */
  get pending(): number {
    return this.length - this.dead;
  }

  /**
   * Puts an event in: kind from 0, a and b any 32-bit integers. Returns a handle for `cancel`. A handle is stale
   * from the moment its event is popped; it could be mistaken for another event's only after 2^28 more events
   * have used the same slot.
   */
  push(timeNs: number, kind: number, a: number, b: number): number {
    const slot = this.takeSlot();
    const at = 4 * slot;
    const payload = this.payload;
    payload[at] = kind;
    payload[at + 1] = a;
    payload[at + 2] = b;
    this.siftUp(this.length++, timeNs, this.sequence++, slot);
    return payload[at + 3] * MAXIMUM_SLOTS + slot;
  }

  /** Takes the first event out, into the fields of this queue. False if there is none. */
  pop(): boolean {
    while (this.length > 0) {
      const slot = this.slots[0];
      const timeNs = this.times[0];
      const last = --this.length;
      if (last > 0) this.siftDown(0, this.times[last], this.sequences[last], this.slots[last]);
      const at = 4 * slot;
      const payload = this.payload;
      const kind = payload[at];
      const live = kind !== DEAD;
      if (live) {
        this.timeNs = timeNs;
        this.kind = kind;
        this.a = payload[at + 1];
        this.b = payload[at + 2];
      } else this.dead--;
      payload[at + 1] = this.freeSlot;
      payload[at + 3] = (payload[at + 3] + 1) % GENERATIONS;
      this.freeSlot = slot;
      if (live) return true;
    }
    return false;
  }

  /** Takes an event back. A stale handle does no harm; the answer tells whether the event was still to come. */
  cancel(handle: number): boolean {
    const slot = handle % MAXIMUM_SLOTS;
    const at = 4 * slot;
    if (!(slot < this.usedSlots) || this.payload[at] === DEAD) return false;
    if (this.payload[at + 3] !== Math.floor(handle / MAXIMUM_SLOTS)) return false;
    this.payload[at] = DEAD;
    this.dead++;
    if (this.dead > 64 && 2 * this.dead > this.length) this.sweep();
    return true;
  }

  private takeSlot(): number {
    const slot = this.freeSlot;
    if (slot >= 0) {
      this.freeSlot = this.payload[4 * slot + 1];
      return slot;
    }
    if (this.usedSlots === this.slots.length) this.grow();
    return this.usedSlots++;
  }

  private siftUp(from: number, timeNs: number, sequence: number, slot: number): void {
    const { times, sequences, slots } = this;
    let position = from;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      const parentTime = times[parent];
      // A new event has the highest sequence of all, so it stays below its equals.
      if (timeNs >= parentTime) break;
      times[position] = parentTime;
      sequences[position] = sequences[parent];
      slots[position] = slots[parent];
      position = parent;
    }
    times[position] = timeNs;
    sequences[position] = sequence;
    slots[position] = slot;
  }

  private siftDown(from: number, timeNs: number, sequence: number, slot: number): void {
    const { times, sequences, slots, length } = this;
    let position = from;
    const parents = length >> 1;
    while (position < parents) {
      let child = 2 * position + 1;
      let childTime = times[child];
      const right = child + 1;
      if (right < length) {
        const rightTime = times[right];
        if (
          rightTime < childTime ||
          (rightTime === childTime && sequences[right] < sequences[child])
        ) {
          child = right;
          childTime = rightTime;
        }
      }
      if (childTime > timeNs || (childTime === timeNs && sequences[child] > sequence)) break;
      times[position] = childTime;
      sequences[position] = sequences[child];
      slots[position] = slots[child];
      position = child;
    }
    times[position] = timeNs;
    sequences[position] = sequence;
    slots[position] = slot;
  }

  /** Drops the dead events and makes the rest a heap again. */
  private sweep(): void {
    const { times, sequences, slots, payload } = this;
    let kept = 0;
    for (let position = 0; position < this.length; position++) {
      const slot = slots[position];
      if (payload[4 * slot] === DEAD) {
        payload[4 * slot + 1] = this.freeSlot;
        payload[4 * slot + 3] = (payload[4 * slot + 3] + 1) % GENERATIONS;
        this.freeSlot = slot;
      } else {
        times[kept] = times[position];
        sequences[kept] = sequences[position];
        slots[kept++] = slot;
      }
    }
    this.length = kept;
    this.dead = 0;
    for (let position = (kept >> 1) - 1; position >= 0; position--)
      this.siftDown(position, times[position], sequences[position], slots[position]);
  }

  private grow(): void {
    const capacity = 2 * this.slots.length;
    if (capacity > MAXIMUM_SLOTS)
      throw new RangeError(
        `event queue: ${this.usedSlots} events are pending, at most ${MAXIMUM_SLOTS} are possible`,
      );
    const { times, sequences, slots, payload } = this;
    (this.times = new Float64Array(capacity)).set(times);
    (this.sequences = new Float64Array(capacity)).set(sequences);
    (this.slots = new Int32Array(capacity)).set(slots);
    (this.payload = new Int32Array(4 * capacity)).set(payload);
  }
}

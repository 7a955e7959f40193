/**
 * The queue of pending events, in order of (time, sequence): events of one instant leave in the order they were put
 * in. All state is in typed arrays, so that an event costs no allocation. It must not know what the events mean.
 *
 * Training is mostly ties. So events of one instant are chained, and the binary heap holds chains instead of events:
 * an event that finds the end of its instant's chain costs no heap work. A small table by time holds the ends of
 * recent chains. An instant that was evicted from it gets a second chain, which sorts behind the first by the
 * sequence of its events.
 *
 * A cancelled event stays in its chain until its turn comes, or until the cancelled outnumber the live ones, when all
 * are swept.
 */

const MAXIMUM_SLOTS = 2 ** 25;
const GENERATIONS = 2 ** 28;
/** Marks a cancelled event, where the kind would stand. */
const DEAD = -1;
const NONE = -1;

/** An event's slot has eight 32-bit words: kind, a, b, generation, next in chain (or next free slot), unused ... */
const WORDS = 8;
const GENERATION = 3;
const NEXT = 4;
/** ... and its sequence, a float64 good for 2^53 events: the last of four doubles. */
const DOUBLES = 4;
const SEQUENCE = 3;

const TABLE_BITS = 12;
/** Heap positions below this one lie in the processor's cache, where a mispredicted branch costs more than a load. */
const CACHED_POSITIONS = 2 ** 14;

export class EventQueue {
  /** The event that `pop` returned last. */
  timeNs = 0;
  kind = 0;
  a = 0;
  b = 0;

  /** The heap: each chain's time and first slot. Beyond the last chain the times are infinite. */
  private times: Float64Array;
  private firsts: Int32Array;
  private chains = 0;
  /** True while the first position is vacant: its chain is used up, and the next chain pushed goes there. */
  private vacant = false;

  private words: Int32Array;
  private doubles: Float64Array;
  private freeSlot = NONE;
  private usedSlots = 0;
  private live = 0;
  private dead = 0;
  private sequence = 0;

  /** The table of chain ends: time, and slot and generation of the last event of that time. */
  private readonly endTimes = new Float64Array(2 ** TABLE_BITS).fill(-1);
  private readonly endSlots = new Int32Array(2 ** TABLE_BITS);
  private readonly endGenerations = new Int32Array(2 ** TABLE_BITS);

  /** `capacity`, a first guess at the number of pending events, is doubled when needed. */
  constructor(capacity = 1024) {
    this.times = new Float64Array(capacity + 1).fill(Infinity);
    this.firsts = new Int32Array(capacity);
    const slots = new ArrayBuffer(4 * WORDS * capacity);
    this.words = new Int32Array(slots);
    this.doubles = new Float64Array(slots);
  }

  /** Pending events, without the cancelled ones. */
  get pending(): number {
    return this.live;
  }

  /**
   * Puts an event in: a time from 0, a kind from 0, and a and b any 32-bit integers. Returns a handle for
   * `cancel`. A handle is stale from the moment its event is popped; it could be mistaken for another event's
   * only after 2^28 more events have used the same slot.
   */
  push(timeNs: number, kind: number, a: number, b: number): number {
    const slot = this.takeSlot();
    const at = WORDS * slot;
    const words = this.words;
    const generation = words[at + GENERATION];
    words[at] = kind;
    words[at + 1] = a;
    words[at + 2] = b;
    words[at + NEXT] = NONE;
    this.doubles[DOUBLES * slot + SEQUENCE] = this.sequence++;
    this.live++;

    const entry = Math.imul(timeNs, 0x9e3779b1) >>> (32 - TABLE_BITS);
    const end = WORDS * this.endSlots[entry];
    if (this.endTimes[entry] === timeNs && words[end + GENERATION] === this.endGenerations[entry])
      words[end + NEXT] = slot;
    else {
      this.endTimes[entry] = timeNs;
      if (this.vacant) {
        this.vacant = false;
        this.siftDown(0, timeNs, slot);
      } else this.siftUp(timeNs, slot);
    }
    this.endSlots[entry] = slot;
    this.endGenerations[entry] = generation;
    return generation * MAXIMUM_SLOTS + slot;
  }

  /** Takes the first event out, into the fields of this queue. False if there is none. */
  pop(): boolean {
    if (this.vacant) this.fillVacancy();
    while (this.chains > 0) {
      const slot = this.firsts[0];
      const at = WORDS * slot;
      const words = this.words;
      const kind = words[at];
      this.timeNs = this.times[0];
      this.a = words[at + 1];
      this.b = words[at + 2];
      const next = words[at + NEXT];
      if (next !== NONE) this.firsts[0] = next;
      else this.vacant = true;
      this.free(slot);
      if (kind !== DEAD) {
        this.kind = kind;
        this.live--;
        return true;
      }
      this.dead--;
      if (this.vacant) this.fillVacancy();
    }
    return false;
  }

  /** Cancels an event; a stale handle does no harm. True if the event was pending. */
  cancel(handle: number): boolean {
    const generation = Math.floor(handle / MAXIMUM_SLOTS);
    const slot = handle - generation * MAXIMUM_SLOTS;
    const at = WORDS * slot;
    if (!(slot < this.usedSlots) || this.words[at] === DEAD) return false;
    if (this.words[at + GENERATION] !== generation) return false;
    this.words[at] = DEAD;
    this.live--;
    this.dead++;
    if (this.dead > 64 && this.dead > this.live) this.sweep();
    return true;
  }

  private takeSlot(): number {
    const slot = this.freeSlot;
    if (slot !== NONE) {
      this.freeSlot = this.words[WORDS * slot + NEXT];
      return slot;
    }
    if (this.usedSlots === this.firsts.length) this.grow();
    return this.usedSlots++;
  }

  private free(slot: number): void {
    const at = WORDS * slot;
    this.words[at + GENERATION] = (this.words[at + GENERATION] + 1) % GENERATIONS;
    this.words[at + NEXT] = this.freeSlot;
    this.freeSlot = slot;
  }

  /** Puts a chain of one new event into the heap, below chains of equal time: no event has a higher sequence. */
  private siftUp(timeNs: number, slot: number): void {
    const { times, firsts } = this;
    let position = this.chains++;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      const parentTime = times[parent];
      if (timeNs >= parentTime) break;
      times[position] = parentTime;
      firsts[position] = firsts[parent];
      position = parent;
    }
    times[position] = timeNs;
    firsts[position] = slot;
  }

  private fillVacancy(): void {
    this.vacant = false;
    const last = --this.chains;
    const timeNs = this.times[last];
    this.times[last] = Infinity;
    if (last > 0) this.siftDown(0, timeNs, this.firsts[last]);
  }

  /** Puts a chain at that position, or as far below it as it belongs. */
  private siftDown(from: number, timeNs: number, slot: number): void {
    const { times, firsts, chains } = this;
    const cachedParents = Math.min(chains >> 1, CACHED_POSITIONS);
    let position = from;
    while (position < cachedParents) {
      const left = 2 * position + 1;
      const leftTime = times[left];
      const rightTime = times[left + 1];
      let child = left + +(rightTime < leftTime);
      if (rightTime === leftTime && this.precedes(left + 1, left)) child = left + 1;
      const childTime = times[child];
      if (childTime > timeNs || (childTime === timeNs && this.follows(child, slot))) break;
      times[position] = childTime;
      firsts[position] = firsts[child];
      position = child;
    }
    if (position >= CACHED_POSITIONS) {
      while (2 * position + 1 < chains) {
        let child = 2 * position + 1;
        let childTime = times[child];
        const rightTime = times[child + 1];
        if (rightTime < childTime || (rightTime === childTime && this.precedes(child + 1, child))) {
          child++;
          childTime = rightTime;
        }
        if (childTime > timeNs || (childTime === timeNs && this.follows(child, slot))) break;
        times[position] = childTime;
        firsts[position] = firsts[child];
        position = child;
      }
    }
    times[position] = timeNs;
    firsts[position] = slot;
  }

  /** Whether the chain at one position was begun before the chain at another. */
  private precedes(one: number, other: number): boolean {
    return this.sequenceOf(this.firsts[one]) < this.sequenceOf(this.firsts[other]);
  }

  private follows(position: number, slot: number): boolean {
    return this.sequenceOf(this.firsts[position]) > this.sequenceOf(slot);
  }

  private sequenceOf(slot: number): number {
    return this.doubles[DOUBLES * slot + SEQUENCE];
  }

  /** Drops cancelled events and rebuilds the heap. */
  private sweep(): void {
    if (this.vacant) this.fillVacancy();
    const { times, firsts, words } = this;
    let kept = 0;
    for (let position = 0; position < this.chains; position++) {
      let first = NONE;
      let last = NONE;
      let slot = firsts[position];
      while (slot !== NONE) {
        const next = words[WORDS * slot + NEXT];
        if (words[WORDS * slot] === DEAD) this.free(slot);
        else {
          if (last === NONE) first = slot;
          else words[WORDS * last + NEXT] = slot;
          words[WORDS * slot + NEXT] = NONE;
          last = slot;
        }
        slot = next;
      }
      if (first === NONE) continue;
      times[kept] = times[position];
      firsts[kept++] = first;
    }
    times.fill(Infinity, kept, this.chains);
    this.chains = kept;
    this.dead = 0;
    for (let position = (kept >> 1) - 1; position >= 0; position--)
      this.siftDown(position, times[position], firsts[position]);
  }

  private grow(): void {
    const capacity = 2 * this.firsts.length;
    if (capacity > MAXIMUM_SLOTS)
      throw new RangeError(
        `event queue: ${this.usedSlots} events are pending, at most ${MAXIMUM_SLOTS} are possible`,
      );
    const { times, firsts, words } = this;
    (this.times = new Float64Array(capacity + 1).fill(Infinity)).set(times);
    (this.firsts = new Int32Array(capacity)).set(firsts);
    const slots = new ArrayBuffer(4 * WORDS * capacity);
    (this.words = new Int32Array(slots)).set(words);
    this.doubles = new Float64Array(slots);
  }
}

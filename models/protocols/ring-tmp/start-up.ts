/**
 * The start-up of a ring (PROTOCOLS A.3): the MEASURE token makes a lap collecting a record a node, and one spreading
 * them all. Where there are several rings each place has as many nodes, and a token has found the slowest of them before.
 * After it every node knows what all places can do, and nobody has been told by a scheduler.
 */
import type { World } from '../../../engine/world.ts';
import type { RingPlace } from '../../collectives/ring-places.ts';
import {
  emptyRecords,
  type NodeRecord,
  readRecords,
  slowest,
  writeRecord,
} from '../../costs/node-records.ts';
import { RECORD_BYTES, type MeasureMessage, type RingMessage } from './messages.ts';
import type { RingWork } from './ring-work.ts';

export class StartUp {
  private readonly world: World<RingMessage>;
  private readonly work: RingWork;
  private readonly ring: RingPlace;
  private readonly column: RingPlace;
  private readonly begin: (records: Float64Array) => void;
  /** What the slowest node at this place can do; null until that is known. */
  private record: NodeRecord | null = null;
  /** A token of the ring that came before. */
  private early: MeasureMessage | null = null;

  /** `begin` is called once, with the full token, which is lent to it. */
  constructor(world: World<RingMessage>, work: RingWork, begin: (records: Float64Array) => void) {
    this.world = world;
    this.work = work;
    this.begin = begin;
    this.ring = work.ringOf(world.self);
    this.column = work.columnOf(world.self);
  }

  /** The first node of each column sends a token on its way, or of the ring where there is no column. */
  start(): void {
    const { column } = this;
    if (column.size === 1) this.know(this.work.measured(this.world.self));
    else if (column.position === 0) this.compare([]);
  }

  /** The token came: it goes on, with a record more or with what is known by now, until it has made its laps. */
  receive(message: MeasureMessage): void {
    const { lap, records } = message;
    const { column } = this;
    if (lap === 'compare') {
      if (column.position > 0) return this.compare(readRecords(records));
      this.settle(records);
    } else if (lap === 'settle') this.settle(records);
    else if (this.record === null) this.early = message;
    else if (lap === 'collect') this.collect(records);
    else this.spread(records);
  }

  waitsFor(): string {
    const { before } = this.record === null ? this.column : this.ring;
    return `MEASURE from node ${before}`;
  }

  /** The slowest so far, this node included, goes on. */
  private compare(others: readonly NodeRecord[]): void {
    const own = this.work.measured(this.world.self);
    const records = emptyRecords(1);
    writeRecord(records, 0, slowest([...others, own]));
    this.send(this.column, 'compare', records, 1);
  }

  private settle(records: Float64Array): void {
    const { column } = this;
    const [record] = readRecords(records);
    if (column.position < column.size - 1) this.send(column, 'settle', records, 1);
    this.know(record);
  }

  private know(record: NodeRecord): void {
    const { ring, early } = this;
    this.record = record;
    if (ring.position === 0) {
      const records = emptyRecords(ring.size);
      writeRecord(records, 0, record);
      if (ring.size === 1) this.begin(records);
      else this.send(ring, 'collect', records, 1);
    }
    if (early !== null) this.receive(early);
  }

  private collect(records: Float64Array): void {
    const { ring } = this;
    if (ring.position === 0) return this.send(ring, 'spread', records, ring.size);
    writeRecord(records, ring.position, this.record!);
    this.send(ring, 'collect', records, ring.position + 1);
  }

  private spread(records: Float64Array): void {
    const { ring } = this;
    this.begin(records);
    if (ring.position > 0) this.send(ring, 'spread', records, ring.size);
  }

  private send(
    { next }: RingPlace,
    lap: MeasureMessage['lap'],
    records: Float64Array,
    carried: number,
  ): void {
    this.world.send(next, { kind: 'MEASURE', lap, records }, RECORD_BYTES * carried);
  }
}

/**
 * The start-up of a ring (PROTOCOLS A.4): the MEASURE token makes a lap collecting a record a node, and one spreading
 * them all. After it every node knows every host, and nobody has been told by a scheduler.
 */
import type { NodeId, World } from '../../../engine/world.ts';
import { emptyRecords, measure, writeRecord } from '../../costs/node-records.ts';
import { RECORD_BYTES, type MeasureMessage, type RingMessage } from './messages.ts';
import type { RingWork } from './ring-work.ts';

export class StartUp {
  /** The node that the token comes from. */
  readonly before: NodeId;
  private readonly world: World<RingMessage>;
  private readonly work: RingWork;
  private readonly begin: (records: Float64Array) => void;

  /** `begin` is called once, with the full token, which is lent to it. */
  constructor(world: World<RingMessage>, work: RingWork, begin: (records: Float64Array) => void) {
    this.world = world;
    this.work = work;
    this.begin = begin;
    this.before = (world.self + work.nodeCount - 1) % work.nodeCount;
  }

  /** Node 0 sends the token on its way. */
  start(): void {
    if (this.world.self !== 0) return;
    const records = emptyRecords(this.work.nodeCount);
    writeRecord(records, 0, measure(this.work.assignment, 0));
    if (this.work.nodeCount === 1) this.begin(records);
    else this.send('collect', records, 1);
  }

  /** The token came: it goes on with one record more, or with all of them, until it has made both laps. */
  receive({ lap, records }: MeasureMessage): void {
    const { self } = this.world;
    if (lap === 'collect') {
      if (self === 0) return this.send('spread', records, this.work.nodeCount);
      writeRecord(records, self, measure(this.work.assignment, self));
      return this.send('collect', records, self + 1);
    }
    this.begin(records);
    if (self !== 0) this.send('spread', records, this.work.nodeCount);
  }

  private send(lap: 'collect' | 'spread', records: Float64Array, carried: number): void {
    const next = (this.world.self + 1) % this.work.nodeCount;
    this.world.send(next, { kind: 'MEASURE', lap, records }, RECORD_BYTES * carried);
  }
}

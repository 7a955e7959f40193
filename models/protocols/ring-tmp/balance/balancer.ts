/**
 * Balances a ring by measured load (PROTOCOLS A.4). Every so many iterations a token collects what each host reaches, on its
 * way round beside the next iteration. Where the cut that follows from it is better by enough, the view changes at the next
 * boundary, and its plan is made of the same figures.
 */
import type { World } from '../../../../engine/world.ts';
import { emptyRecords, type NodeRecord, writeRecord } from '../../../costs/node-records.ts';
import { RECORD_BYTES, type LoadMessage } from '../messages.ts';
import type { RingView } from '../layout/ring-view.ts';
import type { RingWork } from '../ring-work.ts';
import { paysToMove } from './gain.ts';
import { LoadMeter } from './load-meter.ts';

export class Balancer {
  readonly meter: LoadMeter;
  /** At position 0: whether the line is to be cut anew at the next boundary. */
  isWanted = false;
  private readonly world: World<LoadMessage>;
  private readonly work: RingWork;
  private view: RingView | null = null;

  constructor(world: World, work: RingWork) {
    this.world = world as World<LoadMessage>;
    this.work = work;
    this.meter = new LoadMeter(world, work.assignment.hosts[world.self]);
  }

  /** What this host reached when that was read last. */
  get record(): NodeRecord {
    const record = this.work.measured(this.world.self);
    const { slowness } = this.meter;
    return {
      ...record,
      speedFlopsPerSecond: record.speedFlopsPerSecond / slowness,
      taskOverheadNs: record.taskOverheadNs * slowness,
    };
  }

  /** A new view is in use. */
  enter(view: RingView): void {
    this.view = view;
    this.isWanted = false;
  }

  /** A position of this node has made an update. The first one sends a token. */
  updated(position: number, version: number): void {
    const { nodes } = this.view!;
    const { every } = this.work.options.balance!;
    const isDue = version % every === 0 && version + 1 < this.work.training.iterations;
    if (position > 0 || nodes.length === 1 || !isDue) return;
    this.add({ to: 0, version, records: emptyRecords(nodes.length) });
  }

  /** The token: it goes on with a record more, until it is back where it began. */
  receive(message: LoadMessage): void {
    if (message.to > 0) return this.add(message);
    const { bounds } = this.view!;
    const { version, records } = message;
    // The iteration after that version is under way: none of it can be saved.
    const left = this.work.training.iterations - version - 1;
    this.isWanted = paysToMove(this.work, bounds, records, left);
  }

  private add({ to: position, version, records }: Omit<LoadMessage, 'kind' | 'epoch'>): void {
    const { nodes, epoch } = this.view!;
    this.meter.read();
    writeRecord(records, position, this.record);
    const to = (position + 1) % nodes.length;
    const message = { kind: 'LOAD', epoch, to, version, records } as const;
    this.world.send(nodes[to], message, RECORD_BYTES * (position + 1));
  }
}

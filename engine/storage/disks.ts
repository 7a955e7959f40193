/**
 * The disk of each host: one small record, which outlives the node and belongs to its host alone. A write takes
 * latency plus bytes over bandwidth; until it ends the earlier record is there. It must not know what records mean.
 */
import type { Accounting } from '../accounting.ts';
import { transferNs } from '../cost.ts';
import type { StorageSpec } from '../faults/fault-rule.ts';
import type { HostSpec } from '../host-spec.ts';
import type { Kernel } from '../kernel.ts';
import { plainCopy } from './plain-copy.ts';
import { RecordQueue, type RecordWrite } from './record-queue.ts';
import type { StorageClient } from './storage.ts';
import type { NodeId } from '../world.ts';

/** A solid-state disk, with durable writes. */
export const DEFAULT_DISK: StorageSpec = { latencyNs: 100_000, bandwidthBytesPerSecond: 1e9 };

/** One host's disk. */
interface Disk {
  /** What is there; null on a new or lost disk. */
  record: object | null;
  /** Of the present incarnation. */
  queue: RecordQueue;
  writing: RecordWrite | null;
  event: number;
  endNs: number;
  restNs: number;
}

export class Disks {
  private readonly kernel: Kernel;
  private readonly accounting: Accounting;
  private readonly hosts: readonly HostSpec[];
  private readonly clients: readonly StorageClient[];
  private readonly disks: Disk[] = [];
  /** Registered by the first write, so that runs without writes have the digest of a world without disks. */
  private writeEnd: number | null = null;

  /** `clients`, one a node, may be filled until the first event. */
  constructor(
    kernel: Kernel,
    accounting: Accounting,
    hosts: readonly HostSpec[],
    clients: readonly StorageClient[],
  ) {
    this.kernel = kernel;
    this.accounting = accounting;
    this.hosts = hosts;
    this.clients = clients;
  }

  /** A copy of what is on the host's disk; null if nothing is. */
  recordOf(node: NodeId): object | null {
    return plainCopy(this.disks[node]?.record ?? null);
  }

  /** Replaces the record, unless a newer one comes before its turn; the client is told when it is written. */
  persist(node: NodeId, record: object, bytes: number): void {
    this.diskOf(node).queue.put(record, bytes);
  }

  /** The host is paused, and its write with it. */
  stop(node: NodeId): void {
    const disk = this.disks[node];
    if (!disk?.writing) return;
    this.kernel.cancel(disk.event);
    disk.restNs = disk.endNs - this.kernel.now;
  }

  /** The host resumes. */
  goOn(node: NodeId): void {
    const disk = this.disks[node];
    if (disk?.writing) this.scheduleEnd(node, disk, disk.restNs);
  }

  /** The host has crashed: its writes never end. `isLost`: the disk is gone too. */
  drop(node: NodeId, isLost: boolean): void {
    const disk = this.disks[node];
    if (!disk) return;
    if (isLost) disk.record = null;
    disk.queue = this.queueOf(node);
    if (!disk.writing) return;
    disk.writing = null;
    this.kernel.cancel(disk.event);
    this.accounting.storageEnded(node, this.kernel.now);
  }

  private begin(node: NodeId, write: RecordWrite): void {
    const disk = this.diskOf(node);
    const { latencyNs, bandwidthBytesPerSecond } = this.hosts[node].disk ?? DEFAULT_DISK;
    disk.writing = write;
    this.accounting.storageBegan(node, this.kernel.now);
    const tookNs = Math.ceil(latencyNs) + transferNs(write.bytes, bandwidthBytesPerSecond);
    this.scheduleEnd(node, disk, tookNs);
  }

  private end(node: NodeId): void {
    const disk = this.diskOf(node);
    disk.record = disk.writing!.record;
    disk.writing = null;
    this.accounting.storageEnded(node, this.kernel.now);
    this.clients[node].tell({ kind: 'persisted', queue: disk.queue });
  }

  private scheduleEnd(node: NodeId, disk: Disk, afterNs: number): void {
    this.writeEnd ??= this.kernel.register((number) => this.end(number));
    disk.endNs = this.kernel.now + afterNs;
    disk.event = this.kernel.schedule(disk.endNs, this.writeEnd, node, 0);
  }

  private diskOf(node: NodeId): Disk {
    return (this.disks[node] ??= {
      ...{ record: null, queue: this.queueOf(node), writing: null },
      ...{ event: 0, endNs: 0, restNs: 0 },
    });
  }

  private queueOf(node: NodeId): RecordQueue {
    return new RecordQueue((write) => this.begin(node, write));
  }
}

/**
 * Storage that outlives every node. Each host has its own connection to it and does one operation at a time: latency
 * plus bytes over bandwidth. A value is there once its operation has ended, and no part of it before. It must not
 * know what the values mean.
 */
import type { Accounting } from '../accounting.ts';
import { storageNs } from '../cost.ts';
import type { StorageSpec } from '../faults/fault-rule.ts';
import { type Kernel, NEVER } from '../kernel.ts';
import type { Notification } from '../notifications.ts';
import { plainCopy } from './plain-copy.ts';
import { isBefore } from './stamp.ts';
import type { NodeId, Stamp } from '../world.ts';

/** Is told when its operations end. */
export interface StorageClient {
  tell(item: Notification): void;
}

interface Stored {
  readonly value: object;
  readonly bytes: number;
  readonly stamp: Stamp;
}

/** A write; a read where `stored` is null. */
interface Operation {
  readonly name: string;
  readonly stored: Stored | null;
}

/** One host's connection to the storage. */
class Connection {
  readonly operations: Operation[] = [];
  /** What the running read has found. */
  found: Stored | null = null;
  event = 0;
  endNs = 0;
  restNs = 0;
  /** The host is paused, and its operation with it. */
  isStopped = false;
}

/** Bytes of the running operation. */
function bytesOf({ operations, found }: Connection): number {
  return (operations[0].stored ?? found)?.bytes ?? 0;
}

export class Storage {
  private readonly kernel: Kernel;
  private readonly accounting: Accounting;
  private readonly spec: StorageSpec;
  private readonly clients: readonly StorageClient[];
  private readonly operationEnd: number;
  private readonly stored = new Map<string, Stored>();
  private readonly connections: Connection[] = [];

  /** `clients`, one a node, may be filled until the first event. */
  constructor(
    kernel: Kernel,
    accounting: Accounting,
    spec: StorageSpec,
    clients: readonly StorageClient[],
  ) {
    this.kernel = kernel;
    this.accounting = accounting;
    this.spec = spec;
    this.clients = clients;
    this.operationEnd = kernel.register((node) => this.end(node));
  }

  /**
   * Writes a copy of the value, unless what has the name by then has a later stamp; the client is told whether it was
   * written.
   */
  save(node: NodeId, name: string, value: object, bytes: number, stamp: Stamp): void {
    const copy = plainCopy(value, `save: '${name}'`);
    this.enqueue(node, { name, stored: { value: copy, bytes, stamp } });
  }

  /** Reads what is there when the operation begins; the client gets a copy, or null. */
  load(node: NodeId, name: string): void {
    this.enqueue(node, { name, stored: null });
  }

  /** The host is paused, and its operation with it. */
  stop(node: NodeId): void {
    const connection = this.connectionOf(node);
    if (connection.operations.length === 0) return;
    this.kernel.cancel(connection.event);
    connection.isStopped = true;
    connection.restNs = connection.endNs - this.kernel.now;
  }

  /** The host resumes. */
  goOn(node: NodeId): void {
    const connection = this.connectionOf(node);
    connection.isStopped = false;
    if (connection.operations.length > 0) this.scheduleEnd(node, connection, connection.restNs);
  }

  /** The host has crashed: its operations never end. */
  drop(node: NodeId): void {
    const connection = this.connectionOf(node);
    if (connection.operations.length === 0) return;
    this.kernel.cancel(connection.event);
    for (let left = connection.operations.length; left > 0; left--)
      this.accounting.storageEnded(node, this.kernel.now);
    connection.operations.length = 0;
    connection.isStopped = false;
    connection.found = null;
  }

  /** True while a running operation will end before modelled time does. */
  get willEnd(): boolean {
    return this.underWay().some(({ connection }) => connection.event !== NEVER);
  }

  /** An operation that ends after modelled time does, if there is one. */
  get endless(): { node: NodeId; bytes: number } | null {
    const late = this.underWay().find(({ connection }) => connection.event === NEVER);
    return late ? { node: late.node, bytes: bytesOf(late.connection) } : null;
  }

  /** Connections with an operation that is not paused. */
  private underWay(): { node: NodeId; connection: Connection }[] {
    return this.connections.flatMap((connection, node) =>
      connection.operations.length > 0 && !connection.isStopped ? [{ node, connection }] : [],
    );
  }

  private enqueue(node: NodeId, operation: Operation): void {
    const connection = this.connectionOf(node);
    this.accounting.storageBegan(node, this.kernel.now);
    if (connection.operations.push(operation) === 1) this.begin(node, connection);
  }

  private begin(node: NodeId, connection: Connection): void {
    const { name, stored } = connection.operations[0];
    if (!stored) connection.found = this.stored.get(name) ?? null;
    this.scheduleEnd(node, connection, storageNs(bytesOf(connection), this.spec));
  }

  private end(node: NodeId): void {
    const connection = this.connectionOf(node);
    const { name, stored } = connection.operations.shift()!;
    const { found } = connection;
    connection.found = null;
    const there = this.stored.get(name);
    const isNewest = !!stored && !(there && isBefore(stored.stamp, there.stamp));
    if (isNewest) this.stored.set(name, stored);
    this.accounting.storageEnded(node, this.kernel.now);
    if (connection.operations.length > 0) this.begin(node, connection);
    if (stored) this.clients[node].tell({ kind: 'saved', name, isNewest });
    else
      this.clients[node].tell({
        kind: 'loaded',
        name,
        value: found ? plainCopy(found.value) : null,
      });
  }

  private scheduleEnd(node: NodeId, connection: Connection, afterNs: number): void {
    connection.endNs = this.kernel.now + afterNs;
    connection.event = this.kernel.schedule(connection.endNs, this.operationEnd, node, 0);
  }

  private connectionOf(node: NodeId): Connection {
    return (this.connections[node] ??= new Connection());
  }
}

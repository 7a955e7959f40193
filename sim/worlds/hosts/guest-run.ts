/**
 * A run of somebody else's that has nodes on this host: a station for each, told what to do over one connection. When
 * that ends, all ends. It knows nothing of what the nodes do.
 */
import { Worker } from 'node:worker_threads';
import type { NodeId } from '../../../engine/world.ts';
import { BUNDLED_WORKER_OPTIONS } from '../bundle.ts';
import type { FramedSocket } from '../stations/framed-socket.ts';
import { Station } from '../stations/station.ts';
import type { ToStation } from '../stations/station-messages.ts';
import { LONGEST_BYTES } from '../stations/transport.ts';
import { WireError } from '../wire/codec.ts';
import { readAddress } from './addresses.ts';
import {
  ALIVE_MS,
  controlFrame,
  type FromHost,
  readControl,
  type StartHere,
  type ToHost,
} from './control-messages.ts';
import { type Hello, type RunMark, digestOf } from './hello.ts';
import type { Keys } from './keys.ts';
import { type Cluster, TlsTransport } from './tls-transport.ts';

interface Guest {
  readonly station: Station;
  readonly transport: TlsTransport;
}

/** What a host gives to the runs on it. */
interface Hosting {
  readonly keys: Keys;
  /** Of the thread of a node. */
  readonly code: string;
  /** Writes one line. */
  log(line: string): void;
}

export class GuestRun {
  readonly mark: RunMark;
  /** Resolves when nothing of it is left. */
  readonly over: Promise<void>;
  private readonly control: FramedSocket;
  private readonly hosting: Hosting;
  private readonly guests = new Map<NodeId, Guest>();
  private readonly alive: NodeJS.Timeout;
  private work: { readonly value: unknown; readonly cluster: Cluster } | null = null;

  constructor(hosting: Hosting, mark: RunMark, control: FramedSocket) {
    this.hosting = hosting;
    this.mark = mark;
    this.control = control;
    control.limit(LONGEST_BYTES);
    control.expectTalk();
    control.onFrame((content) => this.guarded(readControl<ToHost>(content)));
    this.over = new Promise((resolve) => control.onClose((why) => resolve(this.close(why))));
    this.say({ kind: 'welcome' });
    this.alive = setInterval(() => this.say({ kind: 'alive' }), ALIVE_MS);
  }

  /** A node of another host calls one of this one; false if that is not here. */
  called(socket: FramedSocket, hello: Hello & { kind: 'peer' }): boolean {
    const { from, fromIncarnation, to, toIncarnation } = hello;
    socket.limit(LONGEST_BYTES);
    const caller = { peer: from, incarnation: fromIncarnation };
    const isHere = this.guests.get(to)?.transport.enter(toIncarnation, socket, caller) === true;
    if (isHere) this.hosting.log(`node ${from} connects to node ${to}`);
    return isHere;
  }

  /** Ends the run here, for that reason. */
  end(why: string): void {
    this.control.drop(why);
  }

  /** A message that makes no sense ends the run, and not the host. */
  private guarded(message: ToHost): void {
    try {
      this.told(message);
    } catch (error) {
      if (error instanceof WireError) throw error;
      this.end(`a message '${message.kind}' made no sense: ${(error as Error).message}`);
    }
  }

  private told(message: ToHost): void {
    switch (message.kind) {
      case 'clock':
        return this.say({ kind: 'clock', timeNs: Number(process.hrtime.bigint()) });
      case 'work':
        return this.take(message);
      case 'place':
        return this.place(message);
      case 'to':
        return this.guests.get(message.node)?.station.told(here(message.message));
      case 'end':
        return void this.dismiss(message.node);
    }
  }

  private take({ work, addresses }: ToHost & { kind: 'work' }): void {
    if (digestOf(work) !== this.mark.digest)
      throw new WireError('the scenario is not the one that was announced');
    const { keys } = this.hosting;
    const cluster = {
      ...{ keys, mark: this.mark },
      addresses: addresses.map((address) => readAddress('the address of a node', address)),
    };
    this.work = { value: work, cluster };
  }

  private place({ setup }: ToHost & { kind: 'place' }): void {
    if (this.work === null) throw new WireError('a node comes before the work');
    const { node, incarnations } = setup;
    if (this.guests.has(node)) throw new WireError(`node ${node} is here already`);
    const { value, cluster } = this.work;
    const transport = new TlsTransport(cluster, node, incarnations[node]);
    const station = new Station(
      setup,
      value,
      transport,
      {
        tell: (message) => this.say({ kind: 'from', node, message }),
        refused: ({ peer }, why) =>
          this.hosting.log(`refused node ${peer} at node ${node}: ${why}`),
      },
      (workerData) =>
        new Worker(this.hosting.code, {
          ...BUNDLED_WORKER_OPTIONS,
          workerData,
          name: `node ${node}`,
        }),
    );
    this.guests.set(node, { station, transport });
    void station.listen();
  }

  private async dismiss(node: NodeId): Promise<void> {
    const guest = this.guests.get(node);
    this.guests.delete(node);
    await guest?.station.end();
    this.say({ kind: 'ended', node });
  }

  private say(message: FromHost): void {
    this.control.write(controlFrame(message));
  }

  private async close(why: string): Promise<void> {
    clearInterval(this.alive);
    this.hosting.log(`the run is over: ${why}`);
    const guests = [...this.guests.values()];
    this.guests.clear();
    await Promise.all(guests.map(({ station }) => station.end()));
  }
}

/** On the clock of this host. */
function here(message: ToStation | StartHere): ToStation {
  if (message.kind !== 'startHere') return message;
  return { kind: 'start', origin: BigInt(Math.round(message.originNs)) };
}

/** The connection of the process that conducts a run to one host. What is said to the host waits until it is ready. */
import type { TLSSocket } from 'node:tls';
import type { NodeId } from '../../../engine/world.ts';
import { signal } from '../real/signal.ts';
import { FramedSocket } from '../stations/framed-socket.ts';
import type { FromStation } from '../stations/station-messages.ts';
import { LONGEST_BYTES } from '../stations/transport.ts';
import { type Address, addressText } from './addresses.ts';
import {
  ALIVE_MS,
  controlFrame,
  type FromHost,
  readControl,
  type ToHost,
} from './control-messages.ts';
import { helloFrame, type RunMark } from './hello.ts';
import type { Keys } from './keys.ts';
import { connectMember, whyNot } from './members.ts';

/** The clock of a host is read that often; the reading that took the shortest is the truest. */
const CLOCK_READINGS = 8;

export class HostLink {
  private readonly name: string;
  private readonly tls: TLSSocket;
  private readonly socket: FramedSocket;
  private readonly alive: NodeJS.Timeout;
  /** Gets what the station of each node says. */
  private readonly heard = new Map<NodeId, (message: FromStation) => void>();
  private readonly ended = new Map<NodeId, () => void>();
  private readonly over = signal();
  /** To be said when the host is ready; null from then on. */
  private early: ToHost[] | null = [];
  private isIn = false;
  private readonly askedNs: bigint[] = [];
  private shortestNs = Infinity;
  /** The host's clock minus that of this machine. */
  private offsetNs = 0;
  private readonly work: ToHost;
  /** Why there is no connection any more. */
  private failure: string | null = null;

  constructor(keys: Keys, address: Address, mark: RunMark, work: ToHost) {
    this.name = addressText(address);
    this.work = work;
    this.tls = connectMember(keys, address, () =>
      this.socket.open(helloFrame(this.tls, { kind: 'conduct', ...mark })),
    );
    this.tls.on('error', (error) =>
      this.fail(
        this.isIn ? `the connection has broken: ${error.message}` : whyNot(error, this.tls),
      ),
    );
    this.socket = new FramedSocket(this.tls, LONGEST_BYTES, false);
    this.socket.expectTalk();
    this.socket.onFrame((content) => this.told(readControl<FromHost>(content)));
    this.socket.onClose((why) => {
      clearInterval(this.alive);
      this.fail(this.isIn ? why : `${why} before it let this run in: does it have the same keys?`);
      this.over.give();
    });
    this.alive = setInterval(() => this.send({ kind: 'alive' }), ALIVE_MS);
  }

  /** From now on that gets what the station of the node says. */
  hear(node: NodeId, heard: (message: FromStation) => void): void {
    this.heard.set(node, heard);
    if (this.failure !== null) heard({ kind: 'lost', what: this.failure });
  }

  send(message: ToHost): void {
    if (this.early !== null) this.early.push(message);
    else this.socket.write(controlFrame(this.onItsClock(message)));
  }

  /** Ends the node; resolves when it does nothing any more. */
  async end(node: NodeId): Promise<void> {
    this.heard.delete(node);
    if (this.failure !== null) return;
    await new Promise<void>((resolve) => {
      this.ended.set(node, resolve);
      this.send({ kind: 'end', node });
    });
  }

  async close(): Promise<void> {
    this.failure ??= 'it was closed here';
    if (this.early === null) this.socket.end();
    else this.socket.drop('it was closed here');
    await this.over.given;
  }

  private told(message: FromHost): void {
    if (message.kind === 'welcome') {
      this.isIn = true;
      this.readClock();
    }
    if (message.kind === 'refused') this.fail(`refuses: ${message.why}`);
    else if (message.kind === 'clock') this.clockRead(message.timeNs);
    else if (message.kind === 'ended') {
      this.ended.get(message.node)?.();
      this.ended.delete(message.node);
    } else if (message.kind === 'from') this.heard.get(message.node)?.(message.message);
  }

  private readClock(): void {
    this.askedNs.push(process.hrtime.bigint());
    this.socket.write(controlFrame({ kind: 'clock' }));
  }

  private clockRead(theirNs: number): void {
    const asked = this.askedNs.at(-1)!;
    const tookNs = Number(process.hrtime.bigint() - asked);
    if (tookNs < this.shortestNs) {
      this.shortestNs = tookNs;
      this.offsetNs = theirNs - (Number(asked) + tookNs / 2);
    }
    if (this.askedNs.length < CLOCK_READINGS) return this.readClock();
    const early = this.early ?? [];
    this.early = null;
    for (const message of [this.work, ...early]) this.send(message);
  }

  private onItsClock(message: ToHost): ToHost {
    if (message.kind !== 'to' || message.message.kind !== 'start') return message;
    const originNs = Number(message.message.origin) + this.offsetNs;
    return { ...message, message: { kind: 'startHere', originNs } };
  }

  /** The first failure counts. */
  private fail(why: string): void {
    if (this.failure !== null) return;
    this.failure = `host ${this.name}: ${why}`;
    for (const heard of this.heard.values()) heard({ kind: 'lost', what: this.failure });
    for (const ended of this.ended.values()) ended();
    this.ended.clear();
  }
}

/**
 * What messages cost the engine of a host beside their way: packing each one that is sent, and unpacking each that comes
 * before its node hears of it. That is the overhead o of LogP (Culler et al., PPoPP 1993), with a part for each byte.
 */
import { messageNs } from '../cost.ts';
import type { HostSpec } from '../host-spec.ts';
import type { Job } from '../world.ts';

/** The job in which an engine does what it owes to messages while it has no other. */
export const MESSAGE_WORK: Job = { name: 'messages', flops: 0, run() {} };

export class MessageWork {
  private readonly host: HostSpec;
  /** Messages of the inbox that the node can hear of, or can when the job under way ends: the oldest. */
  unpacked = 0;
  /** Not done yet. */
  private owedNs = 0;
  /** The job under way goes on, to unpack what came before its end. */
  private prolongs = false;

  constructor(host: HostSpec) {
    this.host = host;
  }

  get isOwed(): boolean {
    return this.owedNs > 0;
  }

  /** A message goes out; `bytes` with its header. */
  sent(bytes: number): void {
    this.owedNs += messageNs(this.host.sending, bytes);
  }

  /** A message has come; `bytes` with its header. */
  received(bytes: number): void {
    this.owedNs += messageNs(this.host.receiving, bytes);
  }

  /** A message waits, the last of so many: it is unpacked where it costs nothing and all before it are. */
  waits(inInbox: number): void {
    if (!this.isOwed) this.unpacked = inInbox;
  }

  /** The node hears of the oldest of the inbox. */
  heard(): void {
    this.unpacked--;
  }

  /** Nanoseconds of all that is owed, which the engine does now; `inInbox` messages are unpacked then. */
  take(inInbox: number): number {
    const ns = this.owedNs;
    this.owedNs = 0;
    this.unpacked = inInbox;
    return ns;
  }

  /** The job under way has come to its end: whether it is to go on for what came meanwhile, as it does once. */
  prolongsJob(): boolean {
    this.prolongs = this.isOwed && !this.prolongs;
    return this.prolongs;
  }

  /** Of a host that has crashed. */
  drop(): void {
    this.take(0);
    this.prolongs = false;
  }
}

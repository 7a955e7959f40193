/**
 * The world as one of a node's seats has it: messages between seats of a node pass no wire, alarms and memory are kept
 * apart by seat, and of jobs the node does one at a time.
 */
import type {
  Job,
  Message,
  NodeId,
  NoteValue,
  RandomStream,
  Stamp,
  World,
} from '../../../../engine/world.ts';
import type { ParameterServerJob } from '../jobs.ts';
import type { ServerMessage } from '../messages.ts';

/** The node, as far as its seats ask it for things. */
export interface SeatHost {
  readonly world: World;
  send(to: NodeId, message: ServerMessage, bytes: number, from: NodeId): void;
  compute(job: ParameterServerJob): void;
  /** Its answer, `saved` or `loaded`, is for that seat. */
  awaits(name: string, seat: NodeId): void;
}

export class SeatWorld implements World<ServerMessage> {
  readonly self: NodeId;
  readonly incarnation: number;
  readonly disk: object | null;
  private readonly host: SeatHost;
  /** What tells its items of memory from those of other seats. */
  private readonly suffix: string;

  constructor(host: SeatHost, seat: NodeId, suffix: string) {
    this.host = host;
    this.self = seat;
    this.suffix = suffix;
    this.incarnation = host.world.incarnation;
    this.disk = host.world.disk;
  }

  send(to: NodeId, message: ServerMessage, bytes: number): void {
    this.host.send(to, message, bytes, this.self);
  }

  compute(job: Job): void {
    const own = job as ParameterServerJob;
    own.seat = this.self;
    this.host.compute(own);
  }

  save(name: string, value: object, bytes: number, stamp?: Stamp): void {
    this.host.awaits(name, this.self);
    this.host.world.save(name, value, bytes, stamp);
  }

  load(name: string): void {
    this.host.awaits(name, this.self);
    this.host.world.load(name);
  }

  wake(alarm: string, afterNs: number): void {
    this.host.world.wake(alarmOf(this.self, alarm), afterNs);
  }

  cancel(alarm: string): void {
    this.host.world.cancel(alarmOf(this.self, alarm));
  }

  hold(item: string, bytes: number): void {
    this.host.world.hold(item + this.suffix, bytes);
  }

  release(item: string, bytes: number): void {
    this.host.world.release(item + this.suffix, bytes);
  }

  now(): number {
    return this.host.world.now();
  }

  random(stream: string): RandomStream {
    return this.host.world.random(stream);
  }

  note(name: string, value: NoteValue): void {
    this.host.world.note(name, value);
  }

  giveUp(reason: string): void {
    this.host.world.giveUp(reason);
  }

  /** Membership is the node's: no seat asks for what follows. */
  watch(peer: NodeId): void {
    this.host.world.watch(peer);
  }

  unwatch(peer: NodeId): void {
    this.host.world.unwatch(peer);
  }

  hangUp(peer: NodeId, incarnation?: number): void {
    this.host.world.hangUp(peer, incarnation);
  }

  persist(record: object, bytes: number): void {
    this.host.world.persist(record, bytes);
  }
}

/** What goes over the wire from a seat of one node to a seat of another. The seats are in its header. */
export interface Envelope extends Message {
  /** That of what is said. */
  readonly kind: ServerMessage['kind'];
  readonly from: NodeId;
  readonly to: NodeId;
  readonly said: ServerMessage;
}

const SEAT = /^seat (\d+)\/(.*)$/;

function alarmOf(seat: NodeId, alarm: string): string {
  return `seat ${seat}/${alarm}`;
}

/** The seat that has set an alarm, and what it calls it. Undefined: no seat has. */
export function seatOfAlarm(alarm: string): { seat: NodeId; alarm: string } | undefined {
  const [, seat, own] = SEAT.exec(alarm) ?? [];
  return seat === undefined ? undefined : { seat: Number(seat), alarm: own };
}

/**
 * A node that has several seats of a parameter server: a worker, a server and standbys beside each other (PROTOCOLS D). They
 * are the same objects as on nodes of their own. The node does their jobs one at a time, in the order in which they ask, and
 * keeps what comes for a seat until its job is over, as a world would. Membership counts the node once.
 */
import type { Job, Message, Node, NodeId, World } from '../../../../engine/world.ts';
import { NOTES } from '../../../spec/notes.ts';
import type { ParameterServerJob } from '../jobs.ts';
import type { ServerLayout } from '../layout.ts';
import type { Member, MemberSettings } from '../member.ts';
import type { ServerMessage } from '../messages.ts';
import { type Envelope, type SeatHost, SeatWorld, seatOfAlarm } from './seat-world.ts';
import { SeatViews } from './seat-views.ts';
import type { Seating } from './seating.ts';
import type { SeatMaker } from './seat-maker.ts';

interface Letter {
  readonly to: NodeId;
  readonly from: NodeId;
  readonly message: ServerMessage;
}

interface Seat {
  readonly number: NodeId;
  readonly member: Member;
  /** What has come for it while it has a job that is not over. */
  readonly waiting: Letter[];
  job: Job | null;
}

export class ServingWorker implements Node, SeatHost {
  readonly world: World;
  private readonly seats: readonly Seat[];
  private readonly layout: ServerLayout;
  /** Null: nothing can fail. */
  private readonly views: SeatViews | null;
  /** Whose job the engine is at. */
  private running: Seat | null = null;
  /** Those whose jobs wait for it. */
  private readonly asking: Seat[] = [];
  /** From one seat of the node to another. */
  private readonly letters: Letter[] = [];
  /** By name, in order: the seats that have written or read it. */
  private readonly awaiting = new Map<string, NodeId[]>();

  constructor(
    world: World,
    settings: Pick<MemberSettings, 'layout' | 'detector'>,
    seating: Seating,
    make: SeatMaker,
  ) {
    const { layout, detector } = settings;
    this.world = world;
    this.layout = layout;
    this.views = detector && new SeatViews(world, detector, seating);
    this.seats = seating.byNode[world.self].map((number): Seat => {
      const suffix = number < layout.workers ? '' : ` of shard ${layout.shardOf(number)}`;
      const seatWorld = new SeatWorld(this, number, suffix);
      const open = this.views && ((member: Member) => this.views!.open(member));
      const member = make(seatWorld, open);
      return { number, member, waiting: [], job: null };
    });
  }

  get phase(): string {
    return this.seats.map(({ member }) => member.phase).join(', ');
  }

  /** As on a node of its own, a seat ends the job that it has before it is finished. */
  get finished(): boolean {
    return this.seats.every(({ member, job }) => member.finished && job === null);
  }

  waitsFor(): string {
    const unfinished = this.seats.filter(({ member }) => !member.finished);
    return [...new Set(unfinished.map(({ member }) => member.waitsFor()))].join('; ');
  }

  start(): void {
    for (const { member } of this.seats) member.start();
    this.views?.membership.start();
    this.settle();
  }

  receive(message: Message, from: NodeId): void {
    if (!this.views?.membership.receive(message, from)) {
      const { to, from: writer, said } = message as Envelope;
      this.deliver({ to, from: writer, message: said });
    }
    this.settle();
  }

  computed(job: Job): void {
    const seat = this.running!;
    this.handOver(seat);
    this.running = null;
    seat.job = null;
    seat.member.computed(job);
    this.settle();
  }

  woken(alarm: string): void {
    const own = seatOfAlarm(alarm);
    if (own === undefined) this.views?.membership.woken(alarm);
    else this.seatOf(own.seat).member.woken(own.alarm);
    this.settle();
  }

  suspected(peer: NodeId): void {
    this.world.note(NOTES.suspected, { peer });
    this.views?.membership.suspected(peer);
    this.settle();
  }

  persisted(): void {
    this.views?.membership.persisted();
    this.settle();
  }

  saved(name: string, isNewest: boolean): void {
    this.answered(name).saved?.(name, isNewest);
    this.settle();
  }

  loaded(name: string, value: object | null): void {
    this.answered(name).loaded?.(name, value);
    this.settle();
  }

  // What its seats ask for.

  send(to: NodeId, message: ServerMessage, bytes: number, from: NodeId): void {
    const node = this.layout.nodeOf(to);
    if (node === this.world.self) {
      this.letters.push({ to, from, message });
      return;
    }
    const envelope: Envelope = { kind: message.kind, from, to, said: message };
    this.world.send(node, envelope, bytes);
  }

  compute(job: ParameterServerJob): void {
    const seat = this.seatOf(job.seat!);
    seat.job = job;
    this.asking.push(seat);
  }

  awaits(name: string, seat: NodeId): void {
    const seats = this.awaiting.get(name);
    if (seats === undefined) this.awaiting.set(name, [seat]);
    else seats.push(seat);
  }

  /** What has been asked for in a handler is done once it has returned. */
  private settle(): void {
    const { letters } = this;
    while (letters.length > 0) this.deliver(letters.shift()!);
    if (this.running !== null || this.asking.length === 0) return;
    this.running = this.asking.shift()!;
    this.world.compute(this.running.job!);
  }

  /** A seat takes nothing while its job waits or runs; what comes as it ends is taken before the end itself. */
  private deliver(letter: Letter): void {
    const seat = this.seatOf(letter.to);
    seat.waiting.push(letter);
    this.handOver(seat);
  }

  private handOver(seat: Seat): void {
    const { member, waiting } = seat;
    while (waiting.length > 0 && (seat.job === null || seat === this.running)) {
      const { message, from } = waiting.shift()!;
      member.receive(message, from);
    }
  }

  private answered(name: string): Node {
    const seats = this.awaiting.get(name)!;
    const seat = seats.shift()!;
    if (seats.length === 0) this.awaiting.delete(name);
    return this.seatOf(seat).member;
  }

  private seatOf(number: NodeId): Seat {
    return this.seats.find((seat) => seat.number === number)!;
  }
}

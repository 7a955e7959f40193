/**
 * Messages under way: who sent them when, how far their sender was, how long an empty network would take, and which link
 * of their route is to blame for the rest. It follows from the observed events alone.
 */
import type { Topology } from '../../../engine/network/topology.ts';
import type { NodeId } from '../../../engine/world.ts';
import { NOBODY, Standings } from './standings.ts';

export interface Flight {
  from: NodeId;
  to: NodeId;
  bytes: number;
  sentNs: number;
  /** On an empty network. */
  emptyNs: number;
  /** The slowest link of the route, and that with most bytes before it. */
  slowest: number;
  fullest: number;
}

export class InFlight {
  /** How far each message's sender was, by the number that `begin` returns. */
  readonly standings = new Standings(0);
  private readonly topology: Topology;
  private readonly numbers = new Map<number, number>();
  private readonly flights: Flight[] = [];
  private readonly free: number[] = [];
  private readonly route: Int32Array;
  /** Nanoseconds of a byte on each link, and bytes on their way to it or on it. */
  private readonly nsPerByte: Float64Array;
  private readonly waiting: Float64Array;

  constructor(topology: Topology) {
    this.topology = topology;
    this.route = new Int32Array(topology.longestRoute);
    this.waiting = new Float64Array(topology.linkCount);
    this.nsPerByte = new Float64Array(topology.linkCount);
    for (let link = 0; link < topology.linkCount; link++)
      this.nsPerByte[link] = 1e9 / topology.link(link).bandwidthBytesPerSecond;
  }

  /** A message was sent. Returns its place in `standings`. */
  begin(transfer: number, from: NodeId, to: NodeId, bytes: number, sentNs: number): number {
    this.forget(transfer);
    const number = this.free.pop() ?? this.newFlight();
    const flight = this.flights[number];
    flight.from = from;
    flight.to = to;
    flight.bytes = bytes;
    flight.sentNs = sentNs;
    flight.emptyNs = 0;
    flight.slowest = NOBODY;
    flight.fullest = NOBODY;
    this.numbers.set(transfer, number);
    this.load(flight, bytes);
    return number;
  }

  /** The path's time of its first transmission counts. */
  entered(transfer: number, emptyNs: number): void {
    const number = this.numbers.get(transfer);
    if (number === undefined) return;
    const flight = this.flights[number];
    if (flight.emptyNs === 0) flight.emptyNs = emptyNs;
  }

  numberOf(transfer: number): number | undefined {
    return this.numbers.get(transfer);
  }

  at(number: number): Flight {
    return this.flights[number];
  }

  /** The message is there, or will never be. */
  forget(transfer: number): void {
    const number = this.numbers.get(transfer);
    if (number === undefined) return;
    this.numbers.delete(transfer);
    this.unload(this.flights[number]);
    this.free.push(number);
  }

  /** Forgets messages that will not arrive. */
  forgetThose(areGone: (flight: Flight) => boolean): void {
    for (const [transfer, number] of this.numbers)
      if (areGone(this.flights[number])) this.forget(transfer);
  }

  /** One that is taken again and again: there are as many as were under way at once. */
  private newFlight(): number {
    const ends = { from: NOBODY, to: NOBODY, slowest: NOBODY, fullest: NOBODY };
    this.flights.push({ ...ends, bytes: 0, sentNs: 0, emptyNs: 0 });
    this.standings.reserve(this.flights.length);
    return this.flights.length - 1;
  }

  private load(flight: Flight, bytes: number): void {
    const { route, nsPerByte, waiting } = this;
    let [slowestNs, fullestNs] = [0, 0];
    const hops = this.topology.route(flight.from, flight.to, route);
    for (let hop = 0; hop < hops; hop++) {
      const link = route[hop];
      const beforeNs = waiting[link] * nsPerByte[link];
      if (nsPerByte[link] > slowestNs) [slowestNs, flight.slowest] = [nsPerByte[link], link];
      if (beforeNs > fullestNs) [fullestNs, flight.fullest] = [beforeNs, link];
      waiting[link] += bytes;
    }
    if (flight.fullest === NOBODY) flight.fullest = flight.slowest;
  }

  private unload({ from, to, bytes }: Flight): void {
    const hops = this.topology.route(from, to, this.route);
    for (let hop = 0; hop < hops; hop++) this.waiting[this.route[hop]] -= bytes;
  }
}

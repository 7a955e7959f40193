/** Data frames in flight, by transfer number. */
import type { DataFrame, MessageFrame, PlainFrame } from '../channel/frame.ts';

export interface Flight {
  /** Null where the number is free. */
  frame: MessageFrame | null;
  /** In order of sending. */
  order: number;
  /** The links of its path where it is not the usual route. */
  detour: Int32Array | null;
  departed: boolean;
  /** Held at a cut: the accounting does not count it as in flight. */
  isHeld: boolean;
}

export class Flights {
  private readonly flights: Flight[] = [];
  private readonly free: number[] = [];
  private order = 0;

  /** Adds a flight and returns its number. */
  add(frame: MessageFrame, detour: Int32Array | null): number {
    const order = this.order++;
    const number = this.free.pop();
    if (number === undefined)
      return this.flights.push({ frame, order, detour, departed: false, isHeld: false }) - 1;
    const flight = this.flights[number];
    flight.frame = frame;
    flight.order = order;
    flight.detour = detour;
    flight.departed = false;
    return number;
  }

  at(number: number): Flight {
    return this.flights[number];
  }

  /** Removes a flight and returns its frame; the number may be used again. */
  land(number: number): MessageFrame {
    const flight = this.flights[number];
    const frame = flight.frame!;
    flight.frame = null;
    flight.isHeld = false;
    this.free.push(number);
    return frame;
  }

  /** Gives plain frames their channels, in order of sending. */
  renew(renewed: (frame: PlainFrame) => DataFrame): void {
    for (const number of this.numbersOf(({ kind }) => kind === 'plain'))
      this.at(number).frame = renewed(this.at(number).frame as PlainFrame);
  }

  /** The numbers of the selected flights, in order of sending. */
  numbersOf(isMeant: (frame: MessageFrame, flight: Flight) => boolean): number[] {
    const numbers = this.flights.flatMap((flight, number) =>
      flight.frame && isMeant(flight.frame, flight) ? [number] : [],
    );
    return numbers.sort((one, other) => this.flights[one].order - this.flights[other].order);
  }
}

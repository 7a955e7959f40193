/** Data frames in the network, by the numbers of their transfers. */
import type { DataFrame } from '../channel/frame.ts';

export interface Flight {
  /** Null where the number is free. */
  frame: DataFrame | null;
  /** In order of sending. */
  readonly order: number;
  /** The links of its way where that is not the usual one. */
  readonly detour: Int32Array | null;
  departed: boolean;
  /** Standing still in a cut: as far as the books go nothing is under way. */
  isHeld: boolean;
}

export class Flights {
  private readonly flights: Flight[] = [];
  private readonly free: number[] = [];
  private order = 0;

  /** Gives the new flight its number. */
  add(frame: DataFrame, detour: Int32Array | null): number {
    const number = this.free.pop() ?? this.flights.length;
    this.flights[number] = { frame, order: this.order++, detour, departed: false, isHeld: false };
    return number;
  }

  at(number: number): Flight {
    return this.flights[number];
  }

  /** Empties a flight's place; its number may be used again. */
  land(number: number): DataFrame {
    const flight = this.flights[number];
    const frame = flight.frame!;
    flight.frame = null;
    flight.isHeld = false;
    this.free.push(number);
    return frame;
  }

  /** The numbers of those flights, in order of sending. */
  numbersOf(isMeant: (frame: DataFrame, flight: Flight) => boolean): number[] {
    const numbers = this.flights.flatMap((flight, number) =>
      flight.frame && isMeant(flight.frame, flight) ? [number] : [],
    );
    return numbers.sort((one, other) => this.flights[one].order - this.flights[other].order);
  }
}

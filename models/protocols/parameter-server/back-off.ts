/**
 * When a server next tries to bring a new epoch about: sooner the nearer it is to the head, and later each time that
 * another has got in its way, so that two do not thwart each other for ever, however long it takes to carry the state
 * over. It knows time alone, not what is tried.
 */
import type { World } from '../../../engine/world.ts';

export const ELECT_ALARM = 'elect';

/** How much longer one waits for the election of another than to try again oneself. */
const PATIENCE = 16;

export class BackOff {
  /** Whether the time of the next attempt is set. */
  isSet = false;
  /** How often another has got in the way since a view was last in force. */
  private thwarted = 0;

  constructor(
    private readonly world: World,
    /** Silence after which a peer is suspected. */
    private readonly silenceNs: number,
  ) {}

  /** Sets the time of the next attempt of a server that so many others come before. */
  set(place: number): void {
    this.wait(place + 1);
  }

  /** Gives another time to bring a view about. */
  yield(place: number): void {
    this.wait(PATIENCE * (place + 1));
  }

  /** Another has got in the way. */
  thwart(): void {
    this.thwarted++;
  }

  /** A view has come into force. */
  settle(): void {
    this.thwarted = 0;
  }

  /** The time has come, or what it was set for is over: a new reason sets it anew. */
  pass(): void {
    this.isSet = false;
  }

  /** No attempt is to be made. */
  cancel(): void {
    this.isSet = false;
    this.world.cancel(ELECT_ALARM);
  }

  private wait(silences: number): void {
    this.isSet = true;
    this.world.wake(ELECT_ALARM, silences * 2 ** this.thwarted * this.silenceNs);
  }
}

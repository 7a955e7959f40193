/**
 * A node without state that nobody takes in may be the last one there is, and one whose repairs never end may be cut off
 * in a way that nobody can see: the run must not come to stand still in silence. This counts the time and says so once;
 * whom the node asks, and how, is not its business.
 */
import { formatSeconds } from '../../engine/format.ts';
import type { World } from '../../engine/world.ts';

/** Silences of the detector after which a node says that it asks in vain. */
const IN_VAIN_SILENCES = 60;

export class StuckDetector {
  private readonly world: World;
  private readonly patienceNs: number;
  private readonly say: (reason: string) => void;
  private sinceNs: number | null = null;
  private hasSaid = false;

  /** `silenceNs` is the time after which the world calls a peer silent. */
  constructor(world: World, silenceNs: number, say: (reason: string) => void) {
    this.world = world;
    this.patienceNs = IN_VAIN_SILENCES * silenceNs;
    this.say = say;
  }

  /** The node asks to be taken in, maybe not for the first time. */
  asking(): void {
    this.tryingTo(
      (forNs) =>
        `this node has no state, and no ring has taken it in for ${formatSeconds(forNs / 1e9)}`,
    );
  }

  /** A repair has come to nothing, maybe not the first. */
  repairing(): void {
    this.tryingTo(
      (forNs) =>
        `no repair has come to an end here for ${formatSeconds(forNs / 1e9)}: some hear others who do not hear them`,
    );
  }

  /** It is in a view. */
  takenIn(): void {
    this.sinceNs = null;
    this.hasSaid = false;
  }

  private tryingTo(reason: (forNs: number) => string): void {
    this.sinceNs ??= this.world.now();
    const forNs = this.world.now() - this.sinceNs;
    if (this.hasSaid || forNs < this.patienceNs) return;
    this.hasSaid = true;
    this.say(reason(forNs));
  }
}

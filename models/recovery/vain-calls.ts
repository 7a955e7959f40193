/**
 * A node without state that nobody takes in may be the last one there is: the run must not come to stand still in
 * silence. This counts the time and says so once; whom it asks, and how, is not its business.
 */
import type { World } from '../../engine/world.ts';

/** Silences of the detector after which a node that nobody takes in says so. */
const IN_VAIN_SILENCES = 60;

export class VainCalls {
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
    this.sinceNs ??= this.world.now();
    const forNs = this.world.now() - this.sinceNs;
    if (this.hasSaid || forNs < this.patienceNs) return;
    this.hasSaid = true;
    this.say(`this node has no state, and no ring has taken it in for ${forNs} ns`);
  }

  /** It has been taken in. */
  takenIn(): void {
    this.sinceNs = null;
    this.hasSaid = false;
  }
}

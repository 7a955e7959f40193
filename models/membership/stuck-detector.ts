/** A run must not come to stand still in silence: a node that has waited very long for others says so, once. */
import { formatSeconds } from '../../engine/format.ts';
import type { World } from '../../engine/world.ts';
import type { MembershipSettings } from './host.ts';

/** Silences of the detector after which a node says that it waits in vain. */
const IN_VAIN_SILENCES = 60;

export class StuckDetector {
  private readonly world: World;
  private readonly patienceNs: number;
  private sinceNs: number | null = null;
  private hasSaid = false;

  constructor(world: World, { heartbeatNs, misses }: MembershipSettings) {
    this.world = world;
    this.patienceNs = IN_VAIN_SILENCES * heartbeatNs * misses;
  }

  /** The node still waits for that. What it is to say of it now; null if nothing. */
  waiting(what: string): string | null {
    this.sinceNs ??= this.world.now();
    const forNs = this.world.now() - this.sinceNs;
    if (this.hasSaid || forNs < this.patienceNs) return null;
    this.hasSaid = true;
    return `this node has waited for ${formatSeconds(forNs / 1e9)} for ${what}`;
  }

  /** It is in a view that goes on. */
  reset(): void {
    this.sinceNs = null;
    this.hasSaid = false;
  }
}

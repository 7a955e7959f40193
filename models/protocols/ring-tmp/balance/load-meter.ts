/** How long the jobs of a host take, against what its record says that they take. */
import { jobNs } from '../../../../engine/cost.ts';
import type { HostSpec } from '../../../../engine/host-spec.ts';
import type { Job, World } from '../../../../engine/world.ts';

export class LoadMeter {
  /** By what factor the jobs that were read last took longer than they should; 1 before. */
  slowness = 1;
  private readonly world: Pick<World, 'now'>;
  private readonly host: HostSpec;
  private beganNs = 0;
  private tookNs = 0;
  private expectedNs = 0;

  constructor(world: Pick<World, 'now'>, host: HostSpec) {
    this.world = world;
    this.host = host;
  }

  /** A job begins. */
  began(): void {
    this.beganNs = this.world.now();
  }

  /** It has ended. */
  ended({ flops, profile }: Job): void {
    this.tookNs += this.world.now() - this.beganNs;
    this.expectedNs += jobNs(this.host, flops, 1, profile);
  }

  /** Reads the jobs since the last time; without any, what was read then still holds. */
  read(): void {
    if (this.expectedNs > 0) this.slowness = this.tookNs / this.expectedNs;
    this.tookNs = 0;
    this.expectedNs = 0;
  }
}

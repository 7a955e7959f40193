/** What a node waits for, and what it does when it has waited long (see membership.ts). */
import { initiatorOf } from '../epoch.ts';
import type { ViewChange } from '../change.ts';
import { StuckDetector } from '../stuck-detector.ts';
import type { Admission } from './admission.ts';
import type { Follower } from './follower.ts';
import type { Initiator } from './initiator.ts';

/** Whom it passes on to. */
interface Parts<Inventory, Plan> {
  readonly initiator: Initiator<Inventory, Plan>;
  readonly admission: Admission;
  readonly follower: Follower<Inventory, Plan>;
}

export class Waiting<Inventory, Plan> {
  private readonly membership: ViewChange<Inventory, Plan>;
  private readonly parts: Parts<Inventory, Plan>;
  private readonly stuck: StuckDetector;

  constructor(membership: ViewChange<Inventory, Plan>, parts: Parts<Inventory, Plan>) {
    this.membership = membership;
    this.parts = parts;
    this.stuck = new StuckDetector(membership.world, membership.settings);
  }

  /** For what. */
  get what(): string {
    const { phase, record, missing, watches } = this.membership;
    if (phase === 'collecting') {
      const { certain, doubtful } = this.parts.initiator.proposal!.waiting(watches.silent);
      return `the promises of nodes ${[...certain, ...doubtful].join(', ')}`;
    }
    if (phase === 'halted') return `nodes ${missing.join(', ')}, to be more than half`;
    if (phase === 'joining') return 'a view to be taken into';
    if (phase === 'promised') return `node ${initiatorOf(record.promised)}, to install a view`;
    return phase === 'training' ? 'its work' : 'its disk or storage';
  }

  /** The work goes on. */
  over(): void {
    this.stuck.reset();
  }

  /** It has waited long. */
  long(): void {
    const { membership, parts } = this;
    const { retry, phase, host } = membership;
    retry.fallDue();
    const news = phase === 'training' ? null : this.stuck.waiting(this.what);
    if (news !== null) host.halted(news);
    if (phase === 'collecting') parts.initiator.remind();
    if (phase === 'promised') parts.follower.remind();
    if (phase === 'joining') parts.admission.ask(retry.attempt);
    if (phase === 'training' || phase === 'halted') membership.initiate();
    // All others wait ever longer: wires, disks and storage may be as slow as they like.
    const isActing = phase === 'joining' || phase === 'training' || phase === 'halted';
    retry.await(!isActing);
  }
}

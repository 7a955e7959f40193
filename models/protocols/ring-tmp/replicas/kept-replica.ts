/** The replica of one position that a node keeps, and the memory that it takes. */
import type { World } from '../../../../engine/world.ts';
import type { FollowedState } from '../../../learning/followed-state.ts';
import type { FloatArray } from '../../../learning/float-array.ts';
import type { Share } from '../../../pipeline/layout.ts';
import { EARLIER } from '../../../pipeline/stage/stage-memory.ts';
import { Replica } from '../../../replication/replica.ts';

/** What one takes: its state, and each gradient that is not applied. */
export type ReplicaCosts = Pick<Share['costs'], 'weightBytes' | 'optimizerBytes' | 'gradientBytes'>;

export class KeptReplica {
  readonly replica: Replica<FloatArray | null>;
  /** Null under `numerics: 'cost'`. */
  readonly followed: FollowedState | null;
  private readonly world: World;
  private readonly stateBytes: number;
  private readonly gradientBytes: number;

  constructor(
    world: World,
    replica: Replica<FloatArray | null>,
    followed: FollowedState | null,
    { weightBytes, optimizerBytes, gradientBytes }: ReplicaCosts,
  ) {
    this.world = world;
    this.replica = replica;
    this.followed = followed;
    this.stateBytes = weightBytes + optimizerBytes;
    this.gradientBytes = gradientBytes;
    this.hold();
  }

  /** Takes the step from that version to the next. */
  add(version: number, gradient: FloatArray | null): void {
    const { replica } = this;
    replica.add(version, gradient);
    this.world.hold(replica.due > 0 ? 'buffers' : 'pending', this.gradientBytes);
  }

  /** The oldest step has been made. */
  stepped(): void {
    this.world.release('buffers', this.gradientBytes);
    this.replica.stepped();
  }

  /** It is one of an earlier view. */
  retire(): void {
    this.release();
    this.world.hold(EARLIER, this.bytes);
  }

  drop(isRetired: boolean): void {
    if (isRetired) this.world.release(EARLIER, this.bytes);
    else this.release();
  }

  private get bytes(): number {
    return this.items().reduce((sum, [, bytes]) => sum + bytes, 0);
  }

  private hold(): void {
    for (const [item, bytes] of this.items()) this.world.hold(item, bytes);
  }

  private release(): void {
    for (const [item, bytes] of this.items()) this.world.release(item, bytes);
  }

  private items(): [string, number][] {
    const { replica, gradientBytes, stateBytes } = this;
    const heldBack = replica.high - replica.low - replica.due;
    const items: [string, number][] = [
      ['replicas', stateBytes],
      ['pending', heldBack * gradientBytes],
      ['buffers', replica.due * gradientBytes],
    ];
    return items.filter(([, bytes]) => bytes > 0);
  }
}

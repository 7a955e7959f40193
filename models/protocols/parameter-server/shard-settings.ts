/** What a server of a shard knows from the start. */
import type { SegmentState } from '../../learning/segment-state.ts';
import type { ConsistencyKind } from './consistency.ts';
import type { MemberSettings } from './member.ts';

export interface ShardServerSettings extends MemberSettings {
  readonly shard: number;
  readonly consistency: ConsistencyKind;
  /** The shard's initial weights, made anew at each call; null under `numerics: 'cost'`. */
  initial(): SegmentState | null;
}

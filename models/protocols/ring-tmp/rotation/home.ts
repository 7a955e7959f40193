/**
 * Where a block belongs: its weights and optimizer state stay here, copies of the weights go round, and the gradient of a
 * batch comes back for the update (PROTOCOLS A.7, rotation).
 */
import type { FloatArray } from '../../../learning/float-array.ts';
import { allocate } from '../../../learning/float-array.ts';
import { copyState, type SegmentState } from '../../../learning/segment-state.ts';
import type { RingWork } from '../ring-work.ts';
import type { BlockMessage, GetMessage, GradientMessage } from './rotation-messages.ts';

export class Home {
  /** Updates made. */
  version: number;
  /** Null without numerics. */
  private readonly followed: ReturnType<RingWork['follow']>;
  private readonly precision: 32 | 64;
  private gradient: GradientMessage | null = null;
  private wanted: GetMessage | null = null;
  /** Gives a block on its way to the node that asked for it. */
  private readonly give: (block: BlockMessage) => void;

  constructor(
    work: RingWork,
    version: number,
    state: SegmentState | null,
    give: (block: BlockMessage) => void,
  ) {
    this.version = version;
    this.followed = work.follow(state);
    this.precision = work.training.precision;
    this.give = give;
  }

  /** Borrowed, and changed by `update`. */
  get state(): SegmentState | null {
    return this.followed?.state ?? null;
  }

  copy(): SegmentState | null {
    return this.state && copyState(this.state);
  }

  /** Somebody asks for it: it goes as soon as its weights are those of that iteration. */
  asked(message: GetMessage): void {
    this.wanted = message;
    this.answer();
  }

  /** The gradient of a batch came; the update is due. */
  gradientArrived(message: GradientMessage): void {
    this.gradient = message;
  }

  get isDue(): boolean {
    return this.gradient !== null;
  }

  /** Makes the update that is due, in its job. */
  step(): void {
    this.followed?.step(this.gradient!.gradients!);
  }

  /** That job is over. */
  updated(): void {
    this.gradient = null;
    this.version++;
    this.answer();
  }

  private answer(): void {
    const { wanted } = this;
    if (wanted === null || wanted.iteration !== this.version) return;
    this.wanted = null;
    const { half, iteration, block } = wanted;
    const weights: FloatArray | null = this.state?.parameters.slice() ?? null;
    const gradients =
      weights === null || half === 'forward' ? null : allocate(this.precision, weights.length);
    this.give({ kind: 'BLOCK', half, iteration, round: 0, block, weights, gradients });
  }
}

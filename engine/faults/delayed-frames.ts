/** Frames that arrive by an event of their own: control frames, and data frames that are delayed or duplicated. */
import type { Frame } from '../channel/frame.ts';
import { type Kernel, NEVER } from '../kernel.ts';

/** A duplicate is not part of any accounting. */
interface DelayedFrame {
  readonly frame: Frame;
  readonly isDuplicate: boolean;
  /** The links of its path where it is not the usual route. */
  readonly detour: Int32Array | null;
}

export class DelayedFrames {
  private readonly kernel: Kernel;
  private readonly frames: ({ delayed: DelayedFrame; event: number } | null)[] = [];
  private readonly free: number[] = [];

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  /**
   * Schedules an event of that kind, with the number of the frame, after `ns`; never beyond the end of modelled time.
   */
  add(kind: number, delayed: DelayedFrame, ns: number): void {
    const number = this.free.pop() ?? this.frames.length;
    const event = this.kernel.schedule(this.kernel.now + ns, kind, number, 0);
    this.frames[number] = { delayed, event };
    if (event === NEVER) this.take(number);
  }

  /** Removes a frame whose event has fired; its number may be used again. */
  take(number: number): DelayedFrame {
    const { delayed } = this.frames[number]!;
    this.frames[number] = null;
    this.free.push(number);
    return delayed;
  }

  /** Removes the selected frames and cancels their events. */
  *takeAll(isMeant: (frame: DelayedFrame) => boolean): Generator<DelayedFrame> {
    for (let number = 0; number < this.frames.length; number++) {
      const place = this.frames[number];
      if (!place || !isMeant(place.delayed)) continue;
      this.kernel.cancel(place.event);
      yield this.take(number);
    }
  }
}

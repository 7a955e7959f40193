/** Frames that arrive by an event of their own: control frames, and data frames that are held back or come twice. */
import type { Frame } from '../channel/frame.ts';
import { type Kernel, NEVER } from '../kernel.ts';

/** A double is in nobody's books. */
export interface Late {
  readonly frame: Frame;
  readonly isDouble: boolean;
  /** The links of its way where that is not the usual one. */
  readonly detour: Int32Array | null;
}

export class LateFrames {
  private readonly kernel: Kernel;
  private readonly lates: ({ late: Late; event: number } | null)[] = [];
  private readonly free: number[] = [];

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  /** Has the event of that kind come after so long, with the number of the frame; never beyond the end of time. */
  add(kind: number, late: Late, ns: number): void {
    const number = this.free.pop() ?? this.lates.length;
    const event = this.kernel.schedule(this.kernel.now + ns, kind, number, 0);
    this.lates[number] = { late, event };
    if (event === NEVER) this.take(number);
  }

  /** Takes one out, its event having come; its number may be used again. */
  take(number: number): Late {
    const { late } = this.lates[number]!;
    this.lates[number] = null;
    this.free.push(number);
    return late;
  }

  /** Takes those out that are meant, and their events back. */
  *takeAll(isMeant: (late: Late) => boolean): Generator<Late> {
    for (let number = 0; number < this.lates.length; number++) {
      const place = this.lates[number];
      if (!place || !isMeant(place.late)) continue;
      this.kernel.cancel(place.event);
      yield this.take(number);
    }
  }
}

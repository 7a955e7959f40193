/**
 * The engine's kernel on the real clock: events are handled when their time has come, so that the simulator's fault
 * schedule works in real worlds too. It knows nothing of what the events mean.
 */
import { Kernel, type EventHandler } from '../../../engine/kernel.ts';

interface Entry {
  readonly handle: number;
  readonly timeNs: number;
  readonly kind: number;
  readonly a: number;
  readonly b: number;
}

/** The longest a timer can wait; it is set again when it was too short. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class MeasuredKernel extends Kernel {
  private readonly clock: () => number;
  private readonly failed: (error: unknown) => void;
  private readonly kinds: EventHandler[] = [];
  /** Pending events, earliest first, ties in order of scheduling. */
  private readonly agenda: Entry[] = [];
  private handles = 0;
  private timer: NodeJS.Timeout | null = null;
  private running = false;

  /**
   * @param clock gives nanoseconds of the run
   * @param failed gets what a handler has thrown; no event is handled from then on
   */
  constructor(clock: () => number, failed: (error: unknown) => void) {
    super(0);
    this.clock = clock;
    this.failed = failed;
  }

  override get now(): number {
    return this.clock();
  }

  override get pending(): number {
    return this.agenda.length;
  }

  override register(handler: EventHandler): number {
    return this.kinds.push(handler) - 1;
  }

  /** A time in the past counts as now. */
  override schedule(timeNs: number, kind: number, a: number, b: number): number {
    const handle = ++this.handles;
    let at = this.agenda.length;
    while (at > 0 && this.agenda[at - 1].timeNs > timeNs) at--;
    this.agenda.splice(at, 0, { handle, timeNs, kind, a, b });
    this.arm();
    return handle;
  }

  override cancel(handle: number): boolean {
    const at = this.agenda.findIndex((entry) => entry.handle === handle);
    if (at < 0) return false;
    this.agenda.splice(at, 1);
    this.arm();
    return true;
  }

  /** Real runs have no digest. */
  override fold(): void {}

  /** The run begins: from now on events are handled. */
  begin(): void {
    this.running = true;
    this.arm();
  }

  /** The run is over: no event is handled any more. */
  override stop(): void {
    super.stop();
    this.running = false;
    this.arm();
  }

  private arm(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (!this.running || this.agenda.length === 0) return;
    const afterMs = Math.max(0, Math.ceil((this.agenda[0].timeNs - this.now) / 1e6));
    this.timer = setTimeout(() => this.handleDue(), Math.min(afterMs, LONGEST_TIMER_MS));
  }

  private handleDue(): void {
    try {
      while (this.running && this.agenda.length > 0 && this.agenda[0].timeNs <= this.now) {
        const { kind, a, b } = this.agenda.shift()!;
        this.kinds[kind](a, b);
      }
    } catch (error) {
      this.stop();
      this.failed(error);
    }
    this.arm();
  }
}

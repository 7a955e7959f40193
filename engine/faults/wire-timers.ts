/**
 * When endpoints of channels want to be woken, one event each that only ever moves earlier: most reasons to wake are
 * gone when the time comes, so nothing is cancelled for their sake.
 */
import type { Purpose } from '../channel/endpoint-world.ts';
import type { Kernel } from '../kernel.ts';
import type { NodeId } from '../world.ts';

const PURPOSES: readonly Purpose[] = ['resend', 'acknowledge', 'watch'];

interface Timer {
  timeNs: number;
  event: number;
}

export class WireTimers {
  private readonly kernel: Kernel;
  private readonly kind: number;
  /** By node: the timers set, by peer and purpose. */
  private readonly timers: Map<number, Timer>[];

  constructor(
    kernel: Kernel,
    nodeCount: number,
    due: (node: NodeId, peer: NodeId, purpose: Purpose) => void,
  ) {
    this.kernel = kernel;
    this.timers = Array.from({ length: nodeCount }, () => new Map<number, Timer>());
    this.kind = kernel.register((node, key) => {
      this.timers[node].delete(key);
      due(node, Math.floor(key / PURPOSES.length), PURPOSES[key % PURPOSES.length]);
    });
  }

  /** Sets a timer, or moves it earlier; one that is due sooner stays. */
  set(node: NodeId, peer: NodeId, purpose: Purpose, timeNs: number): void {
    const key = peer * PURPOSES.length + PURPOSES.indexOf(purpose);
    const timer = this.timers[node].get(key);
    if (timer && timer.timeNs <= timeNs) return;
    if (timer) this.kernel.cancel(timer.event);
    const event = this.kernel.schedule(timeNs, this.kind, node, key);
    this.timers[node].set(key, { timeNs, event });
  }

  /** Cancels all timers of a node. */
  clear(node: NodeId): void {
    for (const { event } of this.timers[node].values()) this.kernel.cancel(event);
    this.timers[node].clear();
  }
}

/** When each node's engine is free and its host up: the time that it waits, whatever for. */
import type { NodeId } from '../../../engine/world.ts';

export class WaitTimes {
  private readonly busy: Uint8Array;
  private readonly down: Uint8Array;
  /** Since when it is free or down, and how long it has waited before it went down. */
  private readonly sinceNs: Float64Array;
  private readonly waitedNs: Float64Array;
  /** How long its host has stood still during the job. */
  private readonly stoodNs: Float64Array;

  constructor(nodeCount: number) {
    this.busy = new Uint8Array(nodeCount);
    this.down = new Uint8Array(nodeCount);
    this.sinceNs = new Float64Array(nodeCount);
    this.waitedNs = new Float64Array(nodeCount);
    this.stoodNs = new Float64Array(nodeCount);
  }

  /** Whether what comes for the node reaches it at once. */
  isFree(node: NodeId): boolean {
    return this.busy[node] === 0 && this.down[node] === 0;
  }

  isDown(node: NodeId): boolean {
    return this.down[node] === 1;
  }

  /** The node's wait is over: how long it was. */
  take(node: NodeId, nowNs: number): number {
    const ns = this.waitedNs[node] + (this.isFree(node) ? nowNs - this.sinceNs[node] : 0);
    this.waitedNs[node] = 0;
    this.sinceNs[node] = nowNs;
    return ns;
  }

  begin(node: NodeId): void {
    this.busy[node] = 1;
    this.stoodNs[node] = 0;
  }

  /** The job has ended: how long its host stood still meanwhile. */
  end(node: NodeId, nowNs: number): number {
    this.busy[node] = 0;
    this.sinceNs[node] = nowNs;
    return this.stoodNs[node];
  }

  /** Stands still, or has crashed: its job is gone then. */
  goDown(node: NodeId, isCrash: boolean, nowNs: number): void {
    if (this.isFree(node)) this.waitedNs[node] += nowNs - this.sinceNs[node];
    if (isCrash) this.busy[node] = 0;
    if (this.down[node] === 1) return;
    this.down[node] = 1;
    this.sinceNs[node] = nowNs;
  }

  /** Is up again: how long it was not. */
  comeUp(node: NodeId, nowNs: number): number {
    const downNs = nowNs - this.sinceNs[node];
    this.down[node] = 0;
    this.sinceNs[node] = nowNs;
    if (this.busy[node] === 1) this.stoodNs[node] += downNs;
    return downNs;
  }
}

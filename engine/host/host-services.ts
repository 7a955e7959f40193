/** What the hosts of a run share. */
import type { Observers } from '../observers.ts';
import type { ProcessorServices } from './processor.ts';
import type { Node, NodeId } from '../world.ts';

/** A host whose node has thrown. */
export interface FailedHost {
  readonly self: NodeId;
  readonly node: Node;
}

/** Hears of a host's end and failures. */
export interface HostKeeper {
  /** True once a handler has failed: no other is called from then on. */
  readonly failed: boolean;
  nodeFinished(): void;
  handlerFailed(host: FailedHost, doing: string, error: unknown): void;
}

export interface HostServices extends ProcessorServices {
  readonly seed: number;
  readonly observers: Observers;
  readonly keeper: HostKeeper;
  /** False where jobs cost time but never run. */
  readonly runJobs: boolean;
}

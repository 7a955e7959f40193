/** What a protocol gives, and is given, to be restarted as a whole (see restarting.ts). */
import type { Node, World } from '../../engine/world.ts';
import type { Assignment } from '../spec/assignment.ts';
import type { ParameterRange } from '../spec/model.ts';

/** Where an attempt begins. */
export interface Beginning<State> {
  /** Of its jobs, which must say so. */
  readonly epoch: number;
  /** Steps of training that are done. */
  readonly version: number;
  /** This node's part of the state after them; null at the beginning of the run. */
  readonly state: State | null;
}

/** Told of each step that is done for good. `state` is called if it is to be saved, and gives a copy, as plain data. */
export type Keep<State> = (version: number, state: () => State) => void;

export interface RestartTerms<State> {
  readonly assignment: Assignment;
  /** Nodes 0 to `members` - 1 take part, and all are needed. */
  readonly members: number;
  /** What this node holds, in the order of the canonical vector; at least one. */
  readonly parts: readonly ParameterRange[];
  /** Whether the weights before the newest step belong to its state. */
  readonly delays?: boolean;
  /** Makes the protocol's own node, once an attempt. */
  create(world: World, beginning: Beginning<State>, keep: Keep<State>): Node;
}

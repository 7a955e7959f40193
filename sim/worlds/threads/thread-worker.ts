/** The thread of one node of a scenario: makes its plan from the same data as every other thread. */
import type { DataSplit } from '../../../models/spec/data.ts';
import { planOf } from '../../assemble.ts';
import type { ResolvedScenario } from '../../scenario/resolved.ts';
import { serveThread } from './serve-thread.ts';

export interface ThreadWork {
  readonly scenario: ResolvedScenario;
  /** Place of the protocol in the scenario's list. */
  readonly index: number;
  /** On shared memory. */
  readonly data: DataSplit | null;
}

serveThread((work) => {
  const { scenario, index, data } = work as ThreadWork;
  const plan = planOf(scenario, index, data);
  return (world) => plan.createNode(world);
});

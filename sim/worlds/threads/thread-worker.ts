/** The thread of one node of a scenario: makes its plan from the same data as every other thread. */
import { planOf } from '../../assemble.ts';
import type { RealWork } from '../real/real-world.ts';
import { serveThread } from './serve-thread.ts';

serveThread((work) => {
  const { scenario, index, data } = work as RealWork;
  const plan = planOf(scenario, index, data);
  return (world) => plan.createNode(world);
});

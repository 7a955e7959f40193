/** The thread of a node of a case in which hosts fail. */
import { serveThread } from '../../../sim/worlds/threads/serve-thread.ts';
import { awaitStrikes, NODES, type FaultWork } from './fault-case-nodes.ts';

serveThread((work) => {
  awaitStrikes(work as FaultWork);
  const make = NODES[(work as FaultWork).node];
  return (world) => new make(world);
});

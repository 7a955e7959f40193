/** The thread of a node of a case in which hosts fail. */
import { serveThread } from '../../../sim/worlds/serve-thread.ts';
import { NODES, type FaultWork } from './fault-case-nodes.ts';

serveThread((work) => {
  const make = NODES[(work as FaultWork).node];
  return (world) => new make(world);
});

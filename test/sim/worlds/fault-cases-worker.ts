/** The thread of a node of a case in which hosts fail. */
import { serveThread } from '../../../sim/worlds/threads/serve-thread.ts';
import { awaitStrikes, NODES, type FaultWork } from './fault-case-nodes.ts';

serveThread((work) => {
  const { node, toCome } = work as FaultWork;
  awaitStrikes(toCome);
  const make = NODES[node];
  return (world) => new make(world);
});

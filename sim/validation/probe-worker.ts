/** The thread of a node that measures what carries messages. */
import { serveThread } from '../worlds/threads/serve-thread.ts';
import { probeNode, type ProbeWork } from './probe-nodes.ts';

serveThread((work) => (world) => probeNode(world, work as ProbeWork));

/** The thread of a node that measures what carries messages. */
import { serveThread } from '../worlds/threads/serve-thread.ts';
import { ProbeNode, type ProbeWork } from './probe-nodes.ts';

serveThread((work) => (world) => new ProbeNode(world, work as ProbeWork));

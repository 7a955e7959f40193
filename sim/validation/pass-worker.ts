/** The thread of a node that measures what passes take. */
import { serveThread } from '../worlds/threads/serve-thread.ts';
import { PassNode, type PassWork } from './pass-node.ts';

serveThread((work) => (world) => new PassNode(world, work as PassWork));

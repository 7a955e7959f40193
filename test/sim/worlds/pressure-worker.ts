/** The thread of a node that writes more than others read. */
import { serveThread } from '../../../sim/worlds/threads/serve-thread.ts';
import { type PressureWork, SlowReader, Writer } from './pressure-nodes.ts';

serveThread((given) => {
  const work = given as PressureWork;
  return (world) =>
    work.kind === 'slow-reader' && world.self === 1
      ? new SlowReader(world, work)
      : new Writer(world, work);
});

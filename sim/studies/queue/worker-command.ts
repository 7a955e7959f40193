/** `npm run study -- worker --queue ADDRESS`: runs jobs of studies, of whichever machine, until it is interrupted. */
import { formatCounted } from '../../../engine/format.ts';
import { Worker } from 'bullmq';
import { interruptible } from '../../commands/interrupts.ts';
import { StatusLine } from '../../commands/status-line.ts';
import { EXIT, type CommandStreams } from '../../commands/streams.ts';
import type { RunOutcome } from '../../../reports/studies/run-outcome.ts';
import { ThreadPool, warmUp } from '../crew/thread-pool.ts';
import type { QueueAddress } from './address.ts';
import { DEATHS, type Packed, queueName, SILENCE_MS, unpack } from './names.ts';
import { RedisLink, tryRedis } from './redis.ts';

/**
 * Works for a queue. The first interruption waits for the runs under way, the second abandons them: others take them
 * over.
 * @returns the exit status
 * @throws BadInput when the queue cannot be reached, or has been away for too long
 */
export async function workForQueue(
  address: QueueAddress,
  threads: number,
  streams: CommandStreams,
): Promise<number> {
  await tryRedis(address);
  await warmUp();
  const name = await queueName();
  return interruptible(async (interrupts) => {
    const link = new RedisLink(address, (text) => line.say(text));
    const pool = await ThreadPool.open(threads);
    const counts = { done: 0, running: 0, broken: 0 };
    const worker = new Worker<Packed, RunOutcome>(
      name,
      async ({ data }) => {
        counts.running++;
        try {
          return await pool.run(unpack(data));
        } finally {
          counts.running--;
        }
      },
      {
        ...{ connection: link.redis, concurrency: threads, maxStalledCount: DEATHS },
        ...{ lockDuration: SILENCE_MS, stalledInterval: SILENCE_MS / 2 },
      },
    );
    const line = new StatusLine(streams, () => lineOf(address, counts));
    worker.on('completed', () => counts.done++);
    worker.on('failed', (_job, error) => {
      counts.broken++;
      line.say(error.stack ?? error.message);
    });
    worker.on('error', () => {});
    const quitting = new Promise<void>((resolve) => interrupts.onQuit(resolve));
    streams.stderr.write(
      `waiting for runs at ${address.shown}, ${formatCounted(threads, 'thread')}\n`,
    );
    try {
      await Promise.race([quitting, link.lost]);
      if (counts.running > 0) line.say('finishing the runs under way; once more to abandon them');
      await worker.close();
    } finally {
      // Where it is closed already, it stays so; where Redis was lost, its connections would keep the process.
      await worker.close(true);
      line.done();
      link.close();
      await pool.close();
    }
    return EXIT.done;
  });
}

function lineOf(
  { shown }: QueueAddress,
  { done, running, broken }: { done: number; running: number; broken: number },
): string {
  return `worker of ${shown}: ${formatCounted(done, 'run')} done, ${running} running${broken > 0 ? `, ${broken} broken` : ''}`;
}

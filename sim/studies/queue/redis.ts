/** A connection to a Redis that may go away for a while. It knows nothing of studies. */
import { Redis } from 'ioredis';
import { BadInput } from '../../scenario/bad-input.ts';
import type { QueueAddress } from './address.ts';

const CONNECT_MS = 5000;
/** A server that restarts is back sooner. */
const AWAY_MS = 60_000;
const RETRY_MS = 500;

/** @throws BadInput when it does not answer, or refuses us */
export async function tryRedis({ url, shown }: QueueAddress): Promise<void> {
  const redis = new Redis(url, {
    ...{ lazyConnect: true, retryStrategy: () => null, connectTimeout: CONNECT_MS },
    maxRetriesPerRequest: 0,
  });
  let last: Error | null = null;
  redis.on('error', (error: Error) => (last = error));
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    throw new BadInput(refusal(shown, last ?? (error as Error)));
  } finally {
    redis.disconnect();
  }
}

function refusal(shown: string, { message, ...error }: Error & { code?: string }): string {
  const isPassword = /WRONGPASS|NOAUTH|invalid password|NOPERM/i.test(message);
  return isPassword
    ? `Redis at ${shown} refuses the name or password; those of the server, as in redis://:password@host, would be right`
    : `Redis at ${shown} does not answer (${error.code ?? message}); the address of one that runs would be right`;
}

export class RedisLink {
  readonly redis: Redis;
  /** Rejects when the server has been away for too long. */
  readonly lost: Promise<never>;
  private giveUp: NodeJS.Timeout | null = null;

  /** @param say prints a line: that it is away, and that it is back */
  constructor({ url, shown }: QueueAddress, say: (line: string) => void, awayMs = AWAY_MS) {
    this.redis = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => RETRY_MS });
    let reject: (error: BadInput) => void = () => {};
    this.lost = new Promise<never>((_resolve, fail) => (reject = fail));
    this.lost.catch(() => {});
    const sentence = `Redis at ${shown} has been away for ${awayMs / 1000} s; what is done is kept, and with Redis back another start, of a study with --resume, would be right`;
    // Connections that fail say so here; what waits for them goes on when they are back.
    this.redis.on('error', () => {});
    this.redis.on('close', () => {
      if (this.giveUp !== null) return;
      say(`Redis at ${shown} is away: waiting for it`);
      this.giveUp = setTimeout(() => reject(new BadInput(sentence)), awayMs);
    });
    this.redis.on('ready', () => {
      if (this.giveUp === null) return;
      clearTimeout(this.giveUp);
      this.giveUp = null;
      say(`Redis at ${shown} is back`);
    });
  }

  close(): void {
    this.redis.removeAllListeners('close');
    if (this.giveUp !== null) clearTimeout(this.giveUp);
    this.redis.disconnect();
  }
}

/** Where a Redis is, as `--queue` says it. */
import { BadInput } from '../../scenario/bad-input.ts';
import { show } from '../../scenario/show.ts';

export interface QueueAddress {
  readonly url: string;
  /** Without name and password, for sentences. */
  readonly shown: string;
}

const PORT = '6379';

/** @throws BadInput for what is no address of a Redis */
export function readQueue(text: string): QueueAddress {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isRedis = url?.protocol === 'redis:' || url?.protocol === 'rediss:';
  if (!url || !isRedis || url.hostname === '')
    throw new BadInput(
      `--queue is ${show(text.replace(/\/\/.*@/, '//'))}; an address such as redis://host:6379, or redis://:password@host, would be right`,
    );
  return { url: text, shown: `${url.protocol}//${url.hostname}:${url.port || PORT}` };
}

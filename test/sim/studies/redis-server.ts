/** Debian's redis-server on a free port with a folder of its own, for tests of queues. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { Redis } from 'ioredis';

const PATHS = ['/usr/bin/redis-server', '/usr/local/bin/redis-server'];

const found = [process.env['REDIS_SERVER'], ...PATHS].find((path) => path && existsSync(path));

/** Why there is no server; false where there is one. */
export const noRedis: string | false = found
  ? false
  : `no redis-server is installed: looked for $REDIS_SERVER, ${PATHS.join(', ')}`;

export class RedisServer {
  readonly url: string;
  private readonly port: number;
  private readonly options: string[];
  private child: ChildProcess | null = null;

  private constructor(port: number, folder: string, password: string) {
    this.port = port;
    this.url = `redis://:${password}@127.0.0.1:${port}`;
    this.options = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
    this.options.push('--appendonly', 'yes', '--save', '', '--requirepass', password);
  }

  static async open(folder: string, password = 'open-sesame'): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), folder, password);
    await server.start();
    return server;
  }

  /** Starts it; what its append-only file holds is there again. */
  async start(): Promise<void> {
    this.child = spawn(found!, this.options, { stdio: 'ignore' });
    await this.ask((redis) => redis.ping());
  }

  /** Drops all that it holds. */
  async forget(): Promise<void> {
    await this.ask((redis) => redis.flushall());
  }

  private async ask(what: (redis: Redis) => Promise<unknown>): Promise<void> {
    const redis = new Redis(this.url, { maxRetriesPerRequest: null, retryStrategy: () => 20 });
    redis.on('error', () => {});
    await what(redis);
    redis.disconnect();
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null) return;
    child.kill();
    await once(child, 'close');
  }

  async restart(awayMs: number): Promise<void> {
    await this.stop();
    await setTimeout(awayMs);
    await this.start();
  }

  /** The address with another password. */
  with(password: string): string {
    return `redis://${password === '' ? '' : `:${password}@`}127.0.0.1:${this.port}`;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Hosts for tests: two of them in this process, at ports of their own. */
import t from 'tap';
import type { Address } from '../../../sim/worlds/hosts/addresses.ts';
import { HostServer } from '../../../sim/worlds/hosts/host-server.ts';
import { type Keys, newKeys } from '../../../sim/worlds/hosts/keys.ts';

/** Of the cluster of all tests. */
const made = newKeys(1);

interface TestHosts {
  readonly keys: Keys;
  readonly hosts: readonly Address[];
  /** What they have said so far. */
  readonly lines: string[];
}

const running = new Map<string, Promise<TestHosts>>();

/** Hosts that run that code, which end with the test. */
export function testHosts(code: string): Promise<TestHosts> {
  const known = running.get(code) ?? start(code);
  running.set(code, known);
  return known;
}

async function start(code: string): Promise<TestHosts> {
  const keys = await made;
  const lines: string[] = [];
  const servers = [0, 1].map(() => new HostServer({ keys, code, log: (line) => lines.push(line) }));
  t.teardown(async () => void (await Promise.all(servers.map((server) => server.close()))));
  const address = { host: '127.0.0.1', port: 0 };
  const hosts = await Promise.all(servers.map((server) => server.listen(address)));
  return { keys, hosts, lines };
}

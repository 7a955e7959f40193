/**
 * `cluster.profile` of a scenario: a file with what was measured of a machine. It takes the place of what the scenario says
 * of hosts and network.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { BadInput } from './bad-input.ts';
import { readJson } from './read-json.ts';
import { show } from './show.ts';

const RIGHT = 'a profile that npm run validate has written';

/**
 * The scenario with the profile in the place of its name; any other is given back as it is.
 * @param folder what the file's name starts from, unless the file is in the working folder alone
 * @throws BadInput for a profile that cannot be read, or has no host and no network
 */
export function withProfile(written: unknown, folder: string): unknown {
  const { cluster } = (written ?? {}) as { cluster?: unknown };
  if (!isObject(cluster) || cluster['profile'] === undefined) return written;
  const { profile: file, ...own } = cluster;
  if (typeof file !== 'string')
    throw new BadInput(`cluster.profile is ${show(file)}; the name of ${RIGHT} would be right`);
  const near = resolve(folder, file);
  const profile = read(existsSync(near) ? near : resolve(file));
  if (!isObject(profile) || !isObject(profile['host']) || !isObject(profile['network']))
    throw new BadInput(`cluster.profile: ${file} has no host and network; ${RIGHT} would be right`);
  const { host, network } = profile;
  const hosts = Array.isArray(own['hosts'])
    ? { hosts: own['hosts'].map((one: unknown) => ({ ...(one as object), ...host })) }
    : { host: { ...(own['host'] as object | undefined), ...host } };
  return { ...(written as object), cluster: { ...own, ...hosts, network } };
}

function read(file: string): unknown {
  try {
    return readJson(file, RIGHT);
  } catch (error) {
    throw error instanceof BadInput ? new BadInput(`cluster.profile: ${error.message}`) : error;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

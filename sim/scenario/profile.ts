/**
 * `cluster.profile` of a scenario: a file with what was measured of a machine. It takes the place of what the scenario says
 * of hosts and network, says how nodes share the machine, and what the passes of a model take that is the one measured.
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
  const { network, machines } = profile;
  const shared = machines === undefined ? {} : { machines };
  const model = measuredModel((written as { model?: unknown }).model, profile['model']);
  const host = model === null ? profile['host'] : withoutEfficiency(profile['host']);
  const hosts = Array.isArray(own['hosts'])
    ? { hosts: own['hosts'].map((one: unknown) => ({ ...(one as object), ...host })) }
    : { host: { ...(own['host'] as object | undefined), ...host } };
  return {
    ...{ ...(written as object), cluster: { ...shared, ...own, ...hosts, network } },
    ...(model === null ? {} : { model }),
  };
}

/** The model with what its passes took; null where another one was measured. */
function measuredModel(own: unknown, measured: unknown): object | null {
  if (!isObject(own) || own['kind'] !== 'mlp' || !isObject(measured)) return null;
  const { layers, times, referenceSpeed } = measured;
  if (String(own['layers']) !== String(layers)) return null;
  return { ...own, times, referenceSpeed };
}

/** The times of passes are of batches: how efficient the host is with so many samples is in them. */
function withoutEfficiency({ efficiency: _, ...host }: Record<string, unknown>): object {
  return host;
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

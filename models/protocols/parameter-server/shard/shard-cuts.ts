/** How parameters are shared out to shards (PROTOCOLS D): near-equal runs, runs of given sizes, or consistent hashing. */
import { randomStream } from '../../../../engine/random.ts';
import { shareOf } from '../../../learning/shares.ts';
import type { ParameterRange } from '../../../spec/model.ts';

/** So many near-equal shards, their sizes in proportion, or so many whose points on a hash ring cut the parameters. */
export type Servers = number | { readonly sizes: readonly number[] } | { readonly hashed: number };

/** Points of a shard on the hash ring (virtual nodes). */
const POINTS = 64;

export function shardCount(servers: Servers): number {
  if (typeof servers === 'number') return servers;
  return 'sizes' in servers ? servers.sizes.length : servers.hashed;
}

/** By shard: the parameters that it keeps, of so many in all, in order. A shard may get none. */
export function shardCuts(servers: Servers, parameters: number): readonly ParameterRange[][] {
  if (typeof servers === 'number')
    return Array.from({ length: servers }, (_, shard) => [shareOf(parameters, servers, shard)]);
  return 'sizes' in servers ? sized(servers.sizes, parameters) : hashed(servers.hashed, parameters);
}

function sized(sizes: readonly number[], parameters: number): ParameterRange[][] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const bounds = [0];
  let before = 0;
  for (const size of sizes) bounds.push(Math.round(((before += size) / total) * parameters));
  return sizes.map((_, shard) => [{ low: bounds[shard], high: bounds[shard + 1] }]);
}

/**
 * Consistent hashing (Karger et al., STOC 1997): what lies between a point and the next is the shard's whose point it is.
 * With one shard more, parameters move to that one alone.
 */
function hashed(shards: number, parameters: number): ParameterRange[][] {
  const points = Array.from({ length: shards * POINTS }, (_, k) => {
    const shard = Math.floor(k / POINTS);
    const place = randomStream(0, `point ${k % POINTS} of shard ${shard}`).uniform();
    return { shard, place, low: Math.floor(place * parameters) };
  }).sort((one, other) => one.place - other.place);
  const ranges = Array.from({ length: shards }, (): ParameterRange[] => []);
  const give = (shard: number, low: number, high: number) => {
    const own = ranges[shard];
    const last = own[own.length - 1];
    if (last?.high === low) own[own.length - 1] = { low: last.low, high };
    else if (high > low) own.push({ low, high });
  };
  // A ring: before the first point is what is behind the last.
  give(points[points.length - 1].shard, 0, points[0].low);
  points.forEach(({ shard, low }, at) => give(shard, low, points[at + 1]?.low ?? parameters));
  return ranges;
}

/**
 * Warnings about valid quantities that were probably not meant: a plain number that misses its unit, and a time that
 * rounds to zero nanoseconds.
 */
import { nanoseconds } from '../nanoseconds.ts';
import type { ResolvedScenario } from './resolved.ts';
import { showPath } from './show.ts';

interface Proportion {
  readonly unit: string;
  /** The unit that was probably meant. */
  readonly example: string;
  readonly least?: number;
  readonly most?: number;
}

const TIME: Proportion = { unit: 's', example: 'us', most: 1 };

/** By field name, which has one meaning in the cluster and in storage. */
const PROPORTIONS: Readonly<Record<string, Proportion>> = {
  latency: TIME,
  coreLatency: TIME,
  taskOverhead: TIME,
  overhead: TIME,
  bandwidth: { unit: 'B/s', example: 'Gbit/s', least: 1e3 },
  memoryBandwidth: { unit: 'B/s', example: 'GB/s', least: 1e3 },
  speed: { unit: 'FLOP/s', example: 'GFLOP/s', least: 1e3 },
  memory: { unit: 'B', example: 'GiB', least: 1e3 },
};

/** The parts that are checked: faults have factors and other quantities under the same names. */
const LOOKED_AT = ['cluster', 'checkpoint'] as const;

/**
 * A sentence for each plain number that is far out of range.
 * @param written the scenario as its author wrote it, once it is known to be valid
 */
export function proportionWarnings(written: unknown): string[] {
  return quantities(written).flatMap(({ path, value, proportion }) => {
    const { unit, example, least = 0, most = Infinity } = proportion;
    if (typeof value !== 'number' || value === 0 || (value >= least && value <= most)) return [];
    return `${path} is ${value}, which without a unit is ${value} ${unit}; was '${value} ${example}' meant?`;
  });
}

/** A sentence for each time of the cluster and of storage that rounds to zero. */
export function lostTimeWarnings(scenario: ResolvedScenario): string[] {
  return quantities(scenario).flatMap(({ path, value, proportion }) =>
    proportion === TIME && typeof value === 'number' && value > 0 && nanoseconds(value) === 0
      ? `${path} is ${value} s, less than half a nanosecond, and counts as 0`
      : [],
  );
}

interface Found {
  readonly path: string;
  readonly value: unknown;
  readonly proportion: Proportion;
}

function quantities(scenario: unknown): Found[] {
  const found: Found[] = [];
  const look = (value: unknown, path: readonly PropertyKey[]): void => {
    if (value === null || typeof value !== 'object') return;
    for (const [key, inner] of Object.entries(value)) {
      const at = [...path, Array.isArray(value) ? Number(key) : key];
      const proportion = Object.hasOwn(PROPORTIONS, key) ? PROPORTIONS[key] : undefined;
      if (proportion && typeof inner !== 'object')
        found.push({ path: showPath(at), value: inner, proportion });
      else if (key !== 'jitter') look(inner, at);
    }
  };
  for (const field of LOOKED_AT) look((scenario as Record<string, unknown>)[field], [field]);
  return found;
}

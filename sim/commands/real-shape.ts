/** `--bandwidth` and `--delay` of a real run: the slower network that it is to play. */
import { BadInput } from '../scenario/bad-input.ts';
import { show } from '../scenario/show.ts';
import { type Dimension, DIMENSIONS, loadQuantityParser } from '../scenario/schema/units.ts';
import type { LinkOverrides } from '../scenario/overrides.ts';
import type { LinkShape } from '../worlds/shaped-mail.ts';

interface ShapeOptions {
  readonly bandwidth?: string;
  readonly delay?: string;
}

/**
 * Null where neither is given.
 * @throws BadInput
 */
export async function readShape({ bandwidth, delay }: ShapeOptions): Promise<LinkShape | null> {
  if (bandwidth === undefined && delay === undefined) return null;
  // `1Gbit`, as network tools write it, is a second's.
  const rate = bandwidth?.replace(/^([^/]*[a-z])$/i, (text) =>
    /ps$/i.test(text) ? text : `${text}/s`,
  );
  const bytesPerSecond =
    rate === undefined ? Infinity : await quantity('--bandwidth', bandwidth!, rate, 'bandwidth');
  if (bytesPerSecond === 0) throw new BadInput('--bandwidth is 0; more than that would be right');
  const seconds = delay === undefined ? 0 : await quantity('--delay', delay, delay, 'time');
  return { bytesPerSecond, delayNs: Math.round(seconds * 1e9) };
}

async function quantity(
  option: string,
  given: string,
  text: string,
  dimension: Dimension,
): Promise<number> {
  const parse = await loadQuantityParser();
  const value = parse(text, dimension);
  const { example } = DIMENSIONS[dimension];
  const right = `${example.split(', or')[0]} would be right`;
  if (typeof value === 'string')
    throw new BadInput(`${option} is ${show(given)}, which ${value}; ${right}`);
  if (!(value >= 0 && value < Infinity))
    throw new BadInput(`${option} is ${show(given)}, which is out of range; ${right}`);
  return value;
}

/** The links of a simulation of a run over such a network: what is not shaped stays as the scenario has it. */
export function linksOf(shape: LinkShape | null): LinkOverrides | null {
  if (shape === null) return null;
  const { bytesPerSecond, delayNs } = shape;
  return {
    ...(bytesPerSecond < Infinity ? { bandwidth: bytesPerSecond } : {}),
    ...(delayNs > 0 ? { latency: delayNs / 1e9 } : {}),
  };
}

/**
 * What a file of transfers may contain, in its two shapes: flows over the links of a network, and rounds of a ring or
 * of a server with workers. Unknown fields are kept: they are the author's notes and are written back.
 */
import { z } from 'zod';
import { nonNegative, ranged, text, whole } from '../scenario/schema/fields.ts';
import { BYTES, FLOPS, RANGES } from '../scenario/schema/ranges.ts';

const time = ranged(RANGES.time, true);
const bandwidth = ranged(RANGES.bandwidth, false);
const bytes = ranged(BYTES, true);
const flops = ranged(FLOPS, true);

const weighting = z
  .literal('equal', {
    error: "'equal' (weights by latency are not modelled)",
  })
  .optional();

function list<Item extends z.ZodType>(item: Item, least: number) {
  const right = least === 0 ? 'a list' : 'a list of at least one';
  return z.array(item, { error: right }).min(least, { error: right });
}

const host = z.union([text(), z.looseObject({ id: text() }).transform(({ id }) => id)]);

export const transferSchema = z.looseObject({
  weighting,
  hosts: list(host, 1),
  links: list(
    z.looseObject({
      id: text(),
      bandwidthBytesPerSecond: bandwidth,
      latencySeconds: time,
    }),
    0,
  ),
  routes: list(z.looseObject({ src: text(), dst: text(), links: list(text(), 0) }), 0),
  flows: list(
    z.looseObject({
      id: text().optional(),
      src: text(),
      dst: text(),
      startSeconds: time,
      bytes,
      finishSeconds: nonNegative().optional(),
    }),
    0,
  ),
});

const common = {
  hosts: whole(1, 1_000_000),
  rounds: whole(0, 1_000_000),
  messageBytes: bytes,
  bandwidthBytesPerSecond: bandwidth,
  latencySecondsPerLink: time,
  hostFlopsPerSecond: ranged(RANGES.speed, false),
};
const outcome = {
  nodeEndSeconds: list(nonNegative(), 0).optional(),
  simulatedEndSeconds: nonNegative().optional(),
};

export const ringSchema = z.looseObject({
  weighting,
  parameters: z.looseObject(common),
  computeFlopsPerRound: list(flops, 1),
  ...outcome,
});

export const serverSchema = z.looseObject({
  weighting,
  parameters: z.looseObject({ ...common, serverFlopsPerRound: flops }),
  computeFlopsPerRound: list(flops, 1),
  workerBandwidthBytesPerSecond: list(bandwidth, 1),
  ...outcome,
});

/** Flows over the links of a network. */
export type TransferFile = z.output<typeof transferSchema>;
/** Rounds of computing and sending to the next node of a ring. */
export type RingFile = z.output<typeof ringSchema>;
/** Rounds of workers with one parameter server. */
export type ServerFile = z.output<typeof serverSchema>;

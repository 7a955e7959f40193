/**
 * The schema of faults, detector and checkpoints: one strict object a kind. Rules between fields and the cluster are
 * in fault-consistency.ts.
 */
import { z } from 'zod';
import { atLeast, fraction, positive, quantity, share, text, whole } from './fields.ts';
import type { QuantityParser } from './units.ts';

/** Heartbeats of silence before a suspicion, where the scenario does not say. */
export const DEFAULT_MISSES = 3;

/** At least two: a heartbeat takes time to arrive. */
const FEWEST_MISSES = 2;

/** Times of faults have no upper limit: what comes after the run never happens, and what outlasts it is for good. */
function faultTime(parse: QuantityParser, zero: boolean) {
  return quantity(parse, 'time', zero, Number.MAX_VALUE);
}

function timing(parse: QuantityParser) {
  return {
    at: faultTime(parse, true).optional(),
    every: faultTime(parse, false).optional(),
    shape: positive().optional(),
    from: faultTime(parse, true).optional(),
    until: faultTime(parse, false).optional(),
  };
}

function target() {
  return {
    node: whole(0).optional(),
    nodes: nodeList().optional(),
    role: text().optional(),
    rack: whole(0).optional(),
    random: whole(1).optional(),
    neighbours: whole(1).optional(),
  };
}

function nodeList() {
  const right = 'a list of at least one node';
  return z.array(whole(0), { error: right }).min(1, { error: right });
}

function scope() {
  const right = 'a list of two nodes';
  return {
    between: z.tuple([whole(0), whole(0)], { error: right }).optional(),
    oneWay: z.boolean({ error: 'true or false' }).optional(),
    node: whole(0).optional(),
  };
}

/** What becomes of a host's disk. */
const disk = () => z.enum(['kept', 'lost'], { error: "'kept' or 'lost'" });

/** The rows of a trace, where they stand in the scenario itself. */
function traceRows(parse: QuantityParser) {
  const right =
    "the path of a CSV file, or a list of rows such as { time: '5 s', node: 3, event: 'crash' },";
  const at = { time: faultTime(parse, true), node: whole(0) };
  const row = z.discriminatedUnion(
    'event',
    [
      z.strictObject({ ...at, event: z.literal('crash'), disk: disk().optional() }),
      z.strictObject({ ...at, event: z.literal('return') }),
    ],
    { error: "'crash' or 'return'" },
  );
  return z.union([text(), z.array(row).min(1, { error: right })], { error: right });
}

/** The schema of `faults`. */
export function faultsSchema(parse: QuantityParser) {
  const when = timing(parse);
  const length = faultTime(parse, false);
  const lasting = { for: length.optional() };
  const hit = { ...when, ...target() };
  const wire = { ...when, ...scope(), ...lasting };
  const kind = <const Kind extends string>(name: Kind) => z.literal(name);
  const chance = { probability: fraction(), ...wire };
  const group = nodeList();
  const groups = 'a list of groups, each a list of nodes,';
  const timed = z.discriminatedUnion('kind', [
    z.strictObject({ kind: kind('crash'), disk: disk().optional(), ...hit, ...lasting }),
    z.strictObject({ kind: kind('pause'), ...hit, for: length }),
    z.strictObject({ kind: kind('slow'), factor: atLeast(1), ...hit, ...lasting }),
    z.strictObject({ kind: kind('cut'), ...wire }),
    z.strictObject({
      kind: kind('partition'),
      groups: z.array(group, { error: groups }).min(1, { error: groups }),
      ...when,
      ...lasting,
    }),
    z.strictObject({ kind: kind('loss'), ...chance }),
    z.strictObject({ kind: kind('duplicate'), ...chance }),
    z.strictObject({ kind: kind('reorder'), ...chance }),
    z.strictObject({
      kind: kind('degrade'),
      bandwidth: share().optional(),
      latency: atLeast(1).optional(),
      ...wire,
    }),
  ]);
  const trace = z.strictObject({ trace: traceRows(parse) });
  return z.array(z.union([timed, trace]), { error: 'a list of faults' });
}

/** The schema of `detector`. */
export function detectorSchema(parse: QuantityParser) {
  return z.strictObject({
    heartbeat: quantity(parse, 'time', false).optional(),
    misses: whole(FEWEST_MISSES, 1000).default(DEFAULT_MISSES),
  });
}

/** The schema of `checkpoint`. */
export function checkpointSchema(parse: QuantityParser) {
  const storage = {
    bandwidth: quantity(parse, 'bandwidth', false),
    latency: quantity(parse, 'time', true),
  };
  const right = "storage such as { bandwidth: '1 GB/s', latency: '5 ms' }";
  return z.strictObject({
    every: whole(1),
    to: z.strictObject(storage, {
      error: ({ code }) => (code === 'invalid_type' ? right : undefined),
    }),
  });
}

/**
 * The only definition of a scenario (docs/scenario.md): types, bounds and defaults of single fields. Rules between
 * fields are in consistency.ts. Protocols come from the registry.
 */
import { z } from 'zod';
import { DEFAULT_DISK } from '../../../engine/storage/disks.ts';
import type { ProtocolDefinition } from '../../../models/protocol.ts';
import type { Protocol, Scenario } from '../../../scenarios/scenario.ts';
import { checkpointSchema, detectorSchema, faultsSchema } from './fault-schema.ts';
import { fraction, nonNegative, positive, quantity, share, text, whole, word } from './fields.ts';
import { modelSchema } from './model-schema.ts';
import { networkSchema } from './network-schema.ts';
import { fieldsWithUnits } from './option-units.ts';
import type { QuantityParser } from './units.ts';

const SEED_RIGHT = 'a whole number from 0 to 9007199254740991';

/** Learning rates that suit each optimizer, where the scenario gives none. */
export const LEARNING_RATES = { sgd: 0.1, momentum: 0.05, adagrad: 0.01, adam: 0.001 } as const;

function efficiency() {
  const right =
    'a number greater than 0 and at most 1, or a list such as [{ samples: 8, efficiency: 0.5 }],';
  return z.union(
    [
      share(),
      z.array(z.strictObject({ samples: whole(1), efficiency: share() })).min(1, { error: right }),
    ],
    { error: right },
  );
}

/** What a message costs the engine at one end. */
function messageCost(parse: QuantityParser) {
  return z
    .strictObject({
      overhead: quantity(parse, 'time', true).default(0),
      bandwidth: quantity(parse, 'bandwidth', false).optional(),
    })
    .refine(({ overhead, bandwidth }) => overhead > 0 || bandwidth !== undefined, {
      error: "an overhead or a bandwidth, such as { overhead: '5 us' },",
    });
}

function hostFields(parse: QuantityParser) {
  return {
    speed: quantity(parse, 'speed', false),
    memory: quantity(parse, 'memory', false).optional(),
    efficiency: efficiency().optional(),
    memoryBandwidth: quantity(parse, 'bandwidth', false).optional(),
    taskOverhead: quantity(parse, 'time', true).default(10e-6),
    sending: messageCost(parse).optional(),
    receiving: messageCost(parse).optional(),
    disk: z
      .strictObject({
        latency: quantity(parse, 'time', true).default(DEFAULT_DISK.latencyNs / 1e9),
        bandwidth: quantity(parse, 'bandwidth', false).default(
          DEFAULT_DISK.bandwidthBytesPerSecond,
        ),
      })
      .optional(),
    bandwidth: quantity(parse, 'bandwidth', false).optional(),
    latency: quantity(parse, 'time', true).optional(),
  };
}

function distribution() {
  return z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('constant'), value: nonNegative() }),
    z.strictObject({ kind: z.literal('uniform'), low: nonNegative(), high: nonNegative() }),
    z.strictObject({ kind: z.literal('normal'), mean: nonNegative(), deviation: nonNegative() }),
    z.strictObject({ kind: z.literal('log-normal'), mean: positive(), deviation: nonNegative() }),
    z.strictObject({ kind: z.literal('exponential'), mean: positive() }),
    z.strictObject({ kind: z.literal('pareto'), minimum: positive(), shape: positive() }),
  ]);
}

function cluster(parse: QuantityParser) {
  return z.strictObject({
    nodes: whole(1, 1_000_000),
    host: z.strictObject(hostFields(parse)).optional(),
    hosts: z
      .array(z.strictObject({ count: whole(1), ...hostFields(parse) }))
      .min(1, { error: 'a list of at least one kind of host' })
      .optional(),
    network: networkSchema(parse),
    // Where it is given, what is in the file has taken its place by now.
    profile: text().optional(),
    machines: z.strictObject({ nodes: whole(1), cores: whole(1) }).optional(),
    jitter: z
      .strictObject({ compute: distribution().optional(), latency: distribution().optional() })
      .optional(),
  });
}

function data() {
  const counts = { train: whole(1).optional(), test: whole(1).optional() };
  return z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('mnist'), ...counts }),
    z.strictObject({ kind: z.literal('synthetic'), ...counts }),
    z.strictObject({ kind: z.literal('none') }),
  ]);
}

function optimizer() {
  return z.union([
    word(['sgd', 'momentum', 'adam']),
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('sgd') }),
      z.strictObject({ kind: z.literal('momentum'), momentum: fraction(true).default(0.9) }),
      z.strictObject({
        kind: z.literal('adam'),
        beta1: fraction(true).default(0.9),
        beta2: fraction(true).default(0.999),
        epsilon: positive().default(1e-8),
      }),
    ]),
  ]);
}

const elementBytes = (least: number) => whole(least, 64);

function training() {
  return z.strictObject({
    batch: whole(1),
    microBatches: whole(1).default(1),
    iterations: whole(1),
    learningRate: positive().optional(),
    optimizer: optimizer().default('sgd'),
    numerics: word(['exact', 'cost']).optional(),
    precision: z.literal([16, 32, 64], { error: '16, 32 or 64' }).default(32),
    bytes: z
      .strictObject({
        weights: elementBytes(1).optional(),
        gradients: elementBytes(1).optional(),
        optimizer: elementBytes(1).optional(),
        master: elementBytes(0).optional(),
        activations: elementBytes(1).optional(),
        wire: elementBytes(1).optional(),
      })
      .optional(),
    evaluateEvery: whole(0).default(0),
  });
}

function protocol(parse: QuantityParser, definitions: readonly ProtocolDefinition[]) {
  const right = "an object such as { kind: 'ring-tmp' }, or a list of them,";
  const kinds = definitions.map((definition) => {
    if (!(definition.options instanceof z.ZodObject))
      throw new Error(
        `protocol ${definition.kind} has options that are no object schema; z.strictObject is right`,
      );
    return fieldsWithUnits(definition.options, parse).extend({ label: text().optional() });
  });
  // The kinds are known only at run time: the type is that of any protocol.
  const one = z.discriminatedUnion('kind', kinds as never) as unknown as z.ZodType<
    Protocol,
    Protocol
  >;
  return z.union([one, z.array(one).min(1, { error: right })], { error: right });
}

function expectation() {
  const right = "a number, or an object such as { of: 'ring-tmp' },";
  const bound = z.union(
    [
      z.number({ error: right }),
      z.strictObject({
        of: text(),
        value: text().optional(),
        times: z.number({ error: 'a number' }).optional(),
      }),
    ],
    { error: right },
  );
  return z.strictObject({
    of: text().optional(),
    value: text(),
    atLeast: bound.optional(),
    atMost: bound.optional(),
  });
}

/** The schema of a scenario. `parse` reads quantities; only the shape of the input matters for JSON Schema. */
export function scenarioSchema(parse: QuantityParser, definitions: readonly ProtocolDefinition[]) {
  const name = "a name of letters, digits, '-', '_' and '.', beginning with a letter or digit,";
  return z.strictObject({
    name: z.string({ error: name }).regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, { error: name }),
    seed: z.int({ error: SEED_RIGHT }).min(0, { error: SEED_RIGHT }).default(1),
    cluster: cluster(parse),
    model: modelSchema(parse),
    data: data().optional(),
    training: training(),
    protocol: protocol(parse, definitions),
    faults: faultsSchema(parse).default([]),
    detector: detectorSchema(parse).optional(),
    checkpoint: checkpointSchema(parse).optional(),
    stop: z
      .strictObject({
        time: quantity(parse, 'time', false).optional(),
        loss: positive().optional(),
        accuracy: fraction().optional(),
        diverged: z.boolean({ error: 'true or false' }).optional(),
      })
      .optional(),
    expect: z.array(expectation()).default([]),
  });
}

/** A parsed scenario: quantities read, single-field defaults filled. */
export type ParsedScenario = z.output<ReturnType<typeof scenarioSchema>>;

/** With all optional fields required, so that a field in only one of two types tells them apart. */
type Whole<T> = T extends object ? { [Key in keyof T]-?: Whole<T[Key]> } : T;
type Same<One, Other> = [One] extends [Other] ? ([Other] extends [One] ? true : never) : never;

// The type `Scenario` is written by hand, since zod drops comments; this checks that it equals the schema.
true satisfies Same<Whole<z.input<ReturnType<typeof scenarioSchema>>>, Whole<Scenario>>;

/** JSON Schema of a scenario as its author writes it. */
export function scenarioJsonSchema(definitions: readonly ProtocolDefinition[]): object {
  const schema = z.toJSONSchema(
    scenarioSchema(() => 0, definitions),
    { io: 'input' },
  );
  // `$schema` lets a file name its schema.
  return { ...schema, properties: { $schema: { type: 'string' }, ...schema.properties } };
}

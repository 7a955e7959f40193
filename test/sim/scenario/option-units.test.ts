/** Options of protocols take the same quantities as all other fields of a scenario. */
import t from 'tap';
import { z } from 'zod';
import { PROTOCOLS } from '../../../models/protocols/registry.ts';
import { withUnits } from '../../../sim/scenario/schema/option-units.ts';
import { resolveScenario } from '../../../sim/scenario/resolve.ts';
import { loadQuantityParser } from '../../../sim/scenario/schema/units.ts';
import { tinyScenario } from './tiny-scenario.ts';

const resolved = async (protocol: { kind: string } & Record<string, unknown>) =>
  (await resolveScenario({ ...tinyScenario(), protocol })).scenario.protocol[0];

t.test(
  'an option that holds a time, a size or a rate takes its units, and SI numbers',
  async (t) => {
    const written = { jobOverhead: '2 ms', storageBandwidth: '8 Gbit/s' };
    const plain = { jobOverhead: 0.002, storageBandwidth: 1e9 };
    for (const kind of ['ps', 'ps-bsp']) {
      t.match(await resolved({ kind, mapReduce: written }), { mapReduce: plain });
      t.match(await resolved({ kind, mapReduce: plain }), { mapReduce: plain });
    }
    for (const kind of ['ps', 'ps-bsp', 'ps-asp', 'all-reduce'])
      for (const bucketBytes of ['64 KiB', 65536])
        t.match(await resolved({ kind, overlap: { bucketBytes } }), {
          overlap: { bucketBytes: 65536 },
        });
  },
);

t.test('no option named after a time, a size or a rate is without a unit', (t) => {
  const isQuantity = (name: string) =>
    /bytes|bandwidth|latency|overhead|second|time|interval|duration|delay$/i.test(name);
  const bare: string[] = [];
  const look = (schema: any, path: string) => {
    for (const [name, field] of Object.entries<any>(schema.properties ?? {})) {
      const forms = [field, ...(field.anyOf ?? [])];
      if (isQuantity(name) && forms.some(({ type, unit }) => /number|integer/.test(type) && !unit))
        bare.push(`${path}.${name}`);
      for (const form of forms) look(form, `${path}.${name}`);
    }
  };
  for (const { kind, options } of PROTOCOLS) look(z.toJSONSchema(options, { io: 'input' }), kind);
  // It counts updates.
  t.strictSame(bare, ['seq-sgd.delay']);
  t.end();
});

t.test('a wrong quantity is answered as in all other fields', async (t) => {
  const refused = (mapReduce: object, message: string) =>
    t.rejects(resolved({ kind: 'ps', mapReduce }), { message });
  await refused(
    { jobOverhead: '2 m', storageBandwidth: 1e9 },
    "protocol.mapReduce.jobOverhead is '2 m', which is no time; a time such as '25 us', or a number of seconds, not below 0 would be right",
  );
  await refused(
    { jobOverhead: 0, storageBandwidth: '1 GB' },
    "protocol.mapReduce.storageBandwidth is '1 GB', which is no bandwidth; a bandwidth such as '10 Gbit/s', or a number of bytes per second, greater than 0 would be right",
  );
  await t.rejects(resolved({ kind: 'all-reduce', overlap: { bucketBytes: '1 bit' } }), {
    message: "protocol.overlap.bucketBytes is '1 bit'; a whole number would be right",
  });
});

t.test('units are read inside of what may be left out or null, and defaults stay', async (t) => {
  const parse = await loadQuantityParser();
  const inner = z.number().min(0).meta({ unit: 's' });
  const schema = z.strictObject({
    one: inner.default(3),
    other: z.strictObject({ deep: inner.optional() }).nullable(),
  });
  const read = withUnits(schema, parse);
  t.strictSame(read.parse({ other: { deep: '2 ms' } }), { one: 3, other: { deep: 0.002 } });
  t.strictSame(read.parse({ one: '1 min', other: null }), { one: 60, other: null });
  t.throws(() => withUnits(z.number().meta({ unit: 'furlong' }), parse), /furlong/);
});

/** Quantities with units come out in SI: bits and bytes apart, decimal and binary prefixes apart. */
import t from 'tap';
import { loadQuantityParser, type Dimension } from '../../../sim/scenario/units.ts';

const RIGHT: [string, Dimension, number][] = [
  ['10 Gbit/s', 'bandwidth', 1.25e9],
  ['10 Gb/s', 'bandwidth', 1.25e9],
  ['10 Gbps', 'bandwidth', 1.25e9],
  ['10 GB/s', 'bandwidth', 1e10],
  ['1 GiB/s', 'bandwidth', 1073741824],
  ['56 kbit/s', 'bandwidth', 7000],
  ['8 bit/s', 'bandwidth', 1],
  ['25 us', 'time', 25e-6],
  ['25 µs', 'time', 25e-6],
  ['1.5 ms', 'time', 1.5e-3],
  ['3 min', 'time', 180],
  ['2 h', 'time', 7200],
  ['100ns', 'time', 1e-7],
  ['64 MiB', 'memory', 67108864],
  ['64 MB', 'memory', 64e6],
  ['64 kB', 'memory', 64000],
  ['64 KB', 'memory', 64000],
  ['64 KiB', 'memory', 65536],
  ['1 Gbit', 'memory', 1.25e8],
  ['100 GFLOP/s', 'speed', 1e11],
  ['1e3 MFLOP/s', 'speed', 1e9],
  ['2 TFLOPS', 'speed', 2e12],
  ['9 gigabyte/s', 'bandwidth', 9e9],
];

t.test('right quantities (ARCHITECTURE 4)', async (t) => {
  const parse = await loadQuantityParser();
  for (const [text, dimension, value] of RIGHT) t.equal(parse(text, dimension), value, text);
});

t.test('a quantity of another dimension is refused, whatever its number', async (t) => {
  const parse = await loadQuantityParser();
  const dimensions: Dimension[] = ['time', 'bandwidth', 'speed', 'memory'];
  for (const [text, dimension] of RIGHT)
    for (const other of dimensions.filter((one) => one !== dimension))
      t.type(parse(text, other), 'string', `${text} is no ${other}`);
});

/** Quantities with units come out in SI: bits and bytes apart, decimal and binary prefixes apart. */
import t from 'tap';
import { loadQuantityParser, type Dimension } from '../../../sim/scenario/schema/units.ts';

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
  ['3 MBps', 'bandwidth', 3e6],
  ['3 GBps', 'bandwidth', 3e9],
  ['8 Kbps', 'bandwidth', 1000],
  ['8 gbps', 'bandwidth', 1e9],
  ['8 Kbit/s', 'bandwidth', 1000],
  ['8 Gbits/s', 'bandwidth', 1e9],
  ['5 MBytes', 'memory', 5e6],
  ['25 usec', 'time', 25e-6],
  ['25 msec', 'time', 25e-3],
  ['2 d', 'time', 172800],
  ['2 TFLOPs', 'speed', 2e12],
  ['2 GFlop/s', 'speed', 2e9],
  ['2 gflops', 'speed', 2e9],
  ['2 KFLOPS', 'speed', 2000],
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

t.test(
  'thousandths of a bit or of an operation are refused, and the mega that was meant is told',
  async (t) => {
    const parse = await loadQuantityParser();
    const told = (wrong: string, right: string) =>
      `has the unit '${wrong}', where m is milli and '${right}' is mega`;
    t.equal(parse('2 mflops', 'speed'), told('mflops', 'Mflops'));
    t.equal(parse('2 mFLOP/s', 'speed'), told('mFLOP', 'MFLOP'));
    t.equal(parse('2 mbps', 'bandwidth'), told('mbps', 'Mbps'));
    t.equal(parse('2 mbit/s', 'bandwidth'), told('mbit', 'Mbit'));
    t.equal(parse('2 mB/s', 'bandwidth'), told('mB', 'MB'));
  },
);

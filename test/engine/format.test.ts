/** Figures with their units: exact strings, and that no rounding ever leaves the range of a unit. */
import fc from 'fast-check';
import t from 'tap';
import {
  formatBytes,
  formatCount,
  formatFigure,
  formatMemory,
  formatRate,
  formatSeconds,
  formatShare,
  formatWait,
} from '../../engine/format.ts';

t.test('every format prints three significant digits and its unit', async (t) => {
  const cases: [string, string][] = [
    [formatBytes(0), '0 B'],
    [formatBytes(48), '48 B'],
    [formatBytes(999), '999 B'],
    [formatBytes(999.7), '1.00 kB'],
    [formatBytes(1_250_000_000), '1.25 GB'],
    [formatMemory(1024), '1.00 KiB'],
    [formatMemory(1000), '1000 B'],
    [formatMemory(67_108_864), '64.0 MiB'],
    [formatMemory(Infinity), 'no limit'],
    [formatRate(1.25e9, 'B'), '1.25 GB/s'],
    [formatRate(312_000, 'events'), '312 k events/s'],
    [formatRate(12, 'events'), '12 events/s'],
    [formatRate(1e11, 'FLOP'), '100 GFLOP/s'],
    [formatRate(1500, ''), '1.50 k/s'],
    [formatSeconds(0), '0 s'],
    [formatSeconds(3e-9), '3.00 ns'],
    [formatSeconds(0.0032), '3.20 ms'],
    [formatSeconds(0.0032, 4), '3.200 ms'],
    [formatSeconds(9.996e-4), '1.00 ms'],
    [formatSeconds(4.211), '4.21 s'],
    [formatSeconds(999.4), '999 s'],
    [formatSeconds(1000), '16 min 40 s'],
    [formatSeconds(-0.5), '-500 ms'],
    [formatWait(0.2), '0 s'],
    [formatWait(59.4), '59 s'],
    [formatWait(59.6), '1 min 00 s'],
    [formatWait(3599.7), '1 h 00 min'],
    [formatWait(100_000), '1 d 04 h'],
    [formatShare(0.41), '41.0 %'],
    [formatShare(1), '100.0 %'],
    [formatCount(1_234_567), '1,234,567'],
    [formatCount(999), '999'],
    [formatFigure(2.302585), '2.3026'],
    [formatFigure(0), '0.0000'],
    [formatFigure(1e-5), '1.00e-5'],
  ];
  for (const [found, wanted] of cases) t.equal(found, wanted);
});

t.test('what is not a number prints as absent', async (t) => {
  for (const format of [formatBytes, formatSeconds, formatShare, formatCount])
    t.equal(format(NaN), '-');
  t.equal(formatFigure(NaN), 'NaN', 'but a loss that has diverged says so');
});

t.test('any size reads back within half a unit of its last digit, in the right unit', async () => {
  const factors: Record<string, number> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, PB: 1e15 };
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 9e17, noNaN: true }), (bytes) => {
      const [number, unit] = formatBytes(bytes).split(' ');
      const value = Number(number);
      const isInRange = unit === 'PB' || value < 1000;
      return isInRange && Math.abs(value * factors[unit] - bytes) <= bytes * 0.00501;
    }),
  );
});

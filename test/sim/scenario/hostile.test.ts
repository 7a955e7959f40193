/** Whatever stands in a scenario, it resolves or is refused in one line that a terminal shows as it is. */
import fc from 'fast-check';
import t from 'tap';
import { hasControls } from '../../../sim/plain-text.ts';
import { BadInput } from '../../../sim/scenario/bad-input.ts';
import { plainCopy } from '../../../sim/scenario/plain-data.ts';
import { resolveScenario } from '../../../sim/scenario/resolve.ts';
import { checkSize } from '../../../sim/scenario/size.ts';
import { tinyScenario } from './tiny-scenario.ts';

type Container = Record<string, unknown>;

function rich(): Container {
  return {
    ...tinyScenario(),
    faults: [
      { kind: 'crash', node: 1, at: '1 ms', for: '1 ms' },
      { kind: 'degrade', every: '1 ms', bandwidth: 0.5, latency: 2 },
      { trace: [{ time: 1, node: 0, event: 'crash' }] },
    ],
    detector: { heartbeat: '1 ms', misses: 3 },
    checkpoint: { every: 2, to: { bandwidth: '1 GB/s', latency: '1 ms' } },
    stop: { time: '1 s', loss: 0.1 },
  };
}

function placesOf(value: unknown, path: string[] = []): string[][] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    [...path, key],
    ...placesOf(inner, [...path, key]),
  ]);
}

const nested = Array.from({ length: 30 }).reduce<unknown>((inner) => ({ inner }), 1);
const hostile = fc.oneof(
  fc.constantFrom<unknown>(0, -0, 1e300, -1e300, 1e-300, 5e-324, 2 ** 53, 1e15, NaN, Infinity),
  fc.constantFrom<unknown>(null, undefined, true, '', [], {}, [[]], nested, 10n, new Date(0)),
  fc.constantFrom<unknown>(
    '1e300 s',
    '1e-300 GB/s',
    '\u001b[31m',
    'a\nb',
    '\u202e',
    'x'.repeat(1e5),
  ),
  fc.constantFrom<unknown>(JSON.parse('{"__proto__":{"kind":"ring-tmp"}}'), { constructor: 1 }),
  fc.string({ unit: 'binary' }),
  fc.anything(),
);
const place = fc.constantFrom(...placesOf(rich()));
const name = fc.constantFrom(null, null, '__proto__', 'constructor', 'toString', '\u001b[2J');

t.test('a scenario resolves, or is refused in one line without control characters', async (t) => {
  const outcomes = { resolved: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(place, hostile, name, async (path, value, renamed) => {
      const scenario = rich();
      const holder = path
        .slice(0, -1)
        .reduce<Container>((at, step) => at[step] as Container, scenario);
      const key = renamed ?? path[path.length - 1];
      Object.defineProperty(holder, key, { value, enumerable: true, configurable: true });
      try {
        const resolution = await resolveScenario(plainCopy(scenario));
        checkSize(resolution.scenario);
        outcomes.resolved++;
        return true;
      } catch (error) {
        outcomes.refused++;
        if (!(error instanceof BadInput)) throw error;
        return /\S .*\S/.test(error.message) && !hasControls(error.message);
      }
    }),
    { numRuns: 400 },
  );
  t.ok(outcomes.resolved > 10 && outcomes.refused > 100, JSON.stringify(outcomes));
});

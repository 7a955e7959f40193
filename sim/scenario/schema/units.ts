/**
 * Quantities with units ('10 Gbit/s', '25 us', '64 MiB', '100 GFLOP/s') as plain numbers in SI base units: s, B, B/s,
 * FLOP/s. The parser is mathjs, imported only when a scenario is read, plus units it lacks.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** What a quantity measures. */
export type Dimension = 'time' | 'bandwidth' | 'speed' | 'memory';

/** The SI base unit of a dimension, and an example in words. */
export const DIMENSIONS: Readonly<Record<Dimension, { unit: string; example: string }>> = {
  time: { unit: 's', example: "a time such as '25 us', or a number of seconds," },
  bandwidth: {
    unit: 'B/s',
    example: "a bandwidth such as '10 Gbit/s', or a number of bytes per second,",
  },
  speed: {
    unit: 'FLOP/s',
    example: "a speed such as '100 GFLOP/s', or a number of operations per second,",
  },
  memory: { unit: 'B', example: "an amount of memory such as '64 MiB', or a number of bytes," },
};

/** Reads a quantity: returns the number in the dimension's SI unit, or what is wrong, in the words after "which". */
export type QuantityParser = (text: string, dimension: Dimension) => number | string;

interface Unit {
  toNumber(unit: string): number;
  equalBase(other: Unit): boolean;
}

let parser: Promise<QuantityParser> | null = null;

/** Loads mathjs once and returns the parser. */
export function loadQuantityParser(): Promise<QuantityParser> {
  parser ??= makeParser();
  return parser;
}

async function makeParser(): Promise<QuantityParser> {
  // The single-file build of mathjs, without types of its own: it loads in a tenth of the time of its 1,500 modules.
  const bundle = 'mathjs/lib/browser/math.js';
  // Resolved from this file, since a worker's bundle lies where no packages are.
  const { href } = pathToFileURL(createRequire(import.meta.url).resolve(bundle));
  const { default: mathjs } = (await import(href)) as { default: typeof import('mathjs') };
  const math = mathjs.create({});
  math.createUnit('FLOP');
  addSpellings((name, definition) => {
    if (!math.Unit.isValuelessUnit(name)) math.createUnit(name, definition);
  });
  const parse = math.unit as unknown as (text: string) => Unit;
  const bases = Object.fromEntries(
    Object.entries(DIMENSIONS).map(([dimension, { unit }]) => [dimension, parse(`1 ${unit}`)]),
  ) as Record<Dimension, Unit>;

  return (text, dimension) => {
    if (!/^\s*[-+]?[0-9.]/.test(text)) return 'does not begin with a number';
    if (/^[-+0-9.eE\s]*$/.test(text)) return 'has no unit';
    let unit: Unit;
    try {
      unit = parse(text.replace(/[\u00b5\u03bc]/g, 'u').trim());
    } catch (error) {
      const unknown = /Unit "(.*)" not found/.exec((error as Error).message);
      if (!unknown) return 'cannot be read';
      const mega = unknown[1].replace(/^m/, 'M');
      return mega !== unknown[1] && math.Unit.isValuelessUnit(mega)
        ? `has the unit '${unknown[1]}', where m is milli and '${mega}' is mega`
        : `has the unknown unit '${unknown[1]}'`;
    }
    if (!unit.equalBase(bases[dimension])) return `is no ${NAMES[dimension]}`;
    // Prefixes leave an error in the last place (25 us = 0.000024999999999999998 s): keep 15 digits.
    return Number(unit.toNumber(DIMENSIONS[dimension].unit).toPrecision(15));
  };
}

/** Also g and t, which are unambiguous; m is milli, which makes no sense for bits or operations. */
const PREFIXES = ['', 'k', 'K', 'M', 'G', 'g', 'T', 't', 'P', 'E', 'Ki', 'Mi', 'Gi', 'Ti'];

/** What people write in place of the unit on the right. */
const SPELLINGS: readonly (readonly [string, string])[] = [
  ['flop', 'FLOP'],
  ['Flop', 'FLOP'],
  ['FLOPS', 'FLOP/s'],
  ['FLOPs', 'FLOP/s'],
  ['Flops', 'FLOP/s'],
  ['flops', 'FLOP/s'],
  ['bit', 'b'],
  ['bits', 'b'],
  ['bps', 'b/s'],
  ['Bps', 'B/s'],
  ['Byte', 'B'],
  ['Bytes', 'B'],
];

/** The units that mathjs lacks, and other ways to write those it has. */
function addSpellings(add: (name: string, definition: string) => void): void {
  const sizes = Object.entries({ k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 });
  for (const [prefix, size] of sizes) add(`${prefix}FLOP`, `${size} FLOP`);
  add('KB', '1 kB');
  add('Kb', '1 kb');
  for (const [spelling, unit] of SPELLINGS)
    for (const prefix of PREFIXES) {
      const known = { K: 'k', g: 'G', t: 'T' }[prefix] ?? prefix;
      if (!(prefix.endsWith('i') && unit.startsWith('FLOP')))
        add(`${prefix}${spelling}`, `1 ${known}${unit}`);
    }
  add('d', '1 day');
  for (const [name, unit] of Object.entries({ nsec: 'ns', usec: 'us', msec: 'ms' }))
    add(name, `1 ${unit}`);
}

const NAMES: Readonly<Record<Dimension, string>> = {
  time: 'time',
  bandwidth: 'bandwidth',
  speed: 'speed',
  memory: 'amount of memory',
};

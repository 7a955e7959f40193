/** Tables of the documents that follow from what protocols and claims say of themselves. */
import { basename } from 'node:path';
import { z } from 'zod';
import type { ProtocolDefinition } from '../../models/protocol.ts';
import { MENDABLE_CRASH } from '../../models/survival.ts';
import { PROTOCOLS } from '../../models/protocols/registry.ts';
import { CLAIMS } from '../../sim/fuzz/claims.ts';
import { PLANTS } from '../plants/plants.ts';

/** A header and rows below it. */
type Table = readonly (readonly string[])[];

interface OptionSchema {
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

const FAULTS = 'pause slow cut partition loss duplicate reorder degrade'.split(
  ' ',
) as readonly (keyof ReturnType<ProtocolDefinition['survives']>)[];

const code = (value: unknown) => `\`${String(value)}\``;

/** Its name, what it may be, what it is if left out, and what it is for. */
function optionText([name, schema]: [string, OptionSchema]): string {
  const { minimum = -Infinity, maximum = Infinity, description } = schema;
  const values = schema.enum?.map(code).join(' or ');
  const most = maximum < Number.MAX_SAFE_INTEGER ? `${minimum} to ${maximum}` : `from ${minimum}`;
  const range = minimum > Number.MIN_SAFE_INTEGER ? most : undefined;
  const fallback = schema.default === undefined ? undefined : `default ${code(schema.default)}`;
  const limits = [values ?? range, fallback].filter((part) => part !== undefined).join(', ');
  return `${code(name)}${limits && ` (${limits})`}: ${description ?? ''}`;
}

function options({ options }: ProtocolDefinition): string {
  const { properties = {} } = z.toJSONSchema(options, { io: 'input' });
  const own = Object.entries(properties).filter(([name]) => name !== 'kind');
  return own.map((entry) => optionText(entry as [string, OptionSchema])).join('; ');
}

/** Options that may change what is survived, where a protocol has them. */
const CHOICES = [
  {},
  { replicas: 1 },
  { variant: 'torus' },
  { variant: 'laps' },
  { variant: 'relay' },
  { variant: 'rotation' },
  { mode: '2bw' },
  { mode: 'stash' },
  { mode: 'bounded' },
];

/** A crash that is over, and one for good, first where checkpoints are saved and then where none are. */
const CRASHES = [true, false].flatMap((returns) =>
  [true, false].map((checkpoints) => ({ ...MENDABLE_CRASH, returns, checkpoints })),
);
const CRASH_NAMES = ['crash', 'no checkpoints', 'for good', 'for good, no checkpoints'];

/** By default, and with each of those. */
function survivals({ kind, options, survives }: ProtocolDefinition): string[][] {
  return CHOICES.flatMap((given) => {
    const parsed = options.safeParse({ kind, ...given });
    if (!parsed.success) return [];
    const [choice] = Object.entries(given).map(([name, value]) => `${name}: ${value}`);
    const name = choice === undefined ? code(kind) : `${code(kind)} with ${code(choice)}`;
    const crashes = CRASHES.map((crash) => survives(parsed.data, crash).crash);
    const others = FAULTS.map((fault) => survives(parsed.data, MENDABLE_CRASH)[fault]);
    return [[name, ...crashes, ...others]];
  });
}

/** Claims that no run is asked about: whatever is drawn keeps them or is a finding. */
const OF_THE_FUZZER = [
  { name: 'throws-nothing', says: 'neither the engine nor the fuzzer throws' },
  { name: 'runnable', says: 'every scenario that is drawn can be run' },
  { name: 'ends-in-time', says: 'a seed is done within a minute of real time' },
];

const TABLES: Readonly<Record<string, () => Table>> = {
  protocols: () => [
    ['protocol', 'what it is'],
    ...PROTOCOLS.map(({ kind, summary }) => [code(kind), summary]),
  ],
  options: () => [
    ['protocol', 'options'],
    ...PROTOCOLS.map((protocol) => [code(protocol.kind), options(protocol)]),
  ],
  survival: () => [['protocol', ...CRASH_NAMES, ...FAULTS], ...PROTOCOLS.flatMap(survivals)],
  claims: () => [
    ['claim', 'what must hold'],
    ...[...CLAIMS, ...OF_THE_FUZZER].map(({ name, says }) => [code(name), says]),
  ],
  plants: () => [
    ['defect', 'where', 'found by'],
    ...PLANTS.map(({ defect, file, protocol, foundBy }) => [
      defect,
      code(file),
      protocol === null ? code(basename(foundBy)) : `${code(foundBy)}, under ${code(protocol)}`,
    ]),
  ],
};

/** The table of that name, laid out as the formatter does. */
export function tableOf(name: string): string {
  const make = TABLES[name];
  if (!make) throw new Error(`there is no table '${name}'; ${Object.keys(TABLES).join(', ')} are`);
  const [header, ...rows] = make();
  const widths = header.map((_, k) =>
    Math.max(3, ...[header, ...rows].map((row) => row[k].length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, k) => cell.padEnd(widths[k])).join(' | ')} |\n`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  return line(header) + rule + rows.map(line).join('');
}

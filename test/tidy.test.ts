import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { importCircles, tallFolders } from './tidy-graph.ts';
import type { Source } from './tidy-rules.ts';
import {
  bannedNames,
  missingAssertions,
  namedProtocols,
  wrongImports,
  wrongSizes,
} from './tidy-rules.ts';

const ROOMS = ['engine', 'models', 'reports', 'scenarios', 'sim', 'test', 'bench'];
const root = new URL('..', import.meta.url);

const sources: Source[] = ROOMS.flatMap((room) =>
  readdirSync(new URL(room, root), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => `${room}/${name}`),
).map((path) => ({ path, text: readFileSync(new URL(path, root), 'utf8') }));

for (const [claim, rule] of [
  ['imports keep the direction that docs/ARCHITECTURE.md draws', wrongImports],
  ['no protocol is named outside its folder and the registries', namedProtocols],
  ['the pure rooms see no clock, chance, promise or machine', bannedNames],
  ['files have at most 300 lines, lines at most 100 columns', wrongSizes],
  ['every test file asserts something', missingAssertions],
] as const)
  t.test(claim, async (t) => {
    t.ok(sources.length > 50, 'the sources were found');
    t.same(sources.flatMap(rule), []);
  });

t.test('no files import each other in a circle', async (t) => {
  t.same(importCircles(sources), []);
  const planted = [
    { path: 'engine/a.ts', text: "import type { B } from './network/b.ts';" },
    { path: 'engine/network/b.ts', text: "import './c.ts';" },
    { path: 'engine/network/c.ts', text: "export { A } from '../a.ts';" },
  ];
  const round = 'engine/a.ts -> engine/network/b.ts -> engine/network/c.ts -> engine/a.ts';
  t.match(importCircles(planted), [new RegExp(`^${round}: move`)]);
  t.same(importCircles(planted.slice(0, 2)), []);
});

t.test('no folder has more than six floors of imports', async (t) => {
  t.same(tallFolders(sources), []);
  const tower = (height: number) =>
    Array.from({ length: height }, (_none, floor) => ({
      path: `engine/x/f${floor}.ts`,
      text: floor === 0 ? "import '../a.ts';" : `import './f${floor - 1}.ts';`,
    }));
  t.same(tallFolders([...tower(6), { path: 'engine/a.ts', text: '' }]), []);
  t.match(tallFolders([...tower(7), { path: 'engine/a.ts', text: '' }]), [
    /^engine\/x\/ has 7 floors/,
  ]);
});

function faults(path: string, ...lines: string[]): string {
  const source = { path, text: lines.join('\n') };
  const rules = [wrongImports, namedProtocols, bannedNames, wrongSizes, missingAssertions];
  return rules.flatMap((rule) => rule(source)).join('; ');
}

t.test('each rule finds what it is there for', async (t) => {
  const cases: [string, string, RegExp][] = [
    ['engine/a.ts', "import { x } from '../models/x.ts';", /engine\/ may import nothing of ours/],
    ['models/b/a.ts', "import { x } from '../../sim/x.ts';", /models\/ may import engine/],
    ['sim/a.ts', "import { x } from '../test/x.ts';", /sim\/ may import engine, models/],
    ['reports/a.ts', "import { x } from '../engine/x.ts';", /may import types alone from engine/],
    ['engine/a.ts', "import fs from 'node:fs';", /a pure room may use pure-rand/],
    ['models/a.ts', "const x = import('ws');", /a pure room may use pure-rand/],
    ['sim/a.ts', "import { Box } from 'ink';", /belong in sim\/ui\//],
    ['sim/a.ts', "if (kind === 'ps-asp') return;", /sim\/a.ts:1 names the protocol 'ps-asp'/],
    ['reports/a.ts', "type Kind = 'gpipe';", /names the protocol 'gpipe'/],
    ['models/protocols/ring-tmp/a.ts', 'const x = `ps-bsp`;', /names the protocol 'ps-bsp'/],
    [
      'sim/a.ts',
      "import { x } from '../models/protocols/ring-tmp/x.ts';",
      /imports '.*x.ts' of the protocol ring-tmp: a question to its ProtocolDefinition/,
    ],
    ['models/protocols/gpipe/a.ts', "import { x } from '../1f1b/x.ts';", /of the protocol 1f1b/],
    ['engine/a.ts', 'const at = Date.now();', /engine\/a.ts:1 uses Date: world.now\(\) would be/],
    ['sim/a.ts', 'const x = Math.random();', /uses Math.random: a named stream/],
    ['models/a.ts', 'setTimeout(() => 1, 5);', /uses setTimeout: world.wake/],
    ['models/a.ts', 'process.exit(1);', /uses process: an argument/],
    ['models/a.ts', 'const f = async () => 1;', /uses async or await: a handler/],
    ['engine/a.ts', 'const x = 1;\n'.repeat(301), /has 301 lines/],
    ['engine/a.ts', `const x = ${'x'.repeat(100)};`, /engine\/a.ts:1 has more than 100 columns/],
    ['test/a.test.ts', "t.test('nothing', () => {});", /asserts nothing/],
  ];
  for (const [path, text, fault] of cases) t.match(faults(path, text), fault);
});

t.test('and nothing else', async (t) => {
  for (const [path, text] of [
    ['models/protocols/parameter-server/a.ts', "const kinds = ['ps-bsp', 'ps-asp'];"],
    ['models/protocols/registry.ts', "import { ringTmp } from './ring-tmp/definition.ts';"],
    ['models/pipeline/a.ts', "import { x } from '../protocols/seq-sgd/options.ts';"],
    ['sim/a.ts', "const help = 'such as --protocol ring-tmp';"],
    ['bench/a.ts', "play('ps-bsp');"],
    ['reports/a.ts', "import type { X } from '../engine/x.ts';"],
    ['reports/a.ts', "import { type X } from '../engine/x.ts';"],
    ['engine/a.ts', "import { y } from 'pure-rand/y';\nimport { x } from './network/x.ts';"],
    ['engine/a.ts', "// Date, process and await\nconst x = { process: 'Date' }.process;"],
    ['models/learning/kernels/build/build.ts', "import fs from 'node:fs';\nprocess.exit(1);"],
    ['sim/ui/a.tsx', "import { Box } from 'ink';\nconst x = async () => Date.now();"],
    ['test/a.test.ts', 't.ok(true);'],
  ])
    t.equal(faults(path, text), '');
});

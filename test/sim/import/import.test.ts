/** What is imported from a profile: the times of its rows, the bytes of its cuts, and a run that can be run again. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { importCommand } from '../../../sim/import/command.ts';
import { costTable } from '../../../sim/import/cost-table.ts';
import { lineOfGraph } from '../../../sim/import/graph-line.ts';
import { readProfile } from '../../../sim/import/profile.ts';
import { simulateCommand } from '../../../sim/commands/simulate.ts';

const PROFILES = new URL('../../../scenarios/profiles/', import.meta.url).pathname;

/** Runs a command; gives its status and what it said. */
async function run(command: (words: string[], streams: never) => Promise<number>, words: string[]) {
  const said = { stdout: '', stderr: '' };
  const streams = {
    stdout: { write: (text: string) => (said.stdout += text) },
    stderr: { write: (text: string) => (said.stderr += text) },
    isTerminal: false,
  };
  return { status: await command(words, streams as never), ...said };
}

/** A graph whose operation i makes `bytes[i]`, read by some of the later ones. */
const graphs = fc.integer({ min: 2, max: 12 }).chain((count) =>
  fc.record({
    bytes: fc.array(fc.nat(100), { minLength: count, maxLength: count }),
    seconds: fc.array(fc.constantFrom(0, 0, 1, 2), { minLength: count, maxLength: count }),
    edges: fc.uniqueArray(
      fc
        .tuple(fc.nat(count - 1), fc.nat(count - 1))
        .filter(([one, other]) => one !== other)
        .map(([one, other]) => [Math.min(one, other), Math.max(one, other)] as const),
      { selector: (edge) => edge.join() },
    ),
  }),
);

t.test('a cut sends each tensor once that is made before it and read behind it', async (t) => {
  fc.assert(
    fc.property(graphs, ({ bytes, edges, seconds }) => {
      const operations = bytes.map((activationBytes, number) => ({
        ...{ number, name: 'x', activationBytes, parameterBytes: 0 },
        ...{ forwardSeconds: seconds[number], backwardSeconds: seconds[number], stage: null },
      }));
      const line = lineOfGraph('FILE', { operations, edges });
      const places = line.map(({ number }) => number);
      return (
        edges.every(([from, to]) => places.indexOf(from) < places.indexOf(to)) &&
        line.every(({ cutBytes }, place) => {
          const made = new Set(places.slice(0, place + 1));
          const sent = bytes.filter(
            (_, maker) =>
              made.has(maker) && edges.some(([from, to]) => from === maker && !made.has(to)),
          );
          return cutBytes === sent.reduce((sum, one) => sum + one, 0);
        })
      );
    }),
  );
  t.pass();
});

t.test('rows that cost nothing go with the row before, and keep the smaller cut', async (t) => {
  const row = (number: number, seconds: number, cutBytes: number) => ({
    ...{ number, name: 'x', forwardSeconds: seconds, backwardSeconds: seconds },
    ...{ activationBytes: 40, parameterBytes: 0, cutBytes, stage: null },
  });
  const settings = { samples: 1, inputBytes: 8, referenceSpeed: 1 };
  const { table } = costTable(
    [row(1, 2, 40), row(2, 0, 20), row(3, 0, 60), row(4, 1, 0)],
    settings,
  );
  t.match(table, {
    inputElements: 2,
    layers: [
      { forwardSeconds: 2, carryElements: 5, keptElements: 30 },
      { forwardSeconds: 1, carryElements: 0, keptElements: 10 },
    ],
  });
});

t.test('all times and parameters of the profiles arrive, but those of loading data', async (t) => {
  for (const name of ['alexnet', 'vgg16', 'gnmt']) {
    const text = readFileSync(join(PROFILES, `${name}.txt`), 'utf8');
    const sum = (key: string) =>
      text
        .split('\n')
        .filter((line) => line.includes(key) && !line.includes('-- Input'))
        .reduce((total, line) => total + Number(new RegExp(`${key}=([0-9.]+)`).exec(line)![1]), 0);
    const profile = readProfile(name, text);
    const settings = { samples: 128, inputBytes: 4, referenceSpeed: 1e12 };
    const { layers } = costTable(lineOfGraph(name, profile), settings).table;
    const total = (key: 'forwardSeconds' | 'backwardSeconds' | 'parameters') =>
      layers.reduce((all, layer) => all + (layer[key] as number), 0);
    const near = (one: number, other: number) => Math.abs(one / other - 1) < 1e-9;
    t.ok(near(total('forwardSeconds') * 128e3, sum('forward_compute_time')), name);
    t.ok(near(total('backwardSeconds') * 128e3, sum('backward_compute_time')), name);
    t.ok(near(total('parameters') * 4, sum('parameter_size')), name);
  }
});

t.test(
  'what nobody reads is no tensor, and times that hardly belong together are told of',
  async (t) => {
    const text = readFileSync(join(PROFILES, 'gnmt.txt'), 'utf8');
    const profile = readProfile('gnmt', text);
    const line = lineOfGraph('gnmt', profile);
    const read = new Set(profile.edges.map(([from]) => from));
    const unread = profile.operations.filter(
      ({ name, number }) => name.startsWith('__getitem__') && !read.has(number),
    );
    t.ok(unread.length > 0);
    t.notOk(line.some(({ number }) => unread.some((one) => one.number === number)));
    const { warnings } = costTable(line, { samples: 64, inputBytes: 4, referenceSpeed: 1e12 });
    t.same(
      warnings.slice(0, -1).map((warning) => /^node\d+/.exec(warning)?.[0]),
      ['node4', 'node5', 'node44', 'node48'],
    );
  },
);

/** The profile with a stage for each operation, by its number. */
function withStages(text: string, stageOf: (number: number) => number): string {
  return text.replaceAll(/^(node(\d+) -- .*parameter_size=.*)$/gm, (line, _all, number) => {
    return `${line} -- stage_id=${stageOf(Number(number))}`;
  });
}

t.test('stages of a profile become bounds, and take the times of their rows', async (t) => {
  const folder = t.testdir();
  const text = readFileSync(join(PROFILES, 'vgg16.txt'), 'utf8');
  const ends = [9, 21, 33, Infinity];
  const stageOf = (number: number) => ends.findIndex((end) => number <= end);
  const [profile, model] = [join(folder, 'staged.txt'), join(folder, 'staged.json')];
  writeFileSync(profile, withStages(text, stageOf));
  const { status } = await run(importCommand, [profile, '--samples', '128', '--out', model]);
  t.equal(status, 0);
  const table = JSON.parse(readFileSync(model, 'utf8')) as { bounds: number[]; layers: object[] };
  t.equal(table.bounds.length, 5);
  const host = { speed: '1 TFLOP/s', taskOverhead: 0 };
  const network = { kind: 'star', bandwidth: '25 Gbit/s', latency: '20 us' };
  const training = { batch: 512, microBatches: 4, iterations: 2, numerics: 'cost' };
  const scenario = { name: 'staged', cluster: { nodes: 4, host, network }, model: table, training };
  const file = join(folder, 'staged-run.json');
  writeFileSync(file, JSON.stringify({ ...scenario, protocol: { kind: 'gpipe' } }));
  const out = join(folder, 'out');
  t.equal((await run(simulateCommand, [file, '--no-ui', '--out', out])).status, 0);
  const rows = text.split('\n').filter((line) => line.includes('=') && !line.includes('-- Input'));
  const [head, ...nodes] = readFileSync(join(out, 'nodes.csv'), 'utf8').trim().split('\n');
  const column = (name: string) => head.split(',').indexOf(name);
  for (const [node, line] of nodes.entries()) {
    const own = rows.filter((row) => stageOf(Number(/^node(\d+)/.exec(row)![1])) === node);
    const sum = (key: string) =>
      own.reduce((total, row) => total + Number(new RegExp(`${key}=([0-9.]+)`).exec(row)![1]), 0);
    const updateNs = ((2 * sum('parameter_size')) / 4 / 1e12) * 1e9;
    const batchNs = 1e6 * (sum('forward_compute_time') + sum('backward_compute_time'));
    const busyNs = Number(line.split(',')[column('modelledBusyNs')]);
    t.ok(Math.abs(busyNs - 2 * (4 * batchNs + updateNs)) < 20, `stage ${node}: ${busyNs} ns`);
  }
});

t.test('the model of the published VGG16 runs is the imported profile', async (t) => {
  const words = [join(PROFILES, 'vgg16.txt'), '--samples', '128'];
  const published = readFileSync(join(PROFILES, '..', 'published', 'vgg16.json'), 'utf8');
  const { stdout } = await run(importCommand, words);
  t.same(JSON.parse(stdout), JSON.parse(published));
});

t.test('import, run, and run what was saved: equal digests', async (t) => {
  const folder = t.testdir();
  const model = join(folder, 'vgg16.json');
  const profile = join(PROFILES, 'vgg16.txt');
  const imported = await run(importCommand, [profile, '--samples', '128', '--out', model]);
  t.match(imported, { status: 0, stdout: '', stderr: /neither the optimizer nor gaps/ });
  const file = join(folder, 'vgg.json');
  const scenario = {
    name: 'vgg16',
    cluster: {
      nodes: 4,
      host: { speed: '1 TFLOP/s', taskOverhead: 0 },
      network: { kind: 'star', bandwidth: '25 Gbit/s', latency: '20 us' },
    },
    model: JSON.parse(readFileSync(model, 'utf8')) as unknown,
    training: { batch: 512, microBatches: 4, iterations: 2, numerics: 'cost' },
    protocol: { kind: '1f1b' },
  };
  writeFileSync(file, JSON.stringify(scenario));
  const digests = [];
  for (const from of [file, join(folder, 'first', 'scenario.json')]) {
    const out = join(folder, from === file ? 'first' : 'second');
    const { status, stderr } = await run(simulateCommand, [from, '--no-ui', '--out', out]);
    t.equal(status, 0, stderr);
    t.notMatch(stderr, /measuredSamples/, 'a micro-batch is the batch that was profiled');
    const summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as {
      runs: { digest: string }[];
    };
    digests.push(summary.runs[0].digest);
  }
  t.equal(digests[0], digests[1]);
});

const ROW =
  'node1 -- x -- forward_compute_time=1, backward_compute_time=2, activation_size=4, parameter_size=0';
const BAD: [string, RegExp][] = [
  ['', /FILE has no operation; .* would be right/],
  ['secret', /FILE, line 1 is no operation and no edge; 'node1 -- .*' would be right/],
  [`${ROW}\n${ROW}`, /FILE, line 2: there are two lines of node1; one would be right/],
  [ROW.replace('=2', '=two'), /line 1: backward_compute_time is 'two'; a number of at least 0/],
  [ROW.replace('=4', '=[4; -1]'), /line 1: activation_size is '\[4; -1\]'; a number of at least 0/],
  [ROW.replace('parameter_size=0', ''), /line 1: parameter_size is missing; a number/],
  [`${ROW}\n\tnode1 -- node2`, /line 2: node2 has no line of its own; one would be right/],
  [
    `${ROW} -- stage_id=x`,
    /line 1: stage_id is 'x'; the number of a stage, from 0, would be right/,
  ],
  [
    `${ROW} -- stage_id=0\n${ROW.replace('node1', 'node2')}`,
    /FILE: node2 has no stage_id, and others have; one for each/,
  ],
  [
    `${ROW} -- stage_id=1\n${ROW.replace('node1', 'node2')} -- stage_id=0\n\tnode1 -- node2`,
    /FILE: node2 of stage 0 comes behind node1 of stage 1; stages that need none of a later one/,
  ],
  [`${ROW}\n\tnode1 -- node1`, /node1 needs what needs itself; a graph without cycles/],
];

t.test('a bad profile is one sentence with its line', async (t) => {
  for (const [text, sentence] of BAD)
    t.throws(() => lineOfGraph('FILE', readProfile('FILE', text)), { message: sentence });
  const words = [join(PROFILES, 'vgg16.txt')];
  t.match(await run(importCommand, words), {
    status: 2,
    stderr: /--samples is missing; .* would be right/,
  });
  t.match(await run(importCommand, [...words, '--samples', '0']), {
    status: 2,
    stderr: /--samples is '0'/,
  });
  t.match(await run(importCommand, [...words, '--samples', '1', '--speed', 'fast']), {
    status: 2,
    stderr: /--speed is 'fast'/,
  });
  t.match(await run(importCommand, []), { status: 2, stderr: /no file is given/ });
  t.match(await run(importCommand, ['--help']), { status: 0, stdout: /Exit status/ });
  t.match(await run(importCommand, ['/no/such', '--samples', '1']), {
    status: 2,
    stderr: /would be right/,
  });
});

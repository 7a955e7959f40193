import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { flowsCommand } from '../../sim/flows/command.ts';

const GOLDEN = fileURLToPath(new URL('../golden/', import.meta.url));
const FILES = readdirSync(GOLDEN).filter((name) => name.endsWith('.json'));

async function run(...words: string[]) {
  let out = '';
  let error = '';
  const status = await flowsCommand(words, {
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (error += text) },
    isTerminal: false,
  });
  return { status, out, error };
}

function folder(t: Test): string {
  const path = mkdtempSync(join(tmpdir(), 'flows-'));
  t.teardown(() => rmSync(path, { recursive: true }));
  return path;
}

/** The command on a file that holds that object. */
async function play(t: Test, file: unknown, ...words: string[]) {
  const path = join(folder(t), 'file.json');
  writeFileSync(path, typeof file === 'string' ? file : JSON.stringify(file));
  const { status, out, error } = await run(path, ...words);
  return { status, out, error: error.replaceAll(path, 'FILE') };
}

const LINK = { id: 'l', bandwidthBytesPerSecond: 1e6, latencySeconds: 0.1 };
const SMALL = {
  description: 'kept as it is',
  hosts: ['a', 'b'],
  links: [LINK],
  routes: [{ src: 'a', dst: 'b', links: ['l'] }],
  flows: [
    { id: 'first', src: 'a', dst: 'b', startSeconds: 0, bytes: 1e6, note: 7 },
    { src: 'a', dst: 'b', startSeconds: 0, bytes: 2e6 },
  ],
};

const ROUNDS = {
  parameters: {
    hosts: 2,
    rounds: 1,
    messageBytes: 1,
    bandwidthBytesPerSecond: 1e6,
    latencySecondsPerLink: 0.1,
    hostFlopsPerSecond: 1e9,
  },
  computeFlopsPerRound: [1, 1],
};

t.test(
  'every golden file is met within 1 us or 1e-6 of the duration, and within 12 ns',
  async (t) => {
    t.equal(FILES.length, 24);
    for (const name of FILES) {
      const { status, out } = await run(join(GOLDEN, name), '--compare');
      t.equal(status, 0, `${name}: ${out}`);
      const [, seconds] = /^largest difference (\S+) s /.exec(out) ?? [];
      t.ok(Number(seconds) <= 12e-9, `${name}: off by ${seconds} s`);
    }
  },
);

t.test('the file comes back with the computed times and all else as it was', async (t) => {
  const { status, out } = await play(t, SMALL);
  t.equal(status, 0);
  t.same(JSON.parse(out), {
    ...SMALL,
    flows: [
      { ...SMALL.flows[0], finishSeconds: 2.1 },
      { ...SMALL.flows[1], finishSeconds: 3.1 },
    ],
  });
});

t.test('--out writes the file, and nothing to stdout', async (t) => {
  const out = join(folder(t), 'out.json');
  const result = await run(join(GOLDEN, 'ps-001.json'), '--out', out);
  t.same(result, { status: 0, out: '', error: '' });
  const written = JSON.parse(readFileSync(out, 'utf8')) as { nodeEndSeconds: number[] };
  t.equal(written.nodeEndSeconds.length, 4);
});

t.test('--compare tells of a time that is off, and exits with 1', async (t) => {
  const flows = [
    { ...SMALL.flows[0], finishSeconds: 2.1 },
    { ...SMALL.flows[1], finishSeconds: 3.100005 },
  ];
  const { status, out } = await play(t, { ...SMALL, flows }, '--compare');
  t.equal(status, 1);
  t.match(out, /largest difference 5\.00e-6 s .*flow 1, computed 3\.1, in the file 3\.100005/);
  t.match(out, /1 of 2 outside the tolerance/);
});

t.test('the largest difference is told even where it is within a larger tolerance', async (t) => {
  const flows = [{ ...SMALL.flows[0], bytes: 1e9, finishSeconds: 1000.1005 }];
  const { status, out } = await play(t, { ...SMALL, flows }, '--compare');
  t.equal(status, 0);
  t.match(out, /largest difference 5\.00e-4 s/);
});

t.test(
  'odd but sound files: equal starts, no latency, no bytes, no links, tiny and huge',
  async (t) => {
    const file = {
      hosts: [{ id: 'a' }, 'b', 'c'],
      links: [
        { id: 'l', bandwidthBytesPerSecond: 1e9, latencySeconds: 0 },
        { id: 'm', bandwidthBytesPerSecond: 5e8, latencySeconds: 0 },
      ],
      routes: [
        { src: 'a', dst: 'b', links: ['l', 'm'] },
        { src: 'a', dst: 'c', links: ['l'] },
        { src: 'c', dst: 'c', links: [] },
      ],
      flows: [
        { src: 'a', dst: 'b', startSeconds: 1, bytes: 0 },
        { src: 'a', dst: 'b', startSeconds: 1, bytes: 1 },
        { src: 'a', dst: 'b', startSeconds: 1, bytes: 1e15 },
        { src: 'a', dst: 'c', startSeconds: 2e6, bytes: 1e9 },
        { src: 'c', dst: 'c', startSeconds: 5, bytes: 1e9 },
      ],
    };
    const { status, out } = await play(t, file);
    t.equal(status, 0);
    const { flows } = JSON.parse(out) as { flows: { finishSeconds: number }[] };
    const expected = [1, 1.000000004, 2000001.000000002, 2000001.5, 5];
    for (const [index, seconds] of expected.entries())
      t.ok(
        Math.abs(flows[index].finishSeconds - seconds) < 1e-8,
        `flow ${index} ends at ${seconds}`,
      );
  },
);

t.test('bad input is one sentence and status 2', async (t) => {
  const cases: [unknown, RegExp][] = [
    ['{', /^FILE is no JSON \(.*\); a JSON object .* would be right\n$/],
    [[], /^FILE holds no object/],
    [{}, /^FILE has neither flows nor parameters/],
    [
      { ...SMALL, weighting: 'inverse-latency' },
      /weighting is 'inverse-latency'; 'equal' .* right\n$/,
    ],
    [{ ...SMALL, links: undefined }, /links is missing; a list would be right/],
    [
      { ...SMALL, routes: [{ src: 'a', dst: 'b', links: ['x'] }] },
      /^routes\[0\]\.links\[0\] is 'x'; a link that the file lists would be right\n$/,
    ],
    [
      { ...SMALL, routes: [{ src: 'a', dst: 'z', links: ['l'] }] },
      /routes\[0\]\.dst is 'z'; a host/,
    ],
    [
      { ...SMALL, routes: [] },
      /flows\[0\] goes from 'a' to 'b', for which the file lists no route/,
    ],
    [{ ...SMALL, routes: [...SMALL.routes, ...SMALL.routes] }, /second route from 'a' to 'b'/],
    [{ ...SMALL, routes: [{ src: 'a', dst: 'b', links: ['l', 'l'] }] }, /passes a link twice/],
    [{ ...SMALL, links: [LINK, LINK] }, /links\[1\] is 'l' again/],
    [
      { ...SMALL, links: [{ ...LINK, bandwidthBytesPerSecond: 0 }] },
      /links\[0\]\.bandwidthBytesPerSecond is 0; a number greater than 0 would be right/,
    ],
    [
      { ...SMALL, flows: [{ ...SMALL.flows[0], bytes: -1 }] },
      /flows\[0\]\.bytes is -1; a number of at least 0 would be right/,
    ],
    [{ ...SMALL, flows: [{ ...SMALL.flows[0], src: 'q' }] }, /flows\[0\]\.src is 'q'/],
    [
      { ...SMALL, flows: [{ ...SMALL.flows[0], startSeconds: 1e9 }] },
      /startSeconds is 1000000000; a number up to 104 days/,
    ],
    [{ ...SMALL, flows: [{ ...SMALL.flows[0], bytes: 9e15 }] }, /do not end within 104 days/],
    [
      { ...SMALL, flows: [{ ...SMALL.flows[0], bytes: 1e20 }] },
      /bytes is 100000000000000000000; a number up to/,
    ],
    [
      { ...SMALL, links: [{ ...LINK, bandwidthBytesPerSecond: 5e-324 }] },
      /is 5e-324; a number from 1e-9 to/,
    ],
    [
      { ...ROUNDS, computeFlopsPerRound: [1e308, 1] },
      /^FILE: computeFlopsPerRound\[0\] is 1e\+308; a number up to 1e\+24 would be right\n$/,
    ],
    [
      { ...ROUNDS, parameters: { ...ROUNDS.parameters, hostFlopsPerSecond: 1e25 } },
      /^FILE: parameters\.hostFlopsPerSecond is 1e\+25; a number from 1e-9 to 1e\+24 would/,
    ],
    [
      `{"flows":[${'0,'.repeat(1_000_000)}0]}`,
      /^FILE: flows is a list of 1000001; at most 1000000 values would be right\n$/,
    ],
  ];
  for (const [file, sentence] of cases) {
    const { status, out, error } = await play(t, file);
    t.equal(status, 2, error);
    t.equal(out, '');
    t.match(error, sentence);
    t.equal(error.trim().split('\n').length, 1, 'one line');
  }
  t.match(
    (await play(t, SMALL, '--compare')).error,
    /flow first has no time in the file to compare with/,
  );
  t.match((await run()).error, /^no file is given/);
  t.match((await run('/nowhere/file.json')).error, /is no file/);
  t.match((await run('--faster')).error, /unknown option/);
});

t.test('rounds with the wrong number of entries are refused', async (t) => {
  const ring = JSON.parse(readFileSync(join(GOLDEN, 'ring-001.json'), 'utf8')) as object;
  const { status, error } = await play(t, { ...ring, computeFlopsPerRound: [1, 2] });
  t.equal(status, 2);
  t.match(error, /computeFlopsPerRound has 2 entries; one for each of the 4 hosts would be right/);
});

t.test('--help tells what a file holds', async (t) => {
  const { status, out } = await run('--help');
  t.equal(status, 0);
  t.match(out, /startSeconds, bytes/);
});

t.test('the computing of the server counts in every round', async (t) => {
  const file = {
    parameters: {
      hosts: 2,
      rounds: 3,
      messageBytes: 0,
      bandwidthBytesPerSecond: 1e6,
      latencySecondsPerLink: 0.25,
      hostFlopsPerSecond: 1e6,
      serverFlopsPerRound: 4e6,
    },
    computeFlopsPerRound: [1e6, 2e6],
    workerBandwidthBytesPerSecond: [1e6, 1e3],
  };
  const { status, out } = await play(t, file);
  t.equal(status, 0);
  const { nodeEndSeconds } = JSON.parse(out) as { nodeEndSeconds: number[] };
  t.same(
    nodeEndSeconds,
    [21, 21],
    'three rounds of 2 s at the slower worker, 4 s at the server, 1 s of ways',
  );
});

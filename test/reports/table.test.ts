/** The table: whole texts for small runs, and what must hold for any number of protocols. */
import fc from 'fast-check';
import t from 'tap';
import { type Summary } from '../../reports/summary.ts';
import { summarize } from '../../reports/summarize.ts';
import { summaryTable } from '../../reports/table.ts';
import { faultyRun } from './faulty-run.ts';
import { account, ringRun, runOf, serverRun } from './sample-run.ts';

t.test('one protocol: a row a figure, only the rows that have one', async (t) => {
  t.equal(
    summaryTable([summarize(ringRun())]),
    `
                           ring-tmp
world                     simulated
nodes                             2

wall time                    250 ms
events                        1,234
event rate          4.94 k events/s
iterations                        1
samples                          32
staleness, mean              0.5000
staleness, max                    2
comm + idle, max             40.0 %

messages                          6
bytes sent                  6.00 kB
bytes a node, max           5.00 kB

peak memory, max           1.00 KiB
peak memory, mean          1.00 KiB

                           ring-tmp
outcome                    finished
modelled time              1.000 ms
throughput         32.0 k samples/s

busy                         70.0 %
comm                         10.0 %
idle                         20.0 %
comm + idle, mean            30.0 %

digest             fedcba9876543210`.slice(1),
  );
});

t.test('two protocols side by side: what one of them lacks shows as -', async (t) => {
  t.equal(
    summaryTable([summarize(ringRun()), summarize(serverRun({ partial: true }))]),
    `
                           ring-tmp             ps-bsp
world                     simulated          simulated
nodes                             2                  3

wall time                    250 ms             500 ms
events                        1,234              1,234
event rate          4.94 k events/s    2.47 k events/s
iterations                        1                  3
samples                          32                 96
first loss                        -             2.3000
staleness, mean              0.5000                  -
staleness, max                    2                  -
weights sha256                    -   c0ffeec0ffeec0ff
comm + idle, max             40.0 %             80.0 %

stage busy                   70.0 %                  -
stage comm                   10.0 %                  -
stage idle                   20.0 %                  -
server busy                       -             20.0 %
server comm                       -             70.0 %
server idle                       -             10.0 %
worker busy                       -             45.0 %
worker redo                       -              5.0 %
worker comm                       -             30.0 %
worker idle                       -             20.0 %

messages                          6                  6
bytes sent                  6.00 kB            6.00 kB
bytes a node, max           5.00 kB            6.00 kB
busiest link                      -     node 0 ingress
its utilisation                   -             90.0 %
  busiest tenth                   -             90.0 %

memory used, max                  -             62.5 %
peak memory, max           1.00 KiB           6.00 MiB
peak memory, mean          1.00 KiB           5.00 MiB
  weights                         -           4.00 MiB
  optimizer slots                 -           2.00 MiB
  activations                     -           1.00 MiB

steady rate                       -    107 k samples/s
  warm-up before                  -             400 us
  drain behind                    -             300 us
  speed-up                        -             2.1333
  FLOPs used                      -             50.0 %

                           ring-tmp             ps-bsp
outcome                    finished  finished, partial
modelled time              1.000 ms           1.000 ms
  an iteration                    -           300.0 us
throughput         32.0 k samples/s   96.0 k samples/s

loss, last tenth                  -             1.2500
final loss                        -             1.2500
final test loss                   -             1.6000
final accuracy                    -            50.00 %

busy                         70.0 %             36.7 %
redo                          0.0 %              3.3 %
comm                         10.0 %             43.3 %
idle                         20.0 %             16.7 %
comm + idle, mean            30.0 %             60.0 %

digest             fedcba9876543210   0123456789abcdef
digest of numbers                 -   0011223344556677`.slice(1),
  );
});

t.test('modelled and measured times never share a row', async (t) => {
  const text = summaryTable([summarize(serverRun()), summarize(serverRun({ world: 'threads' }))]);
  const lines = text.split('\n');
  const from = lines.findIndex((line) => line.startsWith('modelled time'));
  const [modelled, ofModelled, measured, ofMeasured] = lines.slice(from, from + 4);
  t.match(modelled, /^modelled time +1\.000 ms +-$/);
  t.match(ofModelled, /^ {2}an iteration +300\.0 us +-$/);
  t.match(measured, /^measured time +- +1\.000 ms$/);
  t.match(ofMeasured, /^ {2}an iteration +- +300\.0 us$/);
});

t.test('the figures people look for come last, under their names, and fit 24 rows', async (t) => {
  const { training } = serverRun();
  const divergence = { iteration: 2, text: 'training diverged' };
  const run = summarize(faultyRun({ training: { ...training, divergence } }));
  const lines = summaryTable([run]).split('\n');
  const headline = lines.slice(lines.findLastIndex((line) => /^ +ps-bsp$/.test(line)));
  for (const label of ['outcome', 'modelled time', 'throughput', 'final loss', 'busy', 'digest'])
    t.ok(
      headline.some((line) => line.startsWith(label)),
      label,
    );
  t.ok(headline.length < 22, `${headline.length} lines, and room for where the results are`);
});

t.test('a row of nothing is left out, one that has something anywhere is not', async (t) => {
  const idle = summarize(ringRun());
  t.notMatch(summaryTable([idle]), /^(redo|down)/m);
  t.match(summaryTable([idle, summarize(serverRun())]), /^redo +0\.0 % +3\.3 %$/m);
  const training = { ...idle.training, finalAccuracy: 0 };
  t.match(summaryTable([{ ...idle, training }]), /^final accuracy +0\.00 %$/m, 'a result of 0');
});

t.test('no protocols give an empty table', async (t) => {
  t.equal(summaryTable([]), '');
});

/** A run of any accounts, so that shares come out unround. */
const anySummary = fc
  .record({
    label: fc.stringMatching(/^[a-z-]{1,14}$/),
    nodes: fc.array(
      fc.record({ busy: fc.nat(400_000), redo: fc.nat(200_000), comm: fc.nat(400_000) }),
      { minLength: 1, maxLength: 5 },
    ),
    servers: fc.nat(2),
  })
  .map(({ label, nodes, servers }): Summary => {
    const accounts = nodes.map(({ busy, redo, comm }, node) =>
      account(node, { busyNs: busy, redoNs: redo, commNs: comm }),
    );
    return summarize(
      serverRun({
        scenario: { name: 'any', seed: 1, kind: 'ps-bsp', label },
        roles: nodes.map((_node, index) => (index < servers ? 'server' : 'worker')),
        run: runOf(accounts),
      }),
    );
  });

t.test('any protocols: lines of one block are equally long, and none longer than 80', async () => {
  fc.assert(
    fc.property(fc.array(anySummary, { minLength: 1, maxLength: 8 }), (summaries) =>
      summaryTable(summaries)
        .split('\n\n\n')
        .every((block) => {
          const lines = block.split('\n').filter((line) => line !== '');
          return lines.every((line) => line.length === lines[0].length && line.length <= 80);
        }),
    ),
  );
});

t.test('any run: the printed shares sum to 100 % within rounding (PROTOCOLS F)', async () => {
  fc.assert(
    fc.property(anySummary, (summary) => {
      const sums = new Map<string, number>();
      for (const line of summaryTable([summary]).split('\n')) {
        const [, role, percent] =
          /^(.*?)(?:busy|redo|comm|idle|down) +([\d.]+) %$/.exec(line) ?? [];
        if (role !== undefined) sums.set(role, (sums.get(role) ?? 0) + Number(percent));
      }
      return sums.size > 0 && [...sums.values()].every((sum) => Math.abs(sum - 100) <= 0.2501);
    }),
  );
});

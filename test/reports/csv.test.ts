/** The CSV files: exact texts of small runs, parsed back, and names that break naive CSV. */
import { textOf } from './text-of.ts';
import t from 'tap';
import { csvText } from '../../reports/csv.ts';
import { eventsCsv } from '../../reports/events-csv.ts';
import { faultsCsv } from '../../reports/faults-csv.ts';
import { iterationsCsv } from '../../reports/iterations-csv.ts';
import { linksCsv } from '../../reports/links-csv.ts';
import { nodesCsv } from '../../reports/nodes-csv.ts';
import { faultRecord } from './faulty-run.ts';
import { account, ringRun, runOf, serverRun } from './sample-run.ts';

t.test(
  'nodes.csv: a row a node, its times in integer nanoseconds, its memory by item',
  async (t) => {
    t.equal(
      textOf(nodesCsv([serverRun()])),
      [
        'protocol,node,role,modelledBusyNs,modelledRedoNs,modelledCommNs,modelledIdleNs,modelledDownNs,' +
          'jobs,flops,memoryBoundJobs,messagesSent,bytesSent,messagesReceived,bytesReceived,' +
          'controlFramesSent,controlBytesSent,controlFramesReceived,controlBytesReceived,peakMemoryBytes,memoryUsed,' +
          'activationsPeakBytes,optimizerSlotsPeakBytes,weightsPeakBytes',
        'ps-bsp,0,server,200000,0,700000,100000,0,4,1000000,0,3,3000,2,2000,5,344,4,280,6291456,,0,2097152,4194304',
        'ps-bsp,1,worker,500000,0,300000,200000,0,4,1000000,0,3,3000,2,2000,5,344,4,280,5242880,0.625,1048576,0,4194304',
        'ps-bsp,2,worker,400000,100000,300000,200000,0,4,1000000,0,3,4000,2,2000,5,344,4,280,4194304,0.5,0,0,4194304',
        '',
      ].join('\n'),
    );
  },
);

t.test('iterations.csv: a row an iteration; what nobody computed is empty', async (t) => {
  t.equal(
    textOf(iterationsCsv([serverRun()])),
    `
protocol,iteration,modelledEndSeconds,cumulativeSamples,loss,testLoss,accuracy,cumulativeBytes
ps-bsp,0,0.0004,32,2.3,,,
ps-bsp,1,0.0007,64,1.5,1.6,0.5,
ps-bsp,2,0.001,96,1.25,,,
`.slice(1),
  );
});

t.test('iterations.csv holds the bytes of those who count them', async (t) => {
  const run = ringRun();
  const [first] = run.training.iterations;
  const training = { ...run.training, iterations: [{ ...first, bytes: 4096 }] };
  t.equal(
    textOf(iterationsCsv([{ ...run, training }])).split('\n')[1],
    'ring-tmp,0,0.001,32,,,,4096',
  );
});

t.test('links.csv: a row a link and direction with its share of full use', async (t) => {
  t.equal(
    textOf(linksCsv([serverRun()])),
    `
protocol,link,bandwidthBytesPerSecond,latencyNs,messages,bytes,modelledBusyNs,utilisation,controlBytes,heartbeatBytes,utilisationPart1of2,utilisationPart2of2
ps-bsp,node 0 egress,1250000000,5000,2,2000,250000,0.25,688,432,0.5,0
ps-bsp,node 0 ingress,1250000000,5000,2,2000,900000,0.9,688,432,0.9,0.9
ps-bsp,node 1 egress,1250000000,5000,2,2000,900000,0.9,688,432,0.8,1
`.slice(1),
  );
});

t.test(
  'protocols share a file, told apart by a first column, which one alone has too',
  async (t) => {
    const rows = textOf(nodesCsv([ringRun(), serverRun()]))
      .trimEnd()
      .split('\n')
      .map((line) => line.split(','));
    t.equal(rows[0][0], 'protocol');
    t.strictSame(
      rows.slice(1).map((row) => row.slice(0, 3)),
      [
        ['ring-tmp', '0', 'stage'],
        ['ring-tmp', '1', 'stage'],
        ['ps-bsp', '0', 'server'],
        ['ps-bsp', '1', 'worker'],
        ['ps-bsp', '2', 'worker'],
      ],
    );
    t.ok(rows.every((row) => row.length === rows[0].length));
    t.equal(
      textOf(nodesCsv([ringRun()]))
        .split('\n')[1]
        .split(',')[0],
      'ring-tmp',
    );
  },
);

t.test('measured times have columns of their own', async (t) => {
  const run = serverRun({ world: 'threads' });
  t.match(textOf(nodesCsv([run])), /^protocol,node,role,measuredBusyNs,measuredRedoNs,/);
  t.match(textOf(iterationsCsv([run])), /^protocol,iteration,measuredEndSeconds,/);
  t.match(textOf(linksCsv([run])), /,measuredBusyNs,/);
});

t.test('within a file all durations have one unit', async (t) => {
  const runs = [serverRun(), ringRun({ faults: faultRecord() })];
  for (const file of [nodesCsv, iterationsCsv, linksCsv, faultsCsv, eventsCsv]) {
    const [header] = textOf(file(runs)).split('\n');
    const units = header.split(',').flatMap((name) => /(Ns|[sS]econds)$/.exec(name)?.[1] ?? []);
    t.equal(new Set(units.map((unit) => unit.toLowerCase())).size, 1, header);
  }
});

t.test('the five times of every row sum to the time of the run (PROTOCOLS F)', async (t) => {
  const [header, ...rows] = textOf(nodesCsv([serverRun()]))
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  const times = header.flatMap((name, column) => (name.endsWith('Ns') ? [column] : []));
  t.equal(times.length, 5);
  for (const row of rows) {
    t.equal(
      times.reduce((sum, column) => sum + Number(row[column]), 0),
      1_000_000,
    );
  }
});

t.test('names with commas, quotes and line breaks survive', async (t) => {
  const role = 'a "server", one\nof two';
  const run = serverRun({ run: runOf([account(0)]), roles: [role] });
  const text = textOf(nodesCsv([run]));
  t.equal(
    text.slice(text.indexOf('\n') + 1).split(',0,0,')[0],
    `ps-bsp,0,"a ""server"", one\nof two"`,
  );
});

t.test('no text begins a formula, and numbers below 0 stay numbers', async (t) => {
  const columns = ['=1+1', '+1', '-1', '@sum', -1, -1e-7].map((value, index) => ({
    header: `c${index}`,
    cell: () => value,
  }));
  t.equal(
    textOf(csvText([serverRun()], columns, () => [0])).split('\n')[1],
    "ps-bsp,'=1+1,'+1,'-1,'@sum,-1,-1e-7",
  );
});

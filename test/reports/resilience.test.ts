/** Faults in the summary, the table, the CSV files and the trace, by hand on a tiny run. */
import { textOf } from './text-of.ts';
import t from 'tap';
import { checkExpectations } from '../../reports/check.ts';
import { eventsCsv } from '../../reports/events-csv.ts';
import { faultsCsv } from '../../reports/faults-csv.ts';
import { summarize } from '../../reports/summarize.ts';
import { summaryTable } from '../../reports/table.ts';
import { traceChunks } from '../../reports/trace.ts';
import { faultRecord, faultyRun } from './faulty-run.ts';
import { ringRun, serverRun } from './sample-run.ts';

t.test('a summary lists each strike, with times of the run and since the strike', async (t) => {
  t.strictSame(summarize(faultyRun()).faults, [
    {
      kind: 'crash',
      rule: 1,
      nodes: [1, 2],
      struckSeconds: 1e-4,
      endSeconds: null,
      detectedSeconds: 1.25e-4,
      detectedAfterSeconds: 2.5e-5,
      recoveredSeconds: 2e-4,
      recoveredAfterSeconds: 1e-4,
      redoneSamples: 16,
      messagesLost: 3,
      lost: 40,
      samplesPerSecondBefore: 1000,
      samplesPerSecondAfter: 500,
      iterationsSince: 2,
    },
    {
      kind: 'pause',
      rule: 0,
      nodes: [0],
      struckSeconds: 4e-4,
      endSeconds: 5e-4,
      detectedSeconds: null,
      detectedAfterSeconds: null,
      recoveredSeconds: null,
      recoveredAfterSeconds: null,
      redoneSamples: 0,
      messagesLost: 0,
      lost: 0,
      samplesPerSecondBefore: null,
      samplesPerSecondAfter: null,
      iterationsSince: 0,
    },
  ]);
});

t.test('over all strikes: what was noticed, repaired, lost and redone', async (t) => {
  t.strictSame(summarize(faultyRun()).resilience, {
    strikes: 2,
    strikesLeftOut: 0,
    detected: 1,
    recovered: 1,
    detectedAfterSeconds: { mean: 2.5e-5, max: 2.5e-5 },
    recoveredAfterSeconds: { mean: 1e-4, max: 1e-4 },
    redoneSamples: 16,
    messagesLost: 4,
    lost: { parameters: [[10, 50]], count: 40, why: ['both holders are gone'] },
    recoveries: 1,
    restarts: 1,
    halts: 0,
    checkpoints: 2,
    lastCheckpoint: 20,
  });
  const many = faultRecord({ faultsLeftOut: 98 });
  t.match(summarize(faultyRun({ faults: many })).resilience, { strikes: 100, strikesLeftOut: 98 });
});

t.test('beside the same run without faults: loss, weights and time', async (t) => {
  const { weightsSha256 } = faultyRun();
  const faultless = { isFinished: true, timeNs: 800_000, finalLoss: 1, weightsSha256 };
  const of = (given: object): unknown => summarize(faultyRun(given)).resilience;
  t.match(of({ faultless }), {
    finalLossDifference: 0.25,
    weightsEqualToFaultless: true,
    slowdown: 1.25,
  });
  t.match(of({ faultless: { ...faultless, weightsSha256: 'other' } }), {
    weightsEqualToFaultless: false,
  });
  t.match(of({ faultless: { ...faultless, weightsSha256: null, finalLoss: null } }), {
    finalLossDifference: null,
    weightsEqualToFaultless: null,
    slowdown: 1.25,
  });
  const nothing = { finalLossDifference: null, weightsEqualToFaultless: null, slowdown: null };
  t.match(of({ faultless: { ...faultless, isFinished: false } }), nothing);
  const run = { ...faultyRun().run, outcome: 'interrupted' as const };
  t.match(of({ faultless, run }), nothing, 'half a run compares with nothing');
});

t.test('yes and no can be expected, as 1 and 0', async (t) => {
  const { weightsSha256 } = faultyRun();
  const faultless = { isFinished: true, timeNs: 800_000, finalLoss: 1, weightsSha256 };
  const expect = [{ value: 'resilience.weightsEqualToFaultless', atLeast: 1 }];
  const holds = (given: object): boolean =>
    checkExpectations(expect, [summarize(faultyRun(given))])[0].holds;
  t.ok(holds({ faultless }));
  t.notOk(holds({ faultless: { ...faultless, weightsSha256: 'other' } }));
  t.notOk(holds({}), 'what was not compared is no yes');
});

t.test('the table has rows of faults only where a run has faults', async (t) => {
  t.notMatch(summaryTable([summarize(serverRun())]), /faults|redone|parameters lost/);
  const { weightsSha256 } = faultyRun();
  const faultless = { isFinished: true, timeNs: 800_000, finalLoss: 1, weightsSha256 };
  const table = summaryTable([summarize(ringRun()), summarize(faultyRun({ faultless }))]);
  const from = table.indexOf('\nfaults') + 1;
  t.equal(
    table.slice(from, table.indexOf('\n\n', from)),
    `
faults                            -                 2
  detected                        -                 1
  after, mean                     -          25.00 us
  after, max                      -          25.00 us
  recovered                       -                 1
  after, mean                     -          100.0 us
  after, max                      -          100.0 us
samples redone                    -                16
messages lost                     -                 4
parameters lost                   -                40
checkpoints                       -                 2
  restarts                        -                 1
against no faults                 -  1.250 x the time
  final loss                      -           +0.2500
  weights                         -             equal`.slice(1),
  );
});

t.test('faults.csv: a row a strike, what did not happen empty', async (t) => {
  t.equal(
    textOf(faultsCsv([faultyRun()])),
    `
protocol,number,rule,kind,nodes,modelledStruckSeconds,modelledEndSeconds,modelledDetectedSeconds,modelledDetectedAfterSeconds,modelledRecoveredSeconds,modelledRecoveredAfterSeconds,redoneSamples,messagesLost,lost,modelledSamplesPerSecondBefore,modelledSamplesPerSecondAfter,iterationsSince
ps-bsp,0,1,crash,1 2,0.0001,,0.000125,0.000025,0.0002,0.0001,16,3,40,1000,500,2
ps-bsp,1,0,pause,0,0.0004,0.0005,,,,,0,0,0,,,0
`.slice(1),
  );
  const measured = faultyRun({ world: 'threads' });
  t.match(textOf(faultsCsv([measured])), /measuredStruckSeconds/);
  t.same(
    summarize(measured).faults?.map(({ messagesLost }) => messagesLost),
    [null, null],
    'in a real world nobody sees which blow a message was lost to',
  );
});

t.test('events.csv: a row an event, and a row that says what is left out', async (t) => {
  t.equal(
    textOf(eventsCsv([faultyRun(), ringRun()])),
    `
protocol,modelledSeconds,node,event,text
ps-bsp,0.0001,,struck,nodes 1 and 2 crash
ps-bsp,0.000125,1,suspected,node 0 suspects node 1
`.slice(1),
  );
  const faults = faultRecord({ eventsLeftOut: { count: 1234, after: 1 } });
  t.equal(
    textOf(eventsCsv([faultyRun({ faults })])).split('\n')[2],
    'ps-bsp,,,left-out,"1,234 events are left out here"',
  );
});

t.test('a trace shows strikes as spans and events as instants', async (t) => {
  const trace = { pieces: () => [], leftOut: 0 };
  const text = [...traceChunks([{ input: faultyRun(), trace }])].join('');
  const { traceEvents } = JSON.parse(text) as { traceEvents: Record<string, unknown>[] };
  const seen = traceEvents
    .filter(({ ph }) => ph !== 'M')
    .map(({ ph, ts, name, tid }) => [ph, ts, name, tid]);
  t.strictSame(seen, [
    ['b', 100, 'crash', 0],
    ['e', 1000, 'crash', 0],
    ['b', 400, 'pause', 0],
    ['e', 500, 'pause', 0],
    ['i', 100, 'nodes 1 and 2 crash', undefined],
    ['i', 125, 'node 0 suspects node 1', 4],
  ]);
});

t.test('warnings of a run are in its summary', async (t) => {
  t.strictSame(summarize(faultyRun({ warnings: ['faults[0] struck nothing'] })).warnings, [
    'faults[0] struck nothing',
  ]);
});

/** The report of a single run: every task is a bar of its Gantt chart, and faults are told as faults.csv has them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import t from 'tap';
import { pathToFileURL } from 'node:url';
import { ganttCharts } from '../../../reports/studies/run/gantt.ts';
import { recoveryTexts } from '../../../reports/studies/run/recovery.ts';
import type { Row } from '../../../reports/studies/run/rows.ts';
import { writeReport } from '../../../sim/studies/report-command.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { runHere, scenarioFile } from '../commands/run-command.ts';
import { tinyScenario } from '../scenario/tiny-scenario.ts';
import { noBrowser, openBrowser } from './browser.ts';

const rowsOf = (path: string): Row[] => parse(readFileSync(path), { columns: true });

interface Panel {
  readonly data: { readonly values: { readonly kind: string; readonly label: string }[] };
  readonly layer: { readonly data?: { readonly values: object[] } }[];
}

function panelsOf(tasks: readonly Row[], messages: readonly Row[], view: number): Panel[] {
  const [{ views }] = ganttCharts(tasks, messages);
  return (views[view].spec as { vconcat: Panel[] }).vconcat;
}

t.test('tasks are bars by their kinds and micro-batches; messages come on demand', async (t) => {
  const task = (name: string, critical = '') => ({
    ...{ protocol: 'p', node: '0', task: name, critical },
    ...{ modelledStartNs: '1000000', modelledEndNs: '2000000' },
  });
  const names = ['forward 3/12', 'forward 3/1 and backward 3/0', 'update 3, stage 1', 'add 4'];
  const message = {
    ...{ protocol: 'p', from: '0', to: '1', kind: 'PUSH', bytes: '8', critical: '' },
    ...{ modelledSentNs: '1000000', modelledArrivedNs: '1500000' },
  };
  const messages = [message, { ...message, critical: '3' }];
  const tasks = names.map((name) => task(name));
  const views = [0, 1, 2].map((view) => panelsOf(tasks, messages, view)[0]);
  t.same(
    views[0].data.values.map(({ kind, label }) => [kind, label]),
    [
      ['forward', '12'],
      ['forward and backward', '1'],
      ['update', ''],
      ['add', ''],
    ],
  );
  t.same(
    views.map(({ layer }) => layer[layer.length - 1].data!.values.length),
    [0, 1, 2],
  );
  t.same(ganttCharts([], messages), [], 'none where no task was kept');
});

t.test('a fault is told with the times that faults.csv has', async (t) => {
  const fault = {
    ...{ protocol: 'p', kind: 'crash', nodes: '2', modelledStruckSeconds: '0.05' },
    ...{ modelledDetectedAfterSeconds: '0.0003', modelledRecoveredAfterSeconds: '0.0067' },
    redoneSamples: '128',
  };
  const texts = (row: Row) => recoveryTexts({ iterations: [], events: [], faults: [row] });
  t.same(texts(fault), [
    'p: crash of node 2 at 50.0 ms: noticed after 300 us, work regained after 6.70 ms, 128 samples done again.',
  ]);
  t.match(texts({ ...fault, modelledRecoveredAfterSeconds: '' }), [/work was not regained/]);
  t.match(texts({ ...fault, modelledDetectedAfterSeconds: '' }), [/no node was suspected/]);
});

t.test('the page of an explained run with a crash', { skip: noBrowser ?? false }, async (t) => {
  const folder = t.testdir();
  const out = join(folder, 'run');
  const written: Scenario = {
    ...tinyScenario(),
    protocol: [{ kind: 'ring-tmp', replicas: 1 }, { kind: 'ps-bsp' }],
    faults: [{ at: '20 us', kind: 'crash', node: 1, for: '1 ms' }],
    checkpoint: { every: 2, to: { bandwidth: '1 GB/s', latency: '10 us' } },
    expect: [],
  };
  const { status, stderr } = await runHere([
    ...[scenarioFile(folder, written), '--nodes', '4', '--explain', '--out', out],
  ]);
  t.equal(status, 0, stderr);
  const path = join(folder, 'page.html');
  await writeReport([out], path);
  const browser = await openBrowser();
  t.teardown(() => browser.close());
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(pathToFileURL(path).href);
  const gantt = page.locator('figure[id$="-gantt"]');
  await gantt.locator('svg').waitFor();
  const marks = (mark: string) => page.$$eval(`[id$="-gantt"] ${mark}`, (all) => all.length);
  const tasks = rowsOf(join(out, 'tasks.csv'));
  t.equal(await marks('[class*="layer_0_marks"] path'), tasks.length, 'a bar a task');
  await gantt.locator('input[type=radio]').nth(2).check();
  await page.waitForFunction(
    'document.querySelector(\'[id$="-gantt"] [class*=layer_3_marks] line\')',
  );
  const sent = rowsOf(join(out, 'messages.csv')).length;
  const drawn = await marks('[class*="layer_3_marks"] line');
  t.ok(drawn > 0 && drawn <= sent, 'messages on demand');
  const recovery = page.locator('figure[id$="-recovery"] svg');
  await recovery.waitFor();
  t.match(await recovery.textContent(), 'samples done');
  t.same(complaints, []);
});

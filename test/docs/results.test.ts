/** docs/results.md names every column of every file and every field of a summary, and no other. */
import { eachAccount } from '../../engine/node-accounts.ts';
import { textOf } from '../reports/text-of.ts';
import { readFileSync } from 'node:fs';
import t from 'tap';
import { blameCsv } from '../../reports/explanation/blame-csv.ts';
import { messagesCsv, pathCsv, tasksCsv } from '../../reports/explanation/path-csv.ts';
import { explanationOf } from '../reports/sample-explanation.ts';
import { eventsCsv } from '../../reports/events-csv.ts';
import { faultsCsv } from '../../reports/faults-csv.ts';
import { iterationsCsv } from '../../reports/iterations-csv.ts';
import { linksCsv } from '../../reports/links-csv.ts';
import { nodesCsv } from '../../reports/nodes-csv.ts';
import { summarize } from '../../reports/summarize.ts';
import { faultyRun } from '../reports/faulty-run.ts';
import { runOf } from '../reports/sample-run.ts';

const document = readFileSync(new URL('../../docs/results.md', import.meta.url), 'utf8');

/** The first cells of the table below that heading, in order. */
function namesUnder(heading: string): string[] {
  const [, section = ''] = document.split(`\n## ${heading}\n`);
  return [...section.split('\n## ')[0].matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name);
}

/** `{item}PeakBytes` stands for any item. */
function matches(name: string, pattern: string): boolean {
  const literal = pattern.split(/\{\w+\}/).map((part) => part.replace(/[.[\]]/g, '\\$&'));
  return new RegExp(`^${literal.join('[\\w ]+')}$`).test(name);
}

/** What is written and not documented, and what is documented and not written. */
function differences(written: readonly string[], documented: readonly string[]): string[] {
  return [
    ...written.filter((name) => !documented.some((pattern) => matches(name, pattern))),
    ...documented.filter((pattern) => !written.some((name) => matches(name, pattern))),
  ];
}

/** A run of which every file has something to tell. */
function fullRun() {
  const { run, weightsSha256, scenario, ...rest } = faultyRun();
  const tenths = new Float32Array(10 * run.links.bytes.length);
  return {
    ...rest,
    scenario: { ...scenario, targetAccuracy: 0.5 },
    explanation: explanationOf(run.nodes),
    ...{ weightsSha256, run: runOf([...eachAccount(run.nodes)], { linkTimeline: tenths }) },
    faultless: { isFinished: true, timeNs: 800_000, finalLoss: 1, weightsSha256 },
    warnings: ['something is odd'],
  };
}

t.test('every column of every CSV file is in the table of its file', async (t) => {
  const files = {
    'nodes.csv': nodesCsv,
    'iterations.csv': iterationsCsv,
    'links.csv': linksCsv,
    'faults.csv': faultsCsv,
    'blame.csv': blameCsv,
    'critical-path.csv': pathCsv,
    'tasks.csv': tasksCsv,
    'messages.csv': messagesCsv,
    'events.csv': eventsCsv,
  };
  for (const [name, text] of Object.entries(files)) {
    const columns = textOf(text([fullRun()]))
      .split('\n')[0]
      .split(',');
    const documented = namesUnder(name);
    t.same(differences(columns, documented), [], name);
    t.equal(columns[0], 'protocol');
    const order = columns.map((column) => documented.findIndex((one) => matches(column, one)));
    t.same(
      order,
      order.toSorted((first, second) => first - second),
      `${name}: in that order`,
    );
  }
});

/** Paths of all that is neither an object nor a list; the strikes are those of faults.csv. */
function leaves(value: unknown, path = ''): string[] {
  if (path === 'faults') return ['faults[]'];
  if (Array.isArray(value)) return value.flatMap((item) => leaves(item, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, item]) =>
    path === 'resilience.lost'
      ? [`${path}.${name}`]
      : leaves(item, path ? `${path}.${name}` : name),
  );
}

t.test('every field of a summary is in the table of summary.json', async (t) => {
  const summary = { ...summarize(fullRun()), weightsEqualToSimulated: true };
  t.same(differences([...new Set(leaves(summary))], namesUnder('summary.json')), []);
});

t.test('a name that is missing on either side is found', async (t) => {
  t.same(differences(['a', 'b 1', 'c'], ['a', '{any}', 'd.e']), ['d.e']);
  t.same(differences(['a', 'b'], ['b']), ['a']);
});

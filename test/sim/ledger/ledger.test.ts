/** The ledger says what the program predicts: its page and its CSV are held to runs of all tables but the dear ones. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import type { Published } from '../../../scenarios/published/published.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { ledgerCommand } from '../../../sim/ledger/command.ts';
import { ledgerCsv, ledgerDocument, section, spreadOf } from '../../../sim/ledger/document.ts';
import { hold, ratesOnce, type HeldTable } from '../../../sim/ledger/entries.ts';
import { loadTable, tableNames } from '../../../sim/ledger/tables.ts';
import { tinyScenario } from '../scenario/tiny-scenario.ts';

/** Those that take longer than all others together. */
const DEAR = ['horovod-512'];

const docs = new URL('../../../docs/', import.meta.url);
const page = readFileSync(new URL('ledger.md', docs), 'utf8');
const csv = readFileSync(new URL('ledger.csv', docs), 'utf8');

function rowsOf(held: HeldTable): string[] {
  return ledgerCsv([held]).trim().split('\n').slice(1);
}

for (const name of tableNames().filter((one) => !DEAR.includes(one)))
  t.test(`the ledger has what ${name} comes to, and nothing else`, async (t) => {
    const held = await hold(
      await loadTable(name),
      ratesOnce(() => {}),
    );
    t.ok(page.includes(section(held)), 'npm run ledger makes it anew');
    for (const row of rowsOf(held)) t.ok(csv.split('\n').includes(row), row);
    const [first, ...others] = held.cells;
    const doctored = {
      ...held,
      cells: [{ ...first, predicted: first.predicted! * 1.001 }, ...others],
    };
    t.notOk(page.includes(section(doctored)), 'a doctored prediction is found on the page');
    t.notOk(csv.split('\n').includes(rowsOf(doctored)[0]), 'and in the CSV');
  });

t.test(
  'every table has a part of the page, and a row for each of its cells in the CSV',
  async (t) => {
    const lines = csv.trim().split('\n').slice(1);
    let cells = 0;
    for (const name of tableNames()) {
      const { table } = await loadTable(name);
      cells += table.cells.length;
      t.match(page, new RegExp(`\n## ${name}\n`));
      t.equal(lines.filter((line) => line.startsWith(`${name},`)).length, table.cells.length, name);
      t.ok(table.within > 0 && table.within <= 0.15, `${name} is held to something`);
      t.ok(table.assumed.length > 0 && table.source !== '', name);
      if (table.fitted === null)
        t.notOk(
          table.cells.some(({ fitted }) => fitted),
          name,
        );
    }
    t.equal(lines.length, cells);
  },
);

t.test('a cell that misses has a reason on the page', async (t) => {
  const missing = page.split('\n').filter((line) => /\| misses/.test(line));
  for (const line of missing) t.match(line, /misses: \w/, line);
  for (const line of csv
    .trim()
    .split('\n')
    .filter((one) => one.endsWith(',false')))
    t.ok(
      missing.some((one) => one.includes(line.split(',')[1])),
      line,
    );
});

const table = (cells: Published['cells']): Published => ({
  ...{ source: 'S', unit: 'u', setUp: 's', assumed: ['a'], fitted: null, within: 0.1, cells },
});
const cost = (change: (scenario: Scenario) => void): Scenario => {
  const scenario = tinyScenario();
  change(scenario);
  return scenario;
};

t.test(
  'a run that fails or is refused is in the ledger, and a fitted cell is in no mean',
  async (t) => {
    const of = (scenario: Scenario): Published['cells'][number]['predict'] => {
      return (rate) => rate(scenario);
    };
    const small = cost((s) => (s.cluster.host!.memory = '64 B'));
    const wrong = cost((s) => (s.training.batch = 3));
    const held = await hold(
      {
        name: 'made-up',
        table: table([
          { name: 'fits', published: 2, predict: async () => 2.1 },
          { name: 'far', published: 2, predict: async () => 1, why: 'it is made up' },
          { name: 'fitted', published: 5, predict: async () => 50, fitted: true },
          { name: 'fails', published: 1, predict: of(small) },
          { name: 'refused', published: 1, predict: of(wrong) },
        ]),
      },
      ratesOnce(() => {}),
    );
    const text = section(held);
    t.match(text, /\| fits +\| 2\.1 +\| 2 +\| \+5\.0 % +\| +\| +\|/);
    t.match(text, /\| far .*\| -50\.0 % .*\| misses: it is made up/);
    t.match(text, /\| fitted .*\| fitted /);
    t.match(text, /\| fails .*\| failed: .*memory/);
    t.match(text, /\| refused .*\| failed: refused: training\.batch is 3/);
    t.same(spreadOf(held.cells), { mean: (0.05 + 0.5) / 2, worst: 0.5 }, 'of the two');
    t.match(ledgerDocument([held]), /\| 5 +\| 27\.5 % +\| 50\.0 % +\| 10\.0 % +\| 1 of 5/);
  },
);

t.test('a name that is no table is refused, and help is a normal end', async (t) => {
  const said = { stdout: '', stderr: '' };
  const streams = {
    stdout: { write: (text: string) => (said.stdout += text) },
    stderr: { write: (text: string) => (said.stderr += text) },
    isTerminal: false,
  };
  t.equal(await ledgerCommand(['gpipe-tup'], streams), 2);
  t.match(said.stderr, "'gpipe-tup' is no table; 'gpipe-tpu' would be right");
  t.equal(await ledgerCommand(['--help'], streams), 0);
  t.match(said.stdout, /Exit status/);
});

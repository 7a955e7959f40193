/** Tables of a schedule: their text form, what they cost by the slot, and what is wrong with those that cannot run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { alternation } from '../../../models/pipeline/alternation.ts';
import type { Design } from '../../../models/pipeline/design.ts';
import { ranksOfStages, wrongTable } from '../../../models/pipeline/table/check.ts';
import { replay, type PassCosts } from '../../../models/pipeline/table/replay.ts';
import { parseTable, printTable, type Table } from '../../../models/pipeline/table/table.ts';
import { vRow } from '../../../models/protocols/dualpipe-v/v-row.ts';

/** Tables that PyTorch has written. */
function golden(name: string): Table {
  const file = join(import.meta.dirname, 'tables', `${name}.csv`);
  return parseTable(readFileSync(file, 'utf8').trimEnd().split('\n'));
}

function tableOf(design: Design): Table {
  const ranks = Math.max(...design.ranks) + 1;
  return Array.from({ length: ranks }, (_, rank) => design.row(rank));
}

const ONE: PassCosts = { forward: 1, inputGradient: 1, weightGradient: 1 };

function played(table: Table, costs: PassCosts) {
  const { makespan, idle, peak } = replay(table, ranksOfStages(table).length, costs);
  return { makespan, idle, peak };
}

const withoutEmpty = (table: Table): Table =>
  table.map((row) => row.filter((cell) => cell.length > 0));

t.test(
  'H: a table of DualPipeV takes 66 slots with a pair of 3, and 52 with one of 2',
  async (t) => {
    const table = golden('dualpipev-4ranks-10mb');
    const peak = [9, 9, 9, 9];
    const expected = { makespan: 66, idle: [6, 6, 6, 6], peak };
    t.same(played(table, { ...ONE, pair: 3 }), expected);
    t.same(
      played(table, ONE),
      expected,
      'a pair takes as long as both, where nothing else is said',
    );
    t.same(played(table, { ...ONE, pair: 2 }), { makespan: 52, idle: [1, 2, 3, 3], peak });
  },
);

t.test('H: a table of ZB1P, whose B is the input gradient alone, takes 49 slots', async (t) => {
  const table = golden('zb1p-2ranks-2stages-8mb');
  t.same(played(table, ONE), { makespan: 49, idle: [1, 1], peak: [4, 4] });
});

t.test('H: DualPipeV and ZB1P are the tables that PyTorch makes', async (t) => {
  const v = [0, 1, 2, 3].map((rank) => vRow(rank, 4, 10));
  t.same(printTable(v), printTable(withoutEmpty(golden('dualpipev-4ranks-10mb'))));
  const zb = alternation({ ranks: 2, microBatches: 8, chunks: 2, lead: 1, splits: true });
  const known = golden('zb1p-2ranks-2stages-8mb');
  t.same(printTable(tableOf(zb)), printTable(withoutEmpty(known)));
});

const anyWork = fc.record({
  ranks: fc.integer({ min: 1, max: 8 }),
  microBatches: fc.integer({ min: 1, max: 24 }),
  chunks: fc.integer({ min: 1, max: 4 }),
  lead: fc.constantFrom(1, 2),
  splits: fc.boolean(),
});

t.test('what alternates can run, whatever the number of micro-batches', async (t) => {
  fc.assert(
    fc.property(anyWork, (terms) => {
      const table = tableOf(alternation(terms));
      t.equal(wrongTable(table), null);
      t.equal(wrongTable(parseTable(printTable(table))), null);
    }),
    { numRuns: 200 },
  );
});

t.test('H: printing and parsing a table are inverse', async (t) => {
  fc.assert(
    fc.property(anyWork, (terms) => {
      const table = tableOf(alternation(terms));
      t.same(parseTable(printTable(table)), table);
    }),
    { numRuns: 50 },
  );
  const v = [0, 1, 2].map((rank) => vRow(rank, 3, 8));
  t.same(parseTable(printTable(v)), v);
});

t.test('a cell that is none is refused with its rank and its column', async (t) => {
  t.throws(
    () => parseTable(['0F0,0B0', '1F0,,1X0']),
    /^rank 1, column 2 \(from 0\): '1X0' is no action of a schedule; such as '2F3' would be right/,
  );
  t.throws(() => parseTable(['(0B0;0F1)OVERLAP_F_B']), /a forward and a backward, such as/);
});

const WRONG: readonly [string, readonly string[], string][] = [
  [
    'an action too many',
    ['0F0,0F1,0B0,0B1,0F1'],
    'rank 0, column 4 (from 0): 0F1 comes after 0F1 at rank 0, column 1 (from 0); every action once would be right',
  ],
  [
    'an action too few',
    ['0F0,0F1,0B0', '1F0,1F1,1B0,1B1'],
    'rank 0 (from 0) has no 0I1, and the table has 2 micro-batches; every action once would be right',
  ],
  [
    'an input that comes later in the row',
    ['0F0,0B0', '1B0,1F0'],
    'rank 1, column 0 (from 0): 1B0 would wait for ever for 1F0 at rank 1, column 1 (from 0), in the same row; an order in which every input comes first would be right',
  ],
  [
    'ranks that wait for each other',
    ['0F0,0B0,0F1,0B1', '1F1,1B1,1F0,1B0'],
    'rank 0, column 1 (from 0): 0B0 would wait for ever for 1B0 at rank 1, column 3 (from 0), whose rank waits in its turn; an order in which every input comes first would be right',
  ],
  [
    'one that waits for another that never begins',
    ['0F0,0B0', '1F0,1B0', '2B0,2F0'],
    'rank 2, column 0 (from 0): 2B0 would wait for ever for 2F0 at rank 2, column 1 (from 0), in the same row; an order in which every input comes first would be right',
  ],
  [
    'a stage on two ranks',
    ['0F0,0F1,0B0', '1F0,1F1,1B0,1B1,0B1'],
    'rank 1, column 4 (from 0): 0B1 is of stage 0, which is on rank 0; all actions of a stage on one rank would be right',
  ],
  [
    'a stage too few',
    ['0F0,0B0', '2F0,2B0'],
    'no rank has stage 1 of 3; stages from 0 without a gap would be right',
  ],
  [
    'an empty row',
    ['0F0,0B0', ''],
    'rank 1 (from 0) has no action; one stage or more would be right',
  ],
];

for (const [what, lines, sentence] of WRONG)
  t.test(`${what}: the sentence says where, and what it would wait for`, async (t) => {
    t.equal(wrongTable(parseTable(lines)), sentence);
  });

t.test('a table with two actions of a row exchanged either runs or is refused', async () => {
  const exchange = fc.record({
    terms: anyWork,
    rank: fc.nat(7),
    one: fc.nat(500),
    other: fc.nat(500),
  });
  fc.assert(
    fc.property(exchange, ({ terms, rank, one, other }) => {
      const table = tableOf(alternation(terms)).map((row) => [...row]);
      const row = table[rank % table.length];
      const [i, j] = [one % row.length, other % row.length];
      [row[i], row[j]] = [row[j], row[i]];
      const isPlayed = played(table, ONE).idle.every((idle) => idle >= 0);
      const stuck = replay(table, ranksOfStages(table).length, ONE).stuck.some((each) => each);
      return isPlayed && stuck === (wrongTable(table) !== null);
    }),
    { numRuns: 200 },
  );
});

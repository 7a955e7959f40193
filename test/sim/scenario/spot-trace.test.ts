/** Published traces of spot instances: who is added and removed when. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { orderTrace } from '../../../sim/scenario/fault-trace.ts';
import { isSpotTrace, spotRows } from '../../../sim/scenario/spot-trace.ts';

const lines = (text: string) =>
  text
    .split(/\r?\n/)
    .map((line, index) => ({ record: line.split(','), place: `line ${index + 1}` }));

t.test(
  "who is added later is down until then; who is removed has crashed, and its place is the next one's",
  async (t) => {
    const text =
      '4000,add,a\n4000,add,b\n6500,remove,a\n6500,add,c\n7000,add,d\n9000,remove,c\n9001,add,a';
    t.same(
      spotRows(lines(text)).map(({ row }) => row),
      [
        { time: 2.5, node: 0, event: 'crash', disk: 'lost' },
        // Not back at the moment of the crash.
        { time: 0, node: 2, event: 'crash' },
        { time: 2.5, node: 2, event: 'return' },
        { time: 3, node: 0, event: 'return' },
        { time: 5, node: 2, event: 'crash', disk: 'lost' },
        { time: 5.001, node: 2, event: 'return' },
      ],
    );
  },
);

t.test('a line that is none is a sentence', async (t) => {
  const shape = 'milliseconds from 5, add or remove, and a name';
  const bad = {
    ...Object.fromEntries(
      ['6,add', '6,addd,a', 'x,add,a', '4,add,b', '6,add,a,b'].map((line) => [line, shape]),
    ),
    '6,remove,b': 'an instance that is there',
    '6,add,a': 'an instance that is not there yet',
  };
  for (const [line, right] of Object.entries(bad))
    t.throws(() => spotRows(lines(`5,add,a\n${line}`)), {
      message: `line 2 is '${line}'; ${right} would be right`,
    });
  t.notOk(isSpotTrace(['time', 'node', 'event']));
});

t.test('the trace of g4dn instances has as many nodes as instances at once', async (t) => {
  const file = new URL('../../../scenarios/spot-g4dn.csv', import.meta.url);
  const rows = lines(readFileSync(file, 'utf8').trim());
  let [there, most] = [0, 0];
  for (const { record } of rows) {
    there += record[1] === 'add' ? 1 : -1;
    most = Math.max(most, there);
  }
  const ordered = orderTrace(spotRows(rows), 24);
  t.equal(most, 24);
  t.equal(Math.max(...ordered.map(({ node }) => node)), most - 1);
  const down = new Set<number>();
  for (const { node, event } of ordered) {
    if (event === 'crash') down.add(node);
    else down.delete(node);
  }
  t.equal(most - down.size, there);
});

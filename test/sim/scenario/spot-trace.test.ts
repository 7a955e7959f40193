/** Published traces of spot instances: who is added and removed when. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { orderTrace } from '../../../sim/scenario/fault-trace.ts';
import { isSpotTrace, spotRows } from '../../../sim/scenario/spot-trace.ts';

const lines = (text: string) =>
  text
    .split(/\r?\n/)
    .map((line, index) => ({ record: line.split(','), place: `line ${index + 1}` }));

t.test('who is added later is down until then; who is removed has crashed', async (t) => {
  const text = '4000,add,a\n4000,add,b\n6500,remove,a\n7000,add,c\n9000,add,a\n9000,remove,c';
  t.same(
    spotRows(lines(text)).map(({ row }) => row),
    [
      { time: 2.5, node: 0, event: 'crash' },
      { time: 0, node: 2, event: 'crash' },
      { time: 3, node: 2, event: 'return' },
      { time: 5, node: 0, event: 'return' },
      { time: 5, node: 2, event: 'crash' },
    ],
  );
});

t.test('a line that is none is a sentence', async (t) => {
  const right = 'milliseconds from 5, add or remove, and a name would be right';
  for (const bad of ['6,add', '6,addd,a', 'x,add,a', '4,add,b', '6,add,a,b'])
    t.throws(() => spotRows(lines(`5,add,a\n${bad}`)), { message: `line 2 is '${bad}'; ${right}` });
  t.notOk(isSpotTrace(['time', 'node', 'event']));
});

t.test(
  'the trace of g4dn instances is one: 79 nodes, as many there as added less removed',
  async (t) => {
    const file = new URL('../../../scenarios/spot-g4dn.csv', import.meta.url);
    const text = readFileSync(file, 'utf8').trim();
    const rows = orderTrace(spotRows(lines(text)), 79);
    const down = new Set<number>();
    for (const { node, event } of rows) {
      if (event === 'crash') down.add(node);
      else down.delete(node);
    }
    const count = (word: string) => text.split('\n').filter((line) => line.includes(word)).length;
    t.equal(79 - down.size, count(',add,') - count(',remove,'));
  },
);

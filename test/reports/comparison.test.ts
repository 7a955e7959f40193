/** The table of many runs: a row a run, and only the columns that some run has. */
import t from 'tap';
import { comparisonTable } from '../../reports/comparison.ts';
import { summarize } from '../../reports/summarize.ts';
import type { Summary } from '../../reports/summary.ts';
import { ringRun, serverRun } from './sample-run.ts';

const ring = summarize(ringRun());
const server = summarize(serverRun());

t.test('a row a run, under headings of two lines', async (t) => {
  const target = { accuracy: 0.95, seconds: 0.0005, samples: 64 };
  const learnt: Summary = { ...server, training: { ...server.training, target } };
  t.equal(
    comparisonTable([ring, server, learnt, server]),
    `
                 an   rate of  time to     samples  waiting,            bytes a       memory  staleness,
          iteration   samples   95.0 %  until then      mean     max  node, max  a node, max        mean  max
ring-tmp          -  32.0 k/s        -           -    30.0 %  40.0 %    5.00 kB     1.00 KiB      0.5000    2
ps-bsp       300 us  96.0 k/s        -           -    60.0 %  80.0 %    6.00 kB     6.00 MiB           -    -
ps-bsp       300 us  96.0 k/s   500 us          64    60.0 %  80.0 %    6.00 kB     6.00 MiB           -    -
ps-bsp       300 us  96.0 k/s        -           -    60.0 %  80.0 %    6.00 kB     6.00 MiB           -    -`.slice(
      1,
    ),
  );
});

t.test('columns that no run has are left out', async (t) => {
  const table = comparisonTable([server, server, server, server]);
  t.notMatch(table, /staleness|until then/);
});

t.test('a few runs, which stand side by side, are not repeated', async (t) => {
  t.equal(comparisonTable([ring, server, server]), '');
  t.equal(comparisonTable([]), '');
});

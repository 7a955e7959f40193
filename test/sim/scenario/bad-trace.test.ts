/** What can be wrong in a trace file: each is told with the file, the line and the column. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { runHere } from '../commands/run-command.ts';
import { tinyScenario } from './tiny-scenario.ts';

/** What is wrong, the text of the file, and the sentence after `faults[0].trace: spot.csv`. */
const CASES: readonly [string, string, string][] = [
  ['an empty file', '', ' has no rows; a line such as 12.5,3,crash below the line time,node,event'],
  [
    'a header alone',
    'time,node,event\n# nothing happened\n\n',
    ' has no rows; a line such as 12.5,3,crash below the line time,node,event',
  ],
  [
    'a missing column',
    'time,node\n1,1\n',
    ", line 1, column 3: the column 'event' is missing; the line time,node,event",
  ],
  [
    'a mistyped column',
    'time,nodes,event\n1,1,crash\n',
    ", line 1, column 2: 'nodes' is no column that is known; 'node'",
  ],
  [
    'a file that is no trace, of which nothing is told',
    'root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1\n',
    ', line 1: none of the columns time, node and event is there; a CSV file that begins with the line time,node,event',
  ],
  [
    'a column like no other',
    'time,node,event,reservation\n1,1,crash,a\n',
    ", line 1, column 4: 'reservation' is no column that is known; time, node or event",
  ],
  [
    'a column twice',
    'time,time,node,event\n1,1,1,crash\n',
    ", line 1, column 2: there are two columns 'time'; one",
  ],
  [
    'a row too short',
    'time,node,event\n1,1\n',
    ', line 2, column 3: there are 2 fields; 3 as in the first line',
  ],
  [
    'a row too long',
    'time,node,event\n1,1,crash\n2,1,return,3\n',
    ', line 3, column 4: there are 4 fields; 3 as in the first line',
  ],
  [
    'a time without sense',
    'time,node,event\nsoon,1,crash\n',
    ", line 2, column 1: time is 'soon', which does not begin with a number; a time such as '25 us', or a number of seconds, not below 0",
  ],
  [
    'a time below 0',
    'time,node,event\n-1,1,crash\n',
    ", line 2, column 1: time is '-1'; a time such as '25 us', or a number of seconds, not below 0",
  ],
  [
    'no node, on a line after a comment and an empty one',
    'event,node,time\n# first\n\ncrash,,1\n',
    ', line 4, column 2: node is missing; a whole number from 0',
  ],
  [
    'a node by a name',
    'time,node,event\n1,i-07,crash\n',
    ", line 2, column 2: node is 'i-07'; a whole number from 0",
  ],
  [
    'an unknown event',
    'time,node,event\n1,1,reclaimed\n',
    ", line 2, column 3: event is 'reclaimed'; 'crash' or 'return'",
  ],
  [
    'a quote that is never closed',
    'time,node,event\n1,1,"crash\n',
    ', line 2, column 3: the quotes do not match; a field without quotes',
  ],
  [
    'a node that is not there',
    'time,node,event\n1,1,crash\n2,3,crash\n',
    ', line 3: node is 3; a node from 0 to 2',
  ],
  [
    'a second crash',
    'time,node,event\n2,1,crash\n3,1,return\n1 s,1,crash\n',
    ', line 2: node 1 crashes, but has been down since 1 s; a return before it',
  ],
];

t.test('one sentence, status 2, nothing written (ARCHITECTURE 5 and 6)', async (t) => {
  const folder = t.testdir();
  const file = join(folder, 'tiny.json');
  const out = join(folder, 'out');
  writeFileSync(file, JSON.stringify({ ...tinyScenario(), faults: [{ trace: 'spot.csv' }] }));
  const missing = await runHere([file, '--out', out]);
  t.equal(missing.status, 2);
  t.equal(
    missing.stderr,
    `${file}: faults[0].trace is 'spot.csv', which is no file in ${folder}; ` +
      'a CSV file with the columns time, node and event would be right\n',
  );
  for (const [name, text, sentence] of CASES) {
    writeFileSync(join(folder, 'spot.csv'), text);
    const { status, stdout, stderr } = await runHere([file, '--out', out]);
    t.equal(stderr, `${file}: faults[0].trace: spot.csv${sentence} would be right\n`, name);
    t.equal(status, 2, `${name}: status`);
    t.equal(stdout, '', `${name}: stdout`);
    t.notOk(existsSync(out), `${name}: nothing written`);
  }
});

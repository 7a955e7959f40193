/** PROTOCOLS A.4: what a node tells the others of itself and of the link behind it. */
import t from 'tap';
import {
  emptyRecords,
  measure,
  readRecords,
  writeRecord,
} from '../../../models/costs/node-records.ts';
import { assignmentOf, host } from '../protocols/ring-tmp/harness.ts';

/** Three hosts, each of its own kind; a path takes as long as its source says, and is as wide as its target. */
const assignment = {
  ...assignmentOf({
    hosts: [host(1e9, 100, 7), host(2e9, 200, 8), host(3e9, 300, 9)],
    model: { kind: 'mlp', layers: [4, 6, 3], activation: 'relu' },
  }),
  path: (from: number, to: number) => ({
    latencyNs: [500, 100, 300][from],
    bandwidthBytesPerSecond: [5e8, 1e8, 3e8][to],
  }),
};

t.test('A.4: of the two directions to its successor a node tells the slower', async (t) => {
  const own = { speedFlopsPerSecond: 2e9, memoryBytes: 200, taskOverheadNs: 8 };
  t.same(measure(assignment, 1), { ...own, latencyNs: 300, bandwidthBytesPerSecond: 1e8 });
  t.match(measure(assignment, 0), { latencyNs: 500, bandwidthBytesPerSecond: 1e8 });
  t.match(measure(assignment, 2), { latencyNs: 500, bandwidthBytesPerSecond: 3e8 });
});

t.test('A.4: the token carries every record in ring order', async (t) => {
  const records = emptyRecords(3);
  const nodes = [0, 1, 2].map((node) => measure(assignment, node));
  for (const node of [2, 0, 1]) writeRecord(records, node, nodes[node]);
  t.same(readRecords(records), nodes);
});

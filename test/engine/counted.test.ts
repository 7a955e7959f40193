/** One thing is said in the singular. */
import t from 'tap';
import { formatCounted } from '../../engine/format.ts';

t.test('a count agrees with its noun', (t) => {
  t.equal(formatCounted(1, 'node'), '1 node');
  t.equal(formatCounted(0, 'node'), '0 nodes');
  t.equal(formatCounted(1024, 'node'), '1,024 nodes');
  t.equal(formatCounted(1, 'event is', 'events are'), '1 event is');
  t.equal(formatCounted(2, 'event is', 'events are'), '2 events are');
  t.end();
});

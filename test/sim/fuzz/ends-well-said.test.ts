/** A stall that was told of, and one that was told of before the node went on. */
import { fileURLToPath } from 'node:url';
import t from 'tap';
import type { Evidence, MessageSeen } from '../../../sim/fuzz/evidence.ts';
import { readFinding } from '../../../sim/fuzz/finding.ts';
import { noDeadlock } from '../../../sim/fuzz/invariants/ends-well-said.ts';
import { runCase } from '../../../sim/fuzz/run-case.ts';

const seed = new URL('../../seeds/no-deadlock-2000608.json', import.meta.url);
/** Node 2 halts and says why; then node 1 decides on a view with it that it does not enter, and dies. */
const evidence = await runCase(readFinding(fileURLToPath(seed)));

t.test('a halted node has said why it stands still, until it goes on itself', async (t) => {
  const halted = evidence.notes.find(({ name }) => name === 'halted')!;
  const later = evidence.notes.findLast(({ name }) => name === 'recovered')!;
  const { epoch, members } = later.value as { epoch: number; members: number[] };
  t.ok(later.timeNs > halted.timeNs && members.includes(halted.node));
  t.equal(noDeadlock.broken(evidence), null, 'others alone have decided to go on');
  const said = (sentNs: number): Evidence => {
    const [some] = evidence.messages;
    const word: MessageSeen = { ...some, from: halted.node, sentNs, fields: { epoch } };
    return { ...evidence, messages: [...evidence.messages, word] };
  };
  t.equal(noDeadlock.broken(said(halted.timeNs - 1)), null, 'what it said in it before is nothing');
  t.match(noDeadlock.broken(said(later.timeNs + 1)), /^deadlock/, 'it has gone on, and then?');
  const notes = evidence.notes.filter(({ name }) => name !== 'halted');
  t.match(noDeadlock.broken({ ...evidence, notes }), /^deadlock/, 'nobody has said why');
});

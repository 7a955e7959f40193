/** A stall that was told of, and one that was told of before the node went on. */
import t from 'tap';
import type { Scenario } from '../../../scenarios/scenario.ts';
import type { Evidence, MessageSeen, NoteSeen } from '../../../models/claims/evidence.ts';
import { givesUpWithReason, noDeadlock } from '../../../sim/fuzz/invariants/ends-well-said.ts';
import { runCase } from '../../../sim/fuzz/run-case.ts';
import { smallScenario, verdictOf } from './small-case.ts';

/** Half of the nodes die for good: those who are left halt, and say why. */
const alone = await runCase({
  ...smallScenario(),
  detector: { heartbeat: '100 us', misses: 3 },
  faults: [{ kind: 'crash', nodes: [1, 2], at: '20 us' }],
});
const EPOCH = 2 ** 40;
const halted = alone.notes.find(({ name }) => name === 'halted')!;
const other = halted.node === 0 ? 3 : 0;
const endNs = alone.run.result.timeNs;

/** Another node decides at that time to go on with those who are left. */
const goesOn = (timeNs: number): Evidence => {
  const value = { epoch: EPOCH, members: [0, 3], joined: [], version: 0, from: 'replicas' };
  const recovered: NoteSeen = { node: other, timeNs, name: 'recovered', value, afterJobs: 0 };
  const notes = alone.notes.filter((note) => note.name !== 'halted' || note === halted);
  return { ...alone, notes: [...notes, recovered] };
};

const said = (evidence: Evidence, sentNs: number): Evidence => {
  const [some] = evidence.messages;
  const word: MessageSeen = { ...some, from: halted.node, sentNs, fields: { epoch: EPOCH } };
  return { ...evidence, messages: [...evidence.messages, word] };
};

t.test('a halted node has said why it stands still, until it goes on itself', async (t) => {
  t.equal(alone.run.result.failure?.kind, 'deadlock');
  const soon = goesOn(halted.timeNs + 1);
  t.equal(verdictOf(noDeadlock, soon), null, 'another alone has decided to go on');
  const before = said(soon, halted.timeNs - 1);
  t.equal(verdictOf(noDeadlock, before), null, 'what it said in it before is nothing');
  const since = said(soon, halted.timeNs + 2);
  t.match(
    verdictOf(noDeadlock, since),
    /^(nobody goes on|deadlock) after/,
    'it has gone on, and then?',
  );
  const notes = alone.notes.filter(({ name }) => name !== 'halted');
  t.match(
    verdictOf(noDeadlock, { ...alone, notes }),
    /^(nobody goes on|deadlock) after/,
    'nobody has said why',
  );
});

t.test('who has only just gone on in vain need not have said so again', async (t) => {
  const late = said(goesOn(endNs - 9 * 300_000), endNs - 1);
  t.equal(verdictOf(noDeadlock, late), null);
  const early = said(goesOn(endNs - 11 * 300_000), endNs - 1);
  t.match(
    verdictOf(noDeadlock, early),
    /^(nobody goes on|deadlock) after/,
    'it has had the time to',
  );
  const job = { node: 0, name: 'a job', startNs: endNs - 2, endNs: endNs - 1, fields: {} };
  const worked = { ...late, jobs: [...late.jobs, job] };
  t.match(verdictOf(noDeadlock, worked), /^(nobody goes on|deadlock) after/, 'it was not in vain');
});

/** What was seen of a protocol that survives nothing, and of one that says it repairs. */
async function struck(fault: object) {
  const faults = [fault] as Scenario['faults'];
  const run = await runCase({ ...smallScenario('local-sgd'), faults });
  const repairs = { ...run, survives: { ...run.survives, crash: 'repairs', partition: 'repairs' } };
  return { run, repairs: repairs as Evidence };
}

t.test('what a protocol says that it does not survive is a reason to give up', async (t) => {
  const { run, repairs } = await struck({ kind: 'crash', node: 1, at: '20 us' });
  t.equal(run.run.result.failure?.kind, 'given-up');
  t.equal(verdictOf(givesUpWithReason, run), null);
  t.match(verdictOf(givesUpWithReason, repairs), /^given up/, 'it said that it repairs');
});

t.test('who says that it waits for what never ends may stand still', async (t) => {
  const { run, repairs } = await struck({ kind: 'partition', groups: [[0, 1], [2]], at: '20 us' });
  t.equal(run.run.result.failure?.kind, 'deadlock');
  t.equal(verdictOf(noDeadlock, run), null);
  t.match(
    verdictOf(noDeadlock, repairs),
    /^(nobody goes on|deadlock) after/,
    'it said that it repairs',
  );
});

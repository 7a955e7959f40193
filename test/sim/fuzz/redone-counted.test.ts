/** What BSP says to be done again, against what its servers gave out again. */
import t from 'tap';
import type { Evidence, MessageSeen, NoteSeen } from '../../../models/claims/evidence.ts';
import { redoneCounted } from '../../../models/protocols/parameter-server/checks/redone-counted.ts';
import { type PullReply, workOf } from '../../../models/protocols/parameter-server/messages.ts';
import { runCase } from '../../../sim/fuzz/run-case.ts';
import { smallScenario, verdictOf } from './small-case.ts';

/** Worker 1 of three dies for good with its share of an early clock in hand. */
const evidence = await runCase({
  ...smallScenario('ps-bsp'),
  protocol: { kind: 'ps-bsp', replicas: 0 },
  detector: { heartbeat: '100 us', misses: 3 },
  faults: [{ kind: 'crash', node: 1, at: '320 us' }],
});

const isRedone = ({ name }: NoteSeen): boolean => name === 'redone';
const said = (factor: number): Evidence => ({
  ...evidence,
  notes: evidence.notes.flatMap((note) =>
    !isRedone(note)
      ? [note]
      : factor === 0
        ? []
        : [{ ...note, value: factor * Number(note.value) }],
  ),
});

t.test(
  'what a dead worker had in hand is given out again, and said to be done again',
  async (t) => {
    t.equal(evidence.run.result.outcome, 'finished');
    t.equal(evidence.notes.filter(isRedone).length, 1);
    t.equal(verdictOf(redoneCounted, evidence), null);
  },
);

t.test('the claim is broken where more is said, or less, than was given out again', async (t) => {
  t.match(verdictOf(redoneCounted, said(2)), /are said to be done again/);
  t.match(verdictOf(redoneCounted, said(0)), /^0 samples/);
});

t.test('what another primary gives out again need not be said, but no more may be', async (t) => {
  const work = evidence.messages.find(
    ({ kind, fields }) =>
      kind === 'pull-reply' && workOf(fields as unknown as PullReply).length > 0,
  )!;
  const other: MessageSeen = { ...work, from: work.from + 1 };
  const taken = (factor: number): Evidence => ({
    ...said(factor),
    messages: [...evidence.messages, other],
  });
  t.equal(verdictOf(redoneCounted, taken(0)), null);
  t.not(verdictOf(redoneCounted, taken(9)), null);
});

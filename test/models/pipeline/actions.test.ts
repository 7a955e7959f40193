/** The text form of actions, and what a schedule of them does with stages that are not ready. */
import fc from 'fast-check';
import t from 'tap';
import {
  ACTION_PASSES,
  parseAction,
  printAction,
  type Action,
} from '../../../models/pipeline/actions.ts';

const anyAction: fc.Arbitrary<Action> = fc.record({
  stage: fc.nat(9999),
  pass: fc.constantFrom(...Object.values(ACTION_PASSES)),
  microBatch: fc.nat(9999),
});

t.test('H: printing and parsing an action are inverse', async () => {
  fc.assert(
    fc.property(anyAction, (action) => {
      const back = parseAction(printAction(action));
      return (
        back.stage === action.stage &&
        back.pass === action.pass &&
        back.microBatch === action.microBatch
      );
    }),
  );
});

t.test('H: the letters are those of PyTorch', async (t) => {
  t.strictSame(parseAction('2F3'), { stage: 2, pass: 'forward', microBatch: 3 });
  t.strictSame(parseAction(' 0I12 '), { stage: 0, pass: 'input-gradient', microBatch: 12 });
  t.strictSame(parseAction('1W0'), { stage: 1, pass: 'weight-gradient', microBatch: 0 });
  t.strictSame(parseAction('7B7'), { stage: 7, pass: 'backward', microBatch: 7 });
});

t.test('what is no action is refused in a sentence', async (t) => {
  for (const text of ['', 'F3', '2X3', '2F', '-1F0', '2F3 2F4'])
    t.throws(() => parseAction(text), /is no action of a schedule; such as '2F3' would be right/);
});

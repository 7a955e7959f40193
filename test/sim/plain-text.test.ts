/** What reaches a terminal is shown by it, and never obeyed. */
import fc from 'fast-check';
import t from 'tap';
import { OpeningLine } from '../../sim/commands/opening-line.ts';
import { hasControls, plainLine, plainLines } from '../../sim/plain-text.ts';
import { BadInput } from '../../sim/scenario/bad-input.ts';

t.test('control characters are shown as people write them', async (t) => {
  t.equal(
    plainLine('a\u001b[31mb\u0007\n\u009b\u202e'),
    'a\\u001b[31mb\\u0007\\u000a\\u009b\\u202e',
  );
  t.equal(plainLines('one\ntwo\r\n'), 'one\ntwo\\u000d\n');
  t.equal(plainLine('Größe 25 µs: 数字 ▒'), 'Größe 25 µs: 数字 ▒', 'what is no control stays');
});

t.test('bad input is one line without control characters, whatever it quotes', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const { message } = new BadInput(`${text} is wrong`);
      return !hasControls(message) && !/[\r\n]/.test(message);
    }),
  );
});

t.test('the name of a file in the opening line is shown, not obeyed', async (t) => {
  const texts: string[] = [];
  new OpeningLine({ write: (text) => texts.push(text) }).show('loading \u001b[2J.ts');
  t.strictSame(texts, ['loading \\u001b[2J.ts ...']);
});

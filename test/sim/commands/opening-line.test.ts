/** What is said before there is anything to show, and how it goes. */
import t from 'tap';
import { OpeningLine } from '../../../sim/commands/opening-line.ts';

function kept() {
  const texts: string[] = [];
  return { texts, write: (text: string) => void texts.push(text) };
}

t.test('the line is gone before anything else is written, to whichever stream', async (t) => {
  const terminal = kept();
  const other = kept();
  const opening = new OpeningLine(terminal);
  opening.show('loading digits');
  opening.before(other).write('warning\n');
  opening.before(terminal).write('table\n');
  t.strictSame(terminal.texts, ['loading digits ...', '\r\u001b[K', 'table\n']);
  t.strictSame(other.texts, ['warning\n']);
});

t.test('one line takes the place of the other', async (t) => {
  const terminal = kept();
  const opening = new OpeningLine(terminal);
  opening.show('one');
  opening.show('two');
  t.strictSame(terminal.texts, ['one ...', '\r\u001b[K', 'two ...']);
});

t.test('where nobody looks nothing is said', async (t) => {
  const opening = new OpeningLine(null);
  const stream = kept();
  opening.show('loading');
  opening.before(stream).write('table\n');
  t.strictSame(stream.texts, ['table\n']);
});

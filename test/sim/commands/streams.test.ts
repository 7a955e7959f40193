/** Where a screen is drawn, and where progress is plain lines. */
import t from 'tap';
import { canDraw } from '../../../sim/commands/streams.ts';

const [terminal, pipe] = [{ isTTY: true }, {}];

t.test('a screen is drawn on a terminal that can go back, and nowhere else', async (t) => {
  t.ok(canDraw(terminal, terminal, 'xterm-256color', false));
  t.notOk(canDraw(terminal, terminal, 'dumb', false), 'a dumb one cannot');
  t.notOk(canDraw(terminal, terminal, 'xterm-256color', true), 'nobody looks on in CI');
  t.notOk(canDraw(terminal, pipe, 'xterm-256color', false), 'the table goes to a file');
  t.notOk(canDraw(pipe, terminal, 'xterm-256color', false), 'there are no keys');
});

/** The live screen: its keys, and what it leaves on the terminal. No test waits for a certain time. */
import { EventEmitter } from 'node:events';
import { render } from 'ink-testing-library';
import { setImmediate } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import t from 'tap';
import type { RunStatus } from '../../../sim/progress.ts';
import { KeyedScreen, showScreen, type ScreenSource } from '../../../sim/ui/app.tsx';
import { middle } from './sample-view.ts';

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR = '\u001b[2J\u001b[H';

/** A source that writes down what it is asked. */
class FakeSource implements ScreenSource {
  status: RunStatus = 'running';
  iteration = 30;
  pausable = true;
  readonly asked: string[] = [];

  view() {
    const { status, iteration, pausable } = this;
    return middle({ status, iteration, pausable });
  }
  pause(): void {
    this.asked.push('pause');
    this.status = 'paused';
  }
  resume(): void {
    this.asked.push('resume');
    this.status = 'running';
  }
  quit(): void {
    this.asked.push('quit');
    this.status = 'interrupted';
  }
}

async function pressed(source: FakeSource, ...keys: string[]): Promise<string[]> {
  const { stdin, unmount } = render(
    <KeyedScreen source={source} view={source.view()} columns={80} rows={24} />,
  );
  await setImmediate();
  for (const key of keys) {
    stdin.write(key);
    await setImmediate();
  }
  unmount();
  return source.asked;
}

t.test('p pauses, and resumes when paused', async (t) => {
  t.strictSame(await pressed(new FakeSource(), 'p', 'p', 'p'), ['pause', 'resume', 'pause']);
});

t.test('p asks nothing of a run that cannot be held, and q still quits', async (t) => {
  const source = new FakeSource();
  source.pausable = false;
  t.strictSame(await pressed(source, 'p', 'q'), ['quit']);
});

t.test('q and Ctrl-C quit', async (t) => {
  t.strictSame(await pressed(new FakeSource(), 'q'), ['quit']);
  t.strictSame(await pressed(new FakeSource(), '\u0003'), ['quit']);
});

t.test('keys in quick succession come as one input, and each of them counts', async (t) => {
  t.strictSame(await pressed(new FakeSource(), '\u0003\u0003'), ['quit', 'quit']);
  t.strictSame(await pressed(new FakeSource(), 'ppq'), ['pause', 'resume', 'quit']);
  t.strictSame(await pressed(new FakeSource(), 'a quick paste'), []);
});

t.test(
  'keys without a name, such as Ctrl-F1, and answers of the terminal do no harm',
  async (t) => {
    const unnamed = ['\u001b[1;5P', '\u001b[1;5q', '\u001b[25;5~', '\u001bq', '\u0000', 'é'];
    t.strictSame(await pressed(new FakeSource(), ...unnamed, 'q'), ['quit']);
  },
);

t.test('other keys ask nothing, and p nothing of a run that has ended', async (t) => {
  const source = new FakeSource();
  t.strictSame(await pressed(source, 'x', 'Q', '\r', ' ', 'c'), []);
  source.status = 'done';
  t.strictSame(await pressed(source, 'p'), []);
});

/** A terminal that keeps all that is written to it. */
class FakeTerminal extends EventEmitter {
  readonly isTTY = true;
  columns = 80;
  rows = 24;
  text = '';
  write(text: string, ...rest: unknown[]): boolean {
    this.text += text;
    const written = rest.at(-1);
    if (typeof written === 'function') written();
    this.emit('written');
    return true;
  }
  /** Waits until `text` has been written after position `from`. */
  async shows(text: string, from = 0): Promise<void> {
    while (!this.text.slice(from).includes(text)) {
      await new Promise((resolve) => this.once('written', resolve));
    }
  }
}

class FakeKeyboard extends EventEmitter {
  readonly isTTY = true;
  rawModes: boolean[] = [];
  setRawMode(mode: boolean): void {
    this.rawModes.push(mode);
  }
  setEncoding(): void {}
  resume(): void {}
  pause(): void {}
  ref(): void {}
  unref(): void {}
  read(): null {
    return null;
  }
}

function shown(source: ScreenSource) {
  const terminal = new FakeTerminal();
  const keyboard = new FakeKeyboard();
  const screen = showScreen(source, { stdout: terminal, stdin: keyboard } as any);
  return { terminal, keyboard, screen };
}

t.test('the screen follows its source, and leaves the last view when it is done', async (t) => {
  const source = new FakeSource();
  const { terminal, keyboard, screen } = shown(source);
  await terminal.shows('30/60 iterations');
  t.ok(terminal.text.includes(HIDE_CURSOR));
  source.iteration = 31;
  await terminal.shows('31/60 iterations');
  source.iteration = 60;
  source.status = 'done';
  const before = terminal.text.length;
  await screen.done();
  const after = terminal.text.slice(before);
  t.match(after, /60\/60 iterations/);
  t.match(after, /done/);
  t.ok(terminal.text.lastIndexOf(SHOW_CURSOR) > terminal.text.lastIndexOf(HIDE_CURSOR));
  t.equal(keyboard.rawModes.at(-1), false);
  t.equal(terminal.listenerCount('resize'), 0);

  const length = terminal.text.length;
  await screen.done();
  t.equal(terminal.text.length, length, 'a second done draws nothing');
});

t.test('a new size clears the terminal and draws anew, even when the view stays', async (t) => {
  const source = new FakeSource();
  source.status = 'paused';
  const { terminal, screen } = shown(source);
  await terminal.shows('30/60 iterations');
  const before = terminal.text.length;
  terminal.columns = 60;
  terminal.emit('resize');
  await terminal.shows(CLEAR, before);
  await terminal.shows('30/60 iterations', terminal.text.lastIndexOf(CLEAR));
  const anew = terminal.text.slice(terminal.text.lastIndexOf(CLEAR));
  const lines = stripVTControlCharacters(anew).split('\n');
  t.equal(Math.max(...lines.map((line) => line.length)), 60);
  await screen.done();
});

t.test('a screen that is done in the middle of a resize does not come back', async (t) => {
  const { terminal, screen } = shown(new FakeSource());
  await terminal.shows('30/60 iterations');
  terminal.emit('resize');
  await screen.done();
  t.notOk(terminal.text.includes(CLEAR));
});

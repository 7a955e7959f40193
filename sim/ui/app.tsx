/**
 * The live screen: polls a source of views about ten times a second and draws them with Ink until the run is over.
 * All it asks of the run is pause, resume and quit. It is imported only for a terminal, since React and Ink take a
 * third of a second to load.
 */
import { render, useStdin } from 'ink';
import { useEffect, type ReactElement } from 'react';
import type { RunView } from '../progress.ts';
import { Screen, type ScreenProps } from './screen.tsx';
import type { Progress, ViewSource } from './view-source.ts';

/** The view source, and what the keys can ask of the run. */
export interface ScreenSource extends ViewSource {
  pause(): void;
  resume(): void;
  /** Asks the run to end early; the screen stays until `done`. */
  quit(): void;
}

interface ScreenStreams {
  readonly stdout: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
}

const POLL_MILLISECONDS = 100;
/** While a window is dragged many sizes come: only the last of a burst causes a redraw. */
const RESIZE_MILLISECONDS = 60;
/** `\u0003` is what Ctrl-C sends. */
const KEYS = ['p', 'q', '\u0003'];
const CLEAR_VISIBLE = '\u001b[2J\u001b[H';

/** The screen with its keys: `p` pauses and resumes where the run can be held, `q` and Ctrl-C quit. */
export function KeyedScreen(props: ScreenProps & { source: ScreenSource }): ReactElement {
  const { source, ...screen } = props;
  useKeys(source);
  return <Screen {...screen} />;
}

/**
 * Reads keys as the terminal sends them. Ink's own `useInput` throws at keys it has no name for, such as Ctrl-F1,
 * which would end the whole run.
 */
function useKeys(source: ScreenSource): void {
  const { isRawModeSupported, setRawMode, internal_eventEmitter: terminal } = useStdin();
  useEffect(() => {
    if (!isRawModeSupported) return;
    setRawMode(true);
    return () => setRawMode(false);
  }, [isRawModeSupported, setRawMode]);
  useEffect(() => {
    // Quickly pressed keys come together; anything else among them is a paste or the sequence of a special key.
    const hear = (text: string) => {
      const keys = [...text];
      if (keys.every((key) => KEYS.includes(key))) keys.forEach((key) => press(key, source));
    };
    terminal.on('input', hear);
    return () => void terminal.off('input', hear);
  }, [terminal, source]);
}

function press(key: string, source: ScreenSource): void {
  if (key === 'p') togglePause(source);
  else source.quit();
}

function togglePause(source: ScreenSource): void {
  const { status, pausable } = source.view();
  if (pausable === false) return;
  if (status === 'running') source.pause();
  else if (status === 'paused') source.resume();
}

/**
 * Shows the source until `done()` is called: that draws the last view, leaves it on the terminal, and gives the
 * cursor and the keyboard back.
 */
export function showScreen(source: ScreenSource, streams: ScreenStreams = process): Progress {
  const live = new LiveScreen(source, streams);
  return { done: () => live.done() };
}

class LiveScreen {
  private readonly source: ScreenSource;
  private readonly streams: ScreenStreams;
  private readonly poll: NodeJS.Timeout;
  private readonly onResize = (): void => this.resized();
  private resize: NodeJS.Timeout | null = null;
  private ink: ReturnType<typeof render>;
  private ended: Promise<void> | null = null;

  constructor(source: ScreenSource, streams: ScreenStreams) {
    this.source = source;
    this.streams = streams;
    this.ink = this.mount();
    this.poll = setInterval(
      () => this.ink.rerender(this.picture(source.view())),
      POLL_MILLISECONDS,
    );
    streams.stdout.on('resize', this.onResize);
  }

  done(): Promise<void> {
    this.ended ??= this.end();
    return this.ended;
  }

  private async end(): Promise<void> {
    clearInterval(this.poll);
    if (this.resize !== null) clearTimeout(this.resize);
    this.streams.stdout.off('resize', this.onResize);
    this.ink.rerender(this.picture(this.source.view()));
    const exited = this.ink.waitUntilExit();
    this.ink.unmount();
    await exited;
  }

  private mount(): ReturnType<typeof render> {
    const { stdout, stdin } = this.streams;
    return render(this.picture(this.source.view()), { stdout, stdin, exitOnCtrlC: false });
  }

  private picture(view: RunView): ReactElement {
    const { columns, rows } = this.streams.stdout;
    return (
      <KeyedScreen view={view} columns={columns || 80} rows={rows || 24} source={this.source} />
    );
  }

  private resized(): void {
    if (this.resize !== null) clearTimeout(this.resize);
    this.resize = setTimeout(() => this.redrawAll(), RESIZE_MILLISECONDS);
  }

  /**
   * Redraws on a blank screen. Ink erases as many lines as it drew, but lines wrapped by a narrower terminal take
   * more room, and would stay.
   */
  private redrawAll(): void {
    this.resize = null;
    this.ink.unmount();
    this.streams.stdout.write(CLEAR_VISIBLE);
    this.ink = this.mount();
  }
}

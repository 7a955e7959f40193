/**
 * Interruptions such as Ctrl-C or a closed terminal: the first asks the run to end, the second ends the process at
 * once.
 */
import { setImmediate } from 'node:timers/promises';
import { EXIT } from './streams.ts';

/** As shells define them: 128 plus the number of the signal. */
const STATUS = { SIGINT: EXIT.interrupted, SIGTERM: 143, SIGHUP: 129 } as const;
const SIGNALS = Object.keys(STATUS) as (keyof typeof STATUS)[];

/** npm may forward a Ctrl-C a second time: a later one within this time is the same. */
const ECHO_MS = 500;

/** The interruptions of a run, by signals and by the keys of the screen. */
export class Interrupts {
  /** The exit status of the first interruption; null before. */
  status: number | null = null;
  private firstMs = 0;
  private quit: () => void = () => {};

  /** Sets what the first interruption calls. */
  onQuit(quit: () => void): void {
    this.quit = quit;
  }

  /** For `q` and Ctrl-C in the screen. */
  readonly press = (): void => this.interrupt(EXIT.interrupted);

  readonly hear = (signal: NodeJS.Signals): void =>
    this.interrupt(STATUS[signal as keyof typeof STATUS]);

  private interrupt(status: number): void {
    if (this.status !== null) {
      if (performance.now() - this.firstMs > ECHO_MS) process.exit(this.status);
      return;
    }
    this.status = status;
    this.firstMs = performance.now();
    this.quit();
  }
}

/**
 * Runs work that has something to lose, with signals held from start to end. Earlier work is better left to the
 * signals' default effect, which also ends code that never yields. Nothing may be imported during it, since Ctrl-C
 * also ends the loader's process.
 * @returns the exit status of the interruption if there was one, else that of the work
 */
export async function interruptible(
  work: (interrupts: Interrupts) => number | Promise<number>,
): Promise<number> {
  const interrupts = new Interrupts();
  for (const signal of SIGNALS) process.on(signal, interrupts.hear);
  try {
    const status = await work(interrupts);
    // A signal may have come while results were written: two turns of the event loop deliver it.
    for (let turn = 0; turn < 2; turn++) await setImmediate();
    return interrupts.status ?? status;
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupts.hear);
  }
}

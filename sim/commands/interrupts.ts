/** Ctrl-C and its like, a closed terminal too: the first asks the run to end, the second leaves at once. */
import { setImmediate } from 'node:timers/promises';
import { EXIT } from './streams.ts';

/** As shells count them: 128 and the number of the signal. */
const STATUS = { SIGINT: EXIT.interrupted, SIGTERM: 143, SIGHUP: 129 } as const;
const SIGNALS = Object.keys(STATUS) as (keyof typeof STATUS)[];

/** One Ctrl-C comes twice where npm hands it on as well: the second one that counts comes later than this. */
const ECHO_MS = 500;

/** The interruptions of a run, by signals and by the keys of the screen. */
export class Interrupts {
  /** The exit status that the first one asks for; null as long as nobody has interrupted. */
  status: number | null = null;
  private firstMs = 0;
  private quit: () => void = () => {};

  /** What the first interruption calls. */
  onQuit(quit: () => void): void {
    this.quit = quit;
  }

  /** What `q` and Ctrl-C in the screen call. */
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
 * Does work that has something to lose, with signals held from the first moment to the last. Work that comes before is
 * better left to the signals' own effect: it ends even what never looks up. Nothing may be imported under way, since
 * Ctrl-C also ends the loader's process.
 * @returns the exit status of the interruption if there was one, else that of the work
 */
export async function interruptible(
  work: (interrupts: Interrupts) => number | Promise<number>,
): Promise<number> {
  const interrupts = new Interrupts();
  for (const signal of SIGNALS) process.on(signal, interrupts.hear);
  try {
    const status = await work(interrupts);
    // A signal may have come while results were written. In two turns of the event loop it has been heard.
    for (let turn = 0; turn < 2; turn++) await setImmediate();
    return interrupts.status ?? status;
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupts.hear);
  }
}

/**
 * Hands seeds to threads on all cores until there are no more, the time is over or the user quits. A seed that takes
 * too much real time is a finding of its own: its thread is ended and replaced.
 */
import { Worker } from 'node:worker_threads';
import { BUNDLED_WORKER_OPTIONS, bundleWorker } from '../worlds/bundle.ts';
import { briefly } from './judge.ts';
import type { Found, FuzzReport, FuzzWork, Passed } from './fuzz-shared.ts';

interface PoolOptions extends FuzzWork {
  readonly threads: number;
  readonly from: number;
  readonly seeds: number;
  /** Milliseconds a seed may take, without shrinking. */
  readonly guardMs: number;
  /** Milliseconds after which no further seed begins. */
  readonly limitMs: number;
  /** This many findings of one claim are shrunk, */
  readonly shrunkenMost: number;
  /** and after this many findings in all no further seed begins. */
  readonly foundMost: number;
}

const ENTRY = new URL('./fuzz-worker.ts', import.meta.url).href;

/** One thread, replaced after each seed that it did not survive. */
class FuzzThread {
  private readonly bundle: string;
  private readonly options: PoolOptions;
  private worker: Worker | null = null;
  private interrupt: () => void = () => {};

  constructor(bundle: string, options: PoolOptions) {
    this.bundle = bundle;
    this.options = options;
  }

  /** The result of a seed; of an interrupted one what was found by then, or null. */
  async run(seed: number, wellKnown: readonly string[]): Promise<Passed | Found | null> {
    const worker = this.worker ?? this.open();
    const limitMs = this.options.guardMs + this.options.shrinkMs;
    const late = `seed ${seed} was not done after ${limitMs / 1000} s of real time`;
    let known: Found = { kind: 'found', seed, breaches: [], scenario: null, tried: 0 };
    let guard: NodeJS.Timeout | undefined = undefined;
    const ended = await new Promise<{ claim: string; sentence: string } | Passed | Found | null>(
      (resolve) => {
        guard = setTimeout(() => resolve({ claim: 'ends-in-time', sentence: late }), limitMs);
        this.interrupt = () => resolve(null);
        worker.on('error', (error) =>
          resolve({ claim: 'throws-nothing', sentence: briefly(error) }),
        );
        worker.on('message', (report: FuzzReport) => {
          if (report.kind === 'passed' || report.kind === 'found') resolve(report);
          else known = { ...known, ...report, kind: 'found' };
        });
        worker.postMessage({ seed, wellKnown });
      },
    );
    clearTimeout(guard);
    worker.removeAllListeners('error').removeAllListeners('message');
    if (ended !== null && 'kind' in ended) return ended;
    this.close();
    if (known.breaches.length > 0) return known;
    return ended && { ...known, breaches: [ended] };
  }

  /** Ends the present seed. */
  quit(): void {
    this.interrupt();
  }

  close(): void {
    void this.worker?.terminate();
    this.worker = null;
  }

  private open(): Worker {
    const { protocols, shrinkMs } = this.options;
    const workerData: FuzzWork = { protocols, shrinkMs };
    this.worker = new Worker(this.bundle, { ...BUNDLED_WORKER_OPTIONS, workerData });
    return this.worker;
  }
}

/** Builds the threads' code. */
export async function warmUp(): Promise<void> {
  await bundleWorker(ENTRY);
}

export class FuzzPool {
  /** Resolves when all seeds that were begun are done, or were abandoned by `quit`. */
  readonly done: Promise<void>;
  private readonly options: PoolOptions;
  private readonly tell: (report: Passed | Found) => void;
  private readonly threads: FuzzThread[] = [];
  private readonly startMs = performance.now();
  /** How often each claim was the first that a seed broke. */
  private readonly broken = new Map<string, number>();
  private found = 0;
  private next: number;
  private over = false;

  constructor(options: PoolOptions, tell: (report: Passed | Found) => void) {
    this.options = options;
    this.tell = tell;
    this.next = options.from;
    this.done = this.work();
  }

  /** Ends at once; a finding that is being shrunk is reported as far as that got. */
  quit(): void {
    this.over = true;
    for (const thread of this.threads) thread.quit();
  }

  private get hasNext(): boolean {
    const { from, seeds, limitMs, foundMost } = this.options;
    const late = performance.now() - this.startMs > limitMs;
    return !this.over && !late && this.found < foundMost && this.next < from + seeds;
  }

  private async work(): Promise<void> {
    const bundle = await bundleWorker(ENTRY);
    const { threads, seeds } = this.options;
    for (let index = 0; index < Math.min(threads, seeds); index++)
      this.threads.push(new FuzzThread(bundle, this.options));
    await Promise.all(this.threads.map((thread) => this.serve(thread)));
  }

  private async serve(thread: FuzzThread): Promise<void> {
    while (this.hasNext) {
      const report = await thread.run(this.next++, this.wellKnown());
      if (report === null) continue;
      if (report.kind === 'found') this.count(report);
      this.tell(report);
    }
    thread.close();
  }

  private count({ breaches: [{ claim }] }: Found): void {
    this.found++;
    this.broken.set(claim, (this.broken.get(claim) ?? 0) + 1);
  }

  private wellKnown(): string[] {
    const { shrunkenMost } = this.options;
    return [...this.broken].filter(([, count]) => count >= shrunkenMost).map(([claim]) => claim);
  }
}

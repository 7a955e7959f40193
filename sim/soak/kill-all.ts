/**
 * All processes of a run get SIGKILL at a random instant, again and again until one is through: each goes on from what the
 * one before has left, in which no file may be torn.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { deserialize } from 'node:v8';
import { drawn, type Found, type Soak } from './soak.ts';

const ENTRY = fileURLToPath(new URL('../real.ts', import.meta.url));
const SAME = /^weights equal to the simulated run: yes$/m;

/** A run in a group of processes of its own, which can be killed as one. */
class Group {
  readonly process: ChildProcess;
  said = '';
  private readonly exited: Promise<unknown>;

  constructor(words: readonly string[]) {
    const command = ['--import', 'tsx', ENTRY, ...words, '--no-ui'];
    this.process = spawn(process.execPath, command, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.process.stdout, this.process.stderr])
      stream!.on('data', (text: Buffer) => (this.said += text.toString()));
    this.exited = once(this.process, 'close');
  }

  get isOver(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  async over(): Promise<void> {
    await this.exited;
  }

  kill(): void {
    if (!this.isOver) process.kill(-this.process.pid!, 'SIGKILL');
  }
}

export async function killAll(soak: Soak, times: number): Promise<Found> {
  const folder = mkdtempSync(join(tmpdir(), 'ringtmp-soak-'));
  try {
    return await new Chains(soak, folder, times).all();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs that are killed and go on until each is through. */
class Chains {
  private readonly soak: Soak;
  private readonly times: number;
  private readonly out: string;
  private readonly begin: readonly string[];
  private kills = 0;
  private through = 0;
  private torn: string[] = [];
  private wrong: string[] = [];

  constructor(soak: Soak, folder: string, times: number) {
    this.soak = soak;
    this.times = times;
    this.out = join(folder, 'out');
    const file = join(folder, 'scenario.json');
    writeFileSync(file, JSON.stringify(soak.scenario));
    this.begin = [file, '--world', 'processes', '--out', this.out];
  }

  async all(): Promise<Found> {
    const began = performance.now();
    await this.last(this.begin);
    const longMs = performance.now() - began;
    while (this.kills < this.times && !this.isEnded) await this.one(longMs);
    const { kills, through, torn, wrong } = this;
    for (const line of [...torn, ...wrong]) this.soak.say(line);
    return {
      rows: [
        ['runs killed as a whole', String(kills)],
        ['runs that went on to their end', String(through)],
        ['files torn', String(torn.length)],
        ['with other weights, or failed', String(wrong.length)],
      ],
      isRight: torn.length + wrong.length === 0 && through > 0,
    };
  }

  private get isEnded(): boolean {
    return this.soak.interrupts.status !== null;
  }

  /** Kills it at an instant of its whole time, from its start on, until it ends first. */
  private async one(longMs: number): Promise<void> {
    let words = this.begin;
    while (this.kills < this.times && !this.isEnded) {
      const run = this.start(words);
      const afterMs = drawn(this.soak.luck, longMs);
      await Promise.race([setTimeout(afterMs), run.over()]);
      if (run.isOver) return this.judge(run);
      run.kill();
      await run.over();
      this.kills++;
      const kept = `${this.out}-checkpoints`;
      this.torn.push(...tornFiles(kept));
      const isKept = existsSync(join(kept, 'run.json'));
      this.soak.say(`${this.kills}/${this.times}: all killed after ${Math.round(afterMs)} ms`);
      words = isKept ? ['--resume', kept] : this.begin;
    }
    await this.last(words);
  }

  /** To its end. */
  private async last(words: readonly string[]): Promise<void> {
    const run = this.start(words);
    await run.over();
    this.judge(run);
  }

  private start(words: readonly string[]): Group {
    const run = new Group(words);
    this.soak.interrupts.onQuit(() => run.kill());
    return run;
  }

  private judge(run: Group): void {
    if (this.isEnded) return;
    this.through++;
    if (run.process.exitCode !== 0 || !SAME.test(run.said)) this.wrong.push(run.said);
  }
}

/** Files under their final names that are not whole; what is being written has a name with a dot before it. */
export function tornFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !basename(name).startsWith('.') && basename(name) !== 'journal')
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
  return files.flatMap((file) => {
    try {
      if (file.endsWith('.json')) JSON.parse(readFileSync(file, 'utf8'));
      else deserialize(readFileSync(file));
      return [];
    } catch (error) {
      return [`${file} is torn: ${(error as Error).message}`];
    }
  });
}

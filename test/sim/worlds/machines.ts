/** Hosts and runs as people start them, each in a process of its own, in a network namespace if so wanted. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { Test } from 'tap';

const PATIENCE_MS = 30_000;

/** A process of `npm run real`, and what it has said so far. */
export class Machine {
  readonly process: ChildProcess;
  said = '';
  private readonly exited: Promise<unknown>;

  /** It is ended with the test, if it has not ended. */
  constructor(t: Test, words: readonly string[], namespace?: string, temporary?: string) {
    const command = [process.execPath, '--import', 'tsx', 'sim/real.ts', ...words];
    const inside = namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace];
    const [file, ...rest] = [...inside, ...command];
    const env = { ...process.env, NODE_OPTIONS: '', TMPDIR: temporary ?? process.env['TMPDIR'] };
    this.process = spawn(file, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.exited = once(this.process, 'exit');
    for (const stream of [this.process.stdout, this.process.stderr])
      stream!.on('data', (text: Buffer) => (this.said += text.toString()));
    t.teardown(async () => {
      this.process.kill('SIGKILL');
      await this.exited;
    });
  }

  /** Resolves when it has said that; rejects with what it said when it does not. */
  async says(words: RegExp): Promise<RegExpExecArray> {
    for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += 20) {
      const found = words.exec(this.said);
      if (found) return found;
      await setTimeout(20);
    }
    throw new Error(`it does not say ${words}: ${this.said}`);
  }

  /** Its exit status, once it has ended. */
  async status(): Promise<number | null> {
    await this.exited;
    return this.process.exitCode;
  }
}

/** A host that listens there; its address. */
export async function startHost(
  t: Test,
  keys: string,
  options: { listen?: string; namespace?: string; temporary?: string } = {},
): Promise<{ machine: Machine; address: string }> {
  const { listen = '127.0.0.1:0', namespace, temporary } = options;
  const words = ['host', '--listen', listen, '--keys', keys];
  const machine = new Machine(t, words, namespace, temporary);
  const [, address] = await machine.says(/this host listens at (\S+)\n/);
  return { machine, address };
}

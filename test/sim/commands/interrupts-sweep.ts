/**
 * Interrupts commands at many instants of their lives, as a terminal does, and tells what is wrong afterwards: the
 * status, results that are neither whole nor untouched, and whatever is left behind.
 *
 *     node --import tsx test/sim/commands/interrupts-sweep.ts [instants] [npm|node] [seconds] [command]
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { tinyScenario } from '../scenario/tiny-scenario.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const STATUS = { SIGINT: 130, SIGTERM: 143 } as const;
export type Interruption = keyof typeof STATUS;

export const COMMANDS = ['sim', 'real', 'fuzz', 'flows'] as const;
export type Command = (typeof COMMANDS)[number];

/** Content of an earlier result, to be found as it was or replaced whole. */
const EARLIER = '"an earlier result"\n';
const RESULTS = ['iterations.csv', 'links.csv', 'nodes.csv', 'scenario.json', 'summary.json'];
/** Of a real run that was interrupted and can go on, which it says. */
const CHECKPOINTS = 'out-checkpoints';
/** What is left may need a moment to go: a process is gone a little after its parent. */
const PATIENCE_MS = 10_000;

/** A folder with everything the commands need, and an earlier result. */
export class Ground {
  readonly folder = mkdtempSync(join(tmpdir(), 'interrupts-'));
  readonly temporary = join(this.folder, 'temporary');
  private readonly before: readonly string[];

  constructor() {
    mkdirSync(this.temporary);
    const tiny = tinyScenario();
    const training = { ...tiny.training, iterations: 10_000_000, evaluateEvery: 0 };
    this.put('endless.json', { ...tiny, training });
    const protocol = { kind: 'ring-tmp', replicas: 1 };
    const faults = [{ at: '1000 s', kind: 'crash', node: 1 }];
    const checkpoint = { every: 10, to: { bandwidth: '1 GB/s', latency: '1 ms' } };
    this.put('stored.json', { ...tiny, expect: [], training, protocol, faults, checkpoint });
    this.put('flows.json', manyFlows());
    this.renew();
    this.before = readdirSync(this.folder);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  /** Puts the earlier results back. */
  renew(): void {
    const out = join(this.folder, 'out');
    for (const name of ['out', CHECKPOINTS])
      rmSync(join(this.folder, name), { recursive: true, force: true });
    mkdirSync(out);
    for (const name of RESULTS) writeFileSync(join(out, name), EARLIER);
    writeFileSync(join(this.folder, 'times.json'), EARLIER);
  }

  words(command: Command): string[] {
    const at = (name: string): string => join(this.folder, name);
    if (command === 'sim') return [at('endless.json'), '--no-ui', '--out', at('out')];
    if (command === 'real') return [at('stored.json'), '--no-ui', '--out', at('out')];
    if (command === 'fuzz')
      return ['--seeds', '1000000', '--threads', '2', '--out', at('out/fuzz')];
    return [at('flows.json'), '--out', at('times.json')];
  }

  /** What is not as it should be after a command that has said that, in sentences. */
  faults(said: string): string[] {
    const out = join(this.folder, 'out');
    const added = readdirSync(this.folder).filter(
      (name) => !this.before.includes(name) && !(name === CHECKPOINTS && this.canGoOn(said)),
    );
    const temporary = readdirSync(this.temporary).filter((name) => name.startsWith('ringtmp'));
    // Runs with faults add two.
    const names = readdirSync(out)
      .filter((name) => name !== 'events.csv' && name !== 'faults.csv')
      .sort();
    const read = (path: string): string => readFileSync(path, 'utf8');
    const contents = RESULTS.filter((name) => names.includes(name)).map((name) =>
      read(join(out, name)),
    );
    const untouched = contents.every((text) => text === EARLIER);
    const times = read(join(this.folder, 'times.json'));
    return [
      ...[...added, ...temporary].map((name) => `${name} is left`),
      ...(names.join() === RESULTS.join() ? [] : [`the results are ${names.join(', ')}`]),
      ...(untouched || isWhole(out, contents) ? [] : ['the results are torn']),
      ...(times === EARLIER || isFlows(times) ? [] : ['the file of times is torn']),
    ];
  }

  isWritten(): boolean {
    const read = (path: string): string => readFileSync(join(this.folder, path), 'utf8');
    return [join('out', RESULTS[0]), 'times.json'].some((path) => read(path) !== EARLIER);
  }

  /** Whether it says how to go on from what it has kept, and that is there. */
  private canGoOn(said: string): boolean {
    const kept = join(this.folder, CHECKPOINTS);
    const names = readdirSync(kept);
    return (
      said.includes(`--resume ${kept}\n`) &&
      ['run.json', 'scenario.json', 'state'].every((name) => names.includes(name))
    );
  }

  private put(name: string, value: object): void {
    writeFileSync(join(this.folder, name), JSON.stringify(value));
  }
}

function isWhole(out: string, contents: readonly string[]): boolean {
  if (contents.some((text) => text === EARLIER || !text.endsWith('\n'))) return false;
  const summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as object | null;
  JSON.parse(readFileSync(join(out, 'scenario.json'), 'utf8'));
  return summary !== null && JSON.stringify(summary).includes('"partial":true');
}

function isFlows(text: string): boolean {
  try {
    const { flows } = JSON.parse(text) as { flows: { finishSeconds?: number }[] };
    return flows.every(({ finishSeconds }) => finishSeconds !== undefined);
  } catch {
    return false;
  }
}

/** Enough transfers to be busy for a moment, and a file that takes several writes. */
function manyFlows(): object {
  const count = 1500;
  return {
    hosts: ['a', 'b'],
    links: [{ id: 'l', bandwidthBytesPerSecond: 1e6, latencySeconds: 0.1 }],
    routes: [{ src: 'a', dst: 'b', links: ['l'] }],
    flows: Array.from({ length: count }, (_, index) => {
      return { id: `f${index}`, src: 'a', dst: 'b', startSeconds: index / 100, bytes: 5000 };
    }),
  };
}

export interface Interrupted {
  /** 128 and the signal also where the signal itself ended the process, as a shell says it; null for neither. */
  readonly status: number | null;
  readonly faults: readonly string[];
  /** Whether the earlier results have been replaced. */
  readonly isWritten: boolean;
}

/** Starts the command, sends the signal to its whole group after so many milliseconds, and looks at what remains. */
export async function interrupt(
  ground: Ground,
  command: Command,
  signal: Interruption,
  afterMs: number,
  byNpm = false,
): Promise<Interrupted> {
  ground.renew();
  const words = ground.words(command);
  const [file, args] = byNpm
    ? ['npm', ['run', '-s', command, '--', ...words]]
    : [process.execPath, ['--import', 'tsx', `sim/${command}.ts`, ...words]];
  const env = { ...process.env, TMPDIR: ground.temporary };
  // The test runner has every process it starts load hooks that hear signals, and keep alive what these would have ended.
  const child = spawn('env', ['-u', 'NODE_OPTIONS', file, ...args], {
    cwd: ROOT,
    detached: true,
    env,
  });
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  child.stdout.resume();
  const ended = new Promise<number | null>((resolve) =>
    child.on('exit', (code, by) => resolve(by === signal ? STATUS[signal] : code)),
  );
  await setTimeout(afterMs);
  try {
    process.kill(-child.pid!, signal);
  } catch {
    // It has ended by itself.
  }
  const status = await ended;
  const isGone = await groupIsGone(child.pid!);
  return {
    status,
    isWritten: ground.isWritten(),
    faults: [
      ...(isGone ? [] : ['a process is left']),
      ...(/\n\s+at /.test(said) ? [`stack trace: ${said}`] : []),
      ...ground.faults(said),
    ],
  };
}

async function groupIsGone(group: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += 20) {
    try {
      process.kill(-group, 0);
    } catch {
      return true;
    }
    await setTimeout(20);
  }
  process.kill(-group, 'SIGKILL');
  return false;
}

/** A heavier sweep, by hand: evenly over the first seconds, all commands and both signals. */
async function sweepAll(
  instants: number,
  byNpm: boolean,
  spanMs: number,
  only?: string,
): Promise<void> {
  const ground = new Ground();
  for (const command of COMMANDS.filter((name) => only === undefined || name === only)) {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const counts = new Map<string, number>();
      for (let instant = 0; instant < instants; instant++) {
        const afterMs = (spanMs * instant) / instants;
        const end = await interrupt(ground, command, signal, afterMs, byNpm);
        const results = end.isWritten ? 'written' : 'untouched';
        const outcome = [`status ${end.status}, results ${results}`, ...end.faults].join(', ');
        counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      }
      for (const [outcome, count] of counts)
        console.log(`${command} ${signal}: ${count} x ${outcome}`);
    }
  }
  ground.remove();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [instants = '40', starter = 'npm', seconds = '3', only] = process.argv.slice(2);
  await sweepAll(Number(instants), starter === 'npm', Number(seconds) * 1000, only);
}

/** `npm run fuzz`: reads the command line, runs the seeds, reports and saves findings. */
import { formatCounted } from '../../engine/format.ts';
import { interruptible, type Interrupts } from '../commands/interrupts.ts';
import { StatusLine } from '../commands/status-line.ts';
import { EXIT, explaining, type CommandStreams } from '../commands/streams.ts';
import { tryFolder } from '../output/result-folder.ts';
import { CLAIMS } from './claims.ts';
import { drawScenario } from './draw.ts';
import { Examination } from './examination.ts';
import { readFinding, replayCommand, saveFinding } from './finding.ts';
import { readFuzzArguments, type FuzzOptions } from './fuzz-arguments.ts';
import { FuzzPool, warmUp } from './fuzz-pool.ts';
import { progressLine } from './fuzz-progress.ts';
import type { Found, Passed } from './fuzz-shared.ts';
import { judge } from './judge.ts';

/** Real time that a seed, and shrinking one finding, may take. */
const GUARD_MS = 60_000;
const SHRINK_MS = 20_000;
/** How many findings of one claim are shrunk, and after how many findings in all the campaign ends. */
const SHRUNKEN_MOST = 5;
const FOUND_MOST = 50;

/**
 * Runs `npm run fuzz` with those arguments.
 * @returns the exit status; bad input has then been explained on stderr in one sentence
 */
export async function fuzzCommand(
  words: readonly string[],
  streams: CommandStreams,
): Promise<number> {
  return explaining(streams, async () => {
    const options = readFuzzArguments(words, streams);
    if (!options) return EXIT.done;
    if (options.replay !== null) return await replay(options.replay, options, streams);
    await warmUp();
    return await interruptible((interrupts) => fuzz(options, interrupts, streams));
  });
}

/** The sentence of a claim; its name for the fuzzer's own claims. */
function saysOf(claim: string): string {
  return CLAIMS.find(({ name }) => name === claim)?.says ?? claim;
}

async function replay(
  what: string,
  { protocols }: FuzzOptions,
  { stdout, stderr }: CommandStreams,
): Promise<number> {
  const isSeed = /^\d+$/.test(what);
  const scenario = isSeed ? await drawScenario(Number(what), protocols) : readFinding(what);
  stdout.write(`${JSON.stringify(scenario, null, 2)}\n`);
  const { breaches, outcome, promised, faults, events } = await judge(scenario);
  for (const { claim, sentence } of breaches)
    stderr.write(`broken: ${claim}: ${saysOf(claim)}\n  ${sentence}\n`);
  const kept = promised ? 'which is promised' : 'and more is not promised';
  stderr.write(
    `the run ${outcome} after ${formatCounted(events, 'event')} and ${formatCounted(faults, 'fault')}, ${kept}\n`,
  );
  if (breaches.length === 0) stderr.write(`all ${CLAIMS.length} claims hold\n`);
  return breaches.length === 0 ? EXIT.done : EXIT.failed;
}

/** Counts of results, for the last line. */
class Tally {
  readonly outcomes = new Map<string, number>();
  done = 0;
  found = 0;
  promised = 0;
  faults = 0;

  readonly examination = new Examination();

  passed({ outcome, promised, faults, examined }: Passed): void {
    this.done++;
    this.examination.add(examined);
    this.promised += promised ? 1 : 0;
    this.faults += faults;
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }

  sentence(): string {
    const outcomes = [...this.outcomes].map(([outcome, count]) => `${count} ${outcome}`);
    const ended = outcomes.length > 0 ? outcomes.join(', ') : 'none passed';
    return `${formatCounted(this.done, 'seed')}: ${ended}; ${this.promised} within what is promised, ${formatCounted(this.faults, 'fault')}; ${this.found} broke a claim`;
  }
}

function tellFinding(report: Found, folder: string, progress: StatusLine): void {
  const { seed, breaches, scenario, tried } = report;
  const [{ claim, sentence }, ...others] = breaches;
  progress.say(`seed ${seed} breaks ${claim}: ${saysOf(claim)}`);
  progress.say(`  ${sentence}`);
  if (others.length > 0) progress.say(`  and ${others.map((one) => one.claim).join(', ')}`);
  if (scenario === null) return progress.say(`  again: ${replayCommand(String(seed))}`);
  const names = others.map((one) => one.claim);
  const path = saveFinding(folder, { claim, sentence, seed, others: names, scenario });
  if (tried > 0)
    progress.say(`  made smaller in ${formatCounted(tried, 'run')}: ${JSON.stringify(scenario)}`);
  progress.say(`  again: ${replayCommand(path)}`);
}

async function fuzz(
  options: FuzzOptions,
  interrupts: Interrupts,
  streams: CommandStreams,
): Promise<number> {
  tryFolder(options.out);
  const { seeds, from, protocols, threads, out, minutes } = options;
  const to = Number.isFinite(seeds) ? `to ${from + seeds - 1}` : 'on';
  streams.stderr.write(
    `seeds from ${from} ${to}, ${protocols.join(', ')}, ${formatCounted(threads, 'thread')}, ${CLAIMS.length} claims\n`,
  );
  const tally = new Tally();
  const startMs = performance.now();
  const goal = { seeds, limitMs: minutes * 60_000 };
  const progress = new StatusLine(streams, () =>
    progressLine(tally, goal, performance.now() - startMs),
  );
  const limits = {
    guardMs: GUARD_MS,
    shrinkMs: SHRINK_MS,
    limitMs: goal.limitMs,
    shrunkenMost: SHRUNKEN_MOST,
    foundMost: options.first ? 1 : FOUND_MOST,
  };
  const pool = new FuzzPool({ protocols, threads, from, seeds, ...limits }, (report) => {
    if (report.kind === 'passed') return tally.passed(report);
    tally.done++;
    tally.found++;
    tellFinding(report, out, progress);
  });
  interrupts.onQuit(() => pool.quit());
  await pool.done;
  progress.done();
  streams.stdout.write(`${tally.sentence()}\n`);
  const { lines, idle } = tally.examination;
  for (const line of lines) streams.stdout.write(`${line}\n`);
  for (const sentence of idle) streams.stderr.write(`${sentence}\n`);
  return tally.found > 0 || idle.length > 0 ? EXIT.failed : EXIT.done;
}

/** Runs a study from start to end: what is missing is run, kept as it comes, and written as tables. */
import { formatCounted } from '../../engine/format.ts';
import type { Interrupts } from '../commands/interrupts.ts';
import { StatusLine } from '../commands/status-line.ts';
import { EXIT, type CommandStreams } from '../commands/streams.ts';
import type { StudyRun } from '../../reports/studies/run-outcome.ts';
import { studyColumns, studyCsv } from '../../reports/studies/study-table.ts';
import { studyText } from '../../reports/studies/study-text.ts';
import { versions } from '../output/versions.ts';
import { BadInput } from '../scenario/bad-input.ts';
import type { Crew } from './crew/crews.ts';
import { jobsOf, type Job } from './jobs.ts';
import { studyParquet } from './parquet.ts';
import type { Shard } from './study-arguments.ts';
import { StudyFolder, type StudyFile } from './study-folder.ts';
import { StudyProgress } from './study-progress.ts';
import type { ResolvedStudy } from './study-schema.ts';

/** How a study is run. */
export interface StudyOptions {
  readonly out: string;
  readonly crew: Crew;
  readonly shard: Shard | null;
  readonly resume: boolean;
}

/**
 * Runs a study.
 * @param files the folder of the files that its scenario names
 * @returns the exit status
 * @throws BadInput when it cannot be run, or its results not be kept
 */
export async function runStudy(
  study: ResolvedStudy,
  files: string,
  options: StudyOptions,
  interrupts: Interrupts,
  streams: CommandStreams,
): Promise<number> {
  const folder = new StudyFolder(options.out);
  const jobs = await jobsOf(study, files);
  const { shard } = options;
  const mine = shard ? jobs.filter((_job, at) => at % shard.of === shard.index - 1) : jobs;
  refuseLoss(folder, jobs, options);
  const journal = folder.open(shard && `${shard.index}/${shard.of}`, options.resume);
  try {
    const earlier = options.resume ? folder.outcomes() : new Map<string, never>();
    const missing = mine.filter(({ key }) => !earlier.has(key));
    const { length: count } = missing;
    streams.stderr.write(
      `${study.name}: ${formatCounted(mine.length, 'run')}${count < mine.length ? `, ${mine.length - count} of them done before` : ''}, ${options.crew.called(count)}\n`,
    );
    const progress = await runJobs(study.name, missing, options.crew, {
      ...{ interrupts, streams },
      keep: (outcome) => journal.add(outcome),
    });
    const runs = runsOf(jobs, folder);
    writeTables(folder, study, runs, jobs.length);
    const { search } = study;
    streams.stdout.write(`${studyText(runs, study.measure, search?.called ?? null)}\n`);
    const left = jobs.length - runs.length;
    streams.stderr.write(
      `${left > 0 ? `${left} of ${formatCounted(jobs.length, 'run')} ${left === 1 ? 'is' : 'are'} missing; ` : ''}results in ${folder.given}\n`,
    );
    const nothingRan = runs.every(({ outcome }) => outcome.summary === null);
    return progress.broken > 0 || nothingRan ? EXIT.failed : EXIT.done;
  } finally {
    journal.close();
    folder.close();
  }
}

/** Hours of work shall not be lost because an option was forgotten. */
function refuseLoss(
  folder: StudyFolder,
  jobs: readonly Job[],
  { resume, shard }: StudyOptions,
): void {
  if (resume || shard) return;
  const earlier = folder.outcomes();
  const kept = jobs.filter(({ key }) => earlier.has(key)).length;
  if (kept > 0 && kept < jobs.length)
    throw new BadInput(
      `${folder.given} holds ${kept} of the study's ${jobs.length} runs; --resume, which goes on with them, or another --out would be right`,
    );
}

interface JobSurroundings {
  readonly interrupts: Interrupts;
  readonly streams: CommandStreams;
  readonly keep: (outcome: StudyRun['outcome']) => void;
}

async function runJobs(
  name: string,
  jobs: readonly Job[],
  crew: Crew,
  { interrupts, streams, keep }: JobSurroundings,
): Promise<StudyProgress> {
  const progress = new StudyProgress(name, jobs, performance.now());
  if (jobs.length === 0) return progress;
  const line = new StatusLine(streams, () => progress.line(performance.now()));
  const watch = {
    began: () => progress.began(),
    ended: (job: Job, outcome: StudyRun['outcome']) => {
      keep(outcome);
      progress.ended(job, outcome);
    },
    broke: (job: Job, error: Error) => {
      progress.ended(job, null);
      line.say(`${JSON.stringify(job.cells)}, seed ${job.seed}: ${error.stack ?? error.message}`);
    },
  };
  const runner = crew.runnerOf(jobs, watch, (text) => line.say(text));
  interrupts.onQuit(() => runner.quit());
  try {
    await runner.run();
  } finally {
    line.done();
  }
  return progress;
}

/** The runs that have a result, in the order of the study. */
function runsOf(jobs: readonly Job[], folder: StudyFolder): StudyRun[] {
  const outcomes = folder.outcomes();
  return jobs.flatMap(({ key, cells, seed }) => {
    const outcome = outcomes.get(key);
    return outcome ? [{ cells, seed, outcome }] : [];
  });
}

function writeTables(
  folder: StudyFolder,
  study: ResolvedStudy,
  runs: readonly StudyRun[],
  count: number,
): void {
  const columns = studyColumns(runs, study.measure, study.search?.called ?? null);
  try {
    folder.put('results.csv', studyCsv(runs, columns));
    folder.put('results.parquet', studyParquet(runs, columns));
    const points = runs.map(({ cells, seed, outcome: { key } }) => ({ key, cells, seed }));
    const file: StudyFile = { ...versions(), study, runs: count, points };
    folder.put('study.json', `${JSON.stringify(file, null, 2)}\n`);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new BadInput(
      `the tables cannot be written to ${folder.given} (${code ?? message}); the runs are kept, and with room on the disk --resume would be right`,
    );
  }
}

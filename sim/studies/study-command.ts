/** `npm run study`: reads the command line and the studies, and runs them. */
import { dirname, join } from 'node:path';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { interruptible } from '../commands/interrupts.ts';
import { EXIT, explaining, type CommandStreams } from '../commands/streams.ts';
import { BadInput } from '../scenario/bad-input.ts';
import { loadScenario } from '../scenario/load.ts';
import { localCrew, queueCrew } from './crew/crews.ts';
import { writeReport } from './report-command.ts';
import { runStudy } from './run-study.ts';
import { readStudyArguments, type StudyArguments } from './study-arguments.ts';
import { resolveStudy, type ResolvedStudy } from './study-schema.ts';

const READY = fileURLToPath(new URL('../../scenarios/studies/', import.meta.url));

const STUDY = { noun: 'study', example: 'scenarios/studies/idle.ts', call: 'defineStudy' };

interface LoadedStudy {
  readonly study: ResolvedStudy;
  readonly folder: string;
}

/**
 * Runs `npm run study` with those arguments.
 * @returns the exit status; bad input has then been explained on stderr in one sentence
 */
export async function studyCommand(
  words: readonly string[],
  streams: CommandStreams,
): Promise<number> {
  return explaining(streams, async () => {
    const options = readStudyArguments(words, streams);
    if (!options) return EXIT.done;
    const { queue, threads, resume, shard } = options;
    if (options.file === 'worker') {
      const { workForQueue } = await import('./queue/worker-command.ts');
      return await workForQueue(queue!, threads, streams);
    }
    const isAll = options.file === 'all';
    const files = isAll ? readyStudies() : [options.file];
    const studies: LoadedStudy[] = [];
    for (const file of files) studies.push(await loadStudy(file, options.small, streams));
    const crew = queue ? await queueCrew(queue, resume) : await localCrew(threads);
    return await interruptible(async (interrupts) => {
      let status: number = EXIT.done;
      const folders: string[] = [];
      for (const { study, folder } of studies) {
        const out = outOf(study, isAll, options);
        const settings = { out, crew, shard, resume };
        const ended = await runStudy(study, folder, settings, interrupts, streams);
        status = Math.max(status, ended);
        if (interrupts.status !== null) break;
        folders.push(out);
        await writeReport([out], join(out, 'report.html'));
      }
      if (isAll && folders.length > 0) {
        const page = join(dirname(folders[0]), options.small ? 'report-small.html' : 'report.html');
        await writeReport(folders, page);
        streams.stderr.write(`report in ${page}\n`);
      }
      return status;
    });
  });
}

/** Those that export a study. */
function readyStudies(): string[] {
  const names = ['idle', 'progress', 'scaling', 'resilience', 'capacity'];
  const there = readdirSync(READY);
  return names
    .map((name) => `${name}.ts`)
    .filter((name) => there.includes(name))
    .map((name) => join(READY, name));
}

async function loadStudy(
  file: string,
  isSmall: boolean,
  { opening, stderr }: CommandStreams,
): Promise<LoadedStudy> {
  opening?.show(`loading ${file}`);
  const { scenario: written, warnings } = await loadScenario(file, STUDY);
  for (const warning of warnings) stderr.write(`warning: ${warning}\n`);
  try {
    return { study: resolveStudy(written, isSmall), folder: dirname(file) };
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    throw new BadInput(`${file}: ${error.message}`);
  }
}

function outOf({ name }: ResolvedStudy, isAll: boolean, { out, small }: StudyArguments): string {
  const own = small ? `${name}-small` : name;
  if (out === null) return join('out', 'studies', own);
  return isAll ? join(out, own) : out;
}

/** `--write-schedule FILE`: what the nodes of a pipeline did, as a table that can be run again. */
import { replaceFile, tryFile } from '../output/whole-file.ts';
import { BadInput } from '../scenario/bad-input.ts';
import type { ResolvedScenario } from '../scenario/resolved.ts';
import type { ProtocolRun } from '../worlds/protocol-run.ts';
import type { CommandStreams } from './streams.ts';

/**
 * Whether the file can be written is found before anything runs.
 * @throws BadInput when it cannot, or would have to hold more than one table
 */
export function tryWriteSchedule(file: string | undefined, { protocol }: ResolvedScenario): void {
  if (file === undefined) return;
  if (protocol.length > 1)
    throw new BadInput(
      `--write-schedule writes the table of one protocol, and the scenario has ${protocol.length}; one would be right`,
    );
  try {
    tryFile(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new BadInput(
      `--write-schedule ${file} cannot be written (${code ?? message}); another file would be right`,
    );
  }
}

/** Writes the table, if one is wanted and there is one. False if that failed. */
export function writeSchedule(
  file: string | undefined,
  runs: readonly ProtocolRun[],
  { stderr }: CommandStreams,
): boolean {
  const lines = runs.at(0)?.schedule;
  if (file === undefined || lines === undefined) return true;
  if (lines.length === 0) {
    stderr.write('warning: --write-schedule has no effect, no node was a stage of a pipeline\n');
    return true;
  }
  try {
    replaceFile(file, lines.map((line) => `${line}\n`).join(''));
    stderr.write(`schedule in ${file}\n`);
    return true;
  } catch (error) {
    stderr.write(`the schedule cannot be written: ${(error as Error).message}\n`);
    return false;
  }
}

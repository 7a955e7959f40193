/** A finding as a file: the broken claim, the seed, the scenario that shows it, and the command that repeats it. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scenario } from '../../scenarios/scenario.ts';
import { replaceFile } from '../output/whole-file.ts';
import { BadInput } from '../scenario/bad-input.ts';

interface Finding {
  readonly claim: string;
  readonly sentence: string;
  readonly seed: number;
  /** Other claims that the scenario, as drawn, breaks. */
  readonly others: readonly string[];
  readonly scenario: Scenario;
}

/** Writes a finding; the path of its file. */
export function saveFinding(folder: string, finding: Finding): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${finding.claim}-${finding.seed}.json`);
  const command = replayCommand(path);
  replaceFile(path, `${JSON.stringify({ ...finding, command }, null, 2)}\n`);
  return path;
}

export function replayCommand(path: string): string {
  return `npm run fuzz -- --replay ${path}`;
}

/**
 * The scenario in a file: a finding's, or one by itself.
 * @throws BadInput when there is none
 */
export function readFinding(path: string): Scenario {
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new BadInput(
      `${path} cannot be read (${(error as Error).message}); a seed or the file of a finding would be right`,
    );
  }
  if (read === null || typeof read !== 'object')
    throw new BadInput(`${path} holds no object; the file of a finding would be right`);
  return ('scenario' in read ? read.scenario : read) as Scenario;
}

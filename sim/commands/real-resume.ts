/** `--resume` of a real run: what is kept of one while it runs, and a run that goes on from that. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BadInput } from '../scenario/bad-input.ts';
import { canFail } from '../scenario/fault-text.ts';
import { isUsed } from '../scenario/effects.ts';
import type { ResolvedScenario } from '../scenario/resolved.ts';
import { show } from '../scenario/show.ts';
import { RunKeeper } from '../worlds/real/run-keeper.ts';

/** How a kept run was begun, beside its scenario. */
interface Begun {
  readonly world: string;
  readonly out: string;
  readonly bandwidth?: string;
  readonly delay?: string;
  /** Of the world hosts. */
  readonly hosts?: string;
  readonly keys?: string;
}

interface Kept extends Begun {
  /** The file of the scenario. */
  readonly scenario: string;
}

/** Beside the results, which no other files may be among. */
const FOLDER_ENDING = '-checkpoints';
const BEGUN = 'run.json';
const SCENARIO = 'scenario.json';

/**
 * How the run in that folder was begun.
 * @throws BadInput if there is none
 */
export function readKept(folder: string): Kept {
  const file = join(folder, BEGUN);
  if (!existsSync(file))
    throw new BadInput(
      `--resume is ${show(folder)}, in which no run is kept; a folder such as ` +
        `out/ring-4-threads${FOLDER_ENDING} would be right, which a run with checkpoint and detector has until it ends`,
    );
  const begun = JSON.parse(readFileSync(file, 'utf8')) as Begun;
  return { ...begun, scenario: join(folder, SCENARIO) };
}

/** A keeper of a run that is to be resumable, or null where it cannot be. */
export function keeperFor(scenario: ResolvedScenario, begun: Begun): RunKeeper | null {
  const isKept =
    scenario.protocol.length === 1 &&
    scenario.checkpoint !== undefined &&
    canFail(scenario) &&
    isUsed('checkpoint', scenario);
  if (!isKept) return null;
  const keeper = RunKeeper.begin(`${begun.out}${FOLDER_ENDING}`);
  writeFileSync(join(keeper.folder, SCENARIO), JSON.stringify(scenario));
  // Last: with it the run can be resumed.
  writeFileSync(join(keeper.folder, BEGUN), JSON.stringify(begun));
  return keeper;
}

/** How a run that was interrupted, or has lost a node's runner, goes on. */
export function howToGoOn({ folder }: RunKeeper): string {
  return `to go on from its checkpoints: npm run real -- --resume ${folder}`;
}

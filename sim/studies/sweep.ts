/** `npm run sim -- SCENARIO --sweep path=values`: a study of one scenario without a file for it. */
import { dirname } from 'node:path';
import type { SimulateOptions } from '../commands/arguments.ts';
import type { Interrupts } from '../commands/interrupts.ts';
import type { CommandStreams } from '../commands/streams.ts';
import { BadInput } from '../scenario/bad-input.ts';
import { loadScenario } from '../scenario/load.ts';
import { override, readValue, readWhole } from '../scenario/overrides.ts';
import { show } from '../scenario/show.ts';
import type { Crew } from './crew/crews.ts';
import { runStudy } from './run-study.ts';
import { resolveStudy } from './study-schema.ts';

/** Whether the options ask for more than one run. */
export function isSweep({ sweep, seeds }: SimulateOptions): boolean {
  return sweep !== undefined || seeds !== undefined;
}

/**
 * Runs the study that the options describe.
 * @returns the exit status
 * @throws BadInput when it cannot be run
 */
export async function sweepScenario(
  file: string,
  options: SimulateOptions,
  crew: Crew,
  interrupts: Interrupts,
  streams: CommandStreams,
): Promise<number> {
  const loaded = await loadScenario(file);
  for (const warning of loaded.warnings) streams.stderr.write(`warning: ${warning}\n`);
  const base = override(loaded.scenario, options);
  const name = (base as { name?: unknown } | null)?.name;
  const written = {
    name: typeof name === 'string' ? name : 'sweep',
    base,
    vary: Object.fromEntries((options.sweep ?? []).map(readSweep)),
    repeat: options.seeds === undefined ? undefined : readWhole('--seeds', options.seeds, 1),
  };
  const study = resolveStudy(written, false);
  const out = options.out ?? `out/studies/${study.name}`;
  const { resume = false } = options;
  const settings = { out, crew, resume, shard: null };
  return runStudy(study, dirname(file), settings, interrupts, streams);
}

function readSweep(text: string): [path: string, values: unknown[]] {
  const equals = text.indexOf('=');
  const values = equals < 1 ? [] : splitValues(text.slice(equals + 1));
  if (values.length === 0)
    throw new BadInput(
      `--sweep is ${show(text)}; path=value,value such as cluster.nodes=8,16 would be right`,
    );
  return [text.slice(0, equals), values.map(readValue)];
}

/** Splits at commas, except inside brackets, braces and quotes. */
function splitValues(text: string): string[] {
  const parts = text.match(/(?:\[[^\]]*\]|\{[^}]*\}|"[^"]*"|[^,])+/g) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

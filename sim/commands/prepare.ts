/** All that is checked before anything runs or is written: the scenario, its data, and the plan of each protocol. */
import { dirname } from 'node:path';
import { PROTOCOLS } from '../../models/protocols/registry.ts';
import type { DataSplit } from '../../models/spec/data.ts';
import { dataOf, planOf } from '../assemble.ts';
import { BadInput } from '../scenario/bad-input.ts';
import { loadScenario } from '../scenario/load.ts';
import { override, type Overrides } from '../scenario/overrides.ts';
import type { CommandStreams } from './streams.ts';
import { withProfile } from '../scenario/profile.ts';
import { resolveScenario } from '../scenario/resolve.ts';
import { checkSize } from '../scenario/size.ts';
import type { ResolvedScenario } from '../scenario/resolved.ts';

export interface Prepared {
  readonly scenario: ResolvedScenario;
  readonly warnings: readonly string[];
  /** On shared memory; null under cost numerics. */
  readonly data: DataSplit | null;
  /** Whether hosts and network are those that somebody has measured. */
  readonly isMeasured: boolean;
}

/**
 * Reads a scenario file, applies the overrides and checks everything that can be checked.
 * @throws BadInput with one sentence that begins with the file
 */
export async function prepare(
  file: string,
  overrides: Overrides,
  { opening }: Pick<CommandStreams, 'opening'> = {},
): Promise<Prepared> {
  opening?.show(`loading ${file}`);
  const loaded = await loadScenario(file);
  const folder = dirname(file);
  const changed = override(loaded.scenario, { ...overrides, links: null });
  try {
    // A network that is to be played is so whatever was measured.
    const known = withProfile(changed, folder);
    const written = override(known, { links: overrides.links });
    const { scenario, warnings } = await resolveScenario(written, PROTOCOLS, folder);
    checkSize(scenario);
    if (scenario.data.kind === 'mnist') opening?.show('loading digits');
    const data = dataOf(scenario);
    for (let index = 0; index < scenario.protocol.length; index++) planOf(scenario, index, data);
    const isMeasured = known !== changed;
    return { scenario, warnings: [...loaded.warnings, ...warnings], data, isMeasured };
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    throw new BadInput(`${file}: ${error.message}`);
  }
}

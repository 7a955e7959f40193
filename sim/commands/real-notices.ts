/** What a real run says of itself that its figures do not show. */
import { formatCounted } from '../../engine/format.ts';
import { availableParallelism } from 'node:os';
import type { ResolvedScenario } from '../scenario/resolved.ts';
import type { RealWorldKind } from '../worlds/real/real-world.ts';

/** Said where measured and modelled times stand side by side. */
export const GUESSED =
  'modelled times are a guess: nobody has measured this machine. To calibrate: npm run validate, and then ' +
  '--set cluster.profile=FILE with the\nprofile that it has written, such as out/validation/profile-threads-2.json';

/** Warnings that hold on this machine. */
export function realWarnings(
  { name }: Pick<RealWorldKind, 'name'>,
  { cluster }: Pick<ResolvedScenario, 'cluster'>,
  cores = availableParallelism(),
): string[] {
  // Other machines know their own cores.
  if (name === 'hosts' || cluster.nodes <= cores || cluster.machines) return [];
  return [
    `${cluster.nodes} nodes share ${formatCounted(cores, 'core')}: they wait for each other there, which the ` +
      'simulation does not know',
  ];
}

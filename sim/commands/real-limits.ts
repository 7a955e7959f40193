/** What only a simulation can run. */
import { formatCounted } from '../../engine/format.ts';
import { totalmem } from 'node:os';
import { BadInput } from '../scenario/bad-input.ts';
import type { ResolvedScenario } from '../scenario/resolved.ts';
import { oneOf, show } from '../scenario/show.ts';
import { PLAYABLE } from '../worlds/real/host-faults.ts';
import type { RealWorldKind } from '../worlds/real/real-world.ts';

/** @throws BadInput that begins with the file */
export function refuseUnreal(
  file: string,
  { name, nodeBytes }: RealWorldKind,
  { training, cluster, faults }: ResolvedScenario,
): void {
  if (training.numerics !== 'exact')
    throw new BadInput(
      `${file}: training.numerics is '${training.numerics}', which only a simulation can run; ` +
        "'exact' would be right for a real run",
    );
  const most = Math.floor(totalmem() / 2 / nodeBytes);
  if (cluster.nodes > most)
    throw new BadInput(
      `${file}: cluster.nodes is ${cluster.nodes}; this machine has the memory for ` +
        `${most} ${name}, so that ${formatCounted(most, 'node')} or fewer would be right`,
    );
  for (const [index, fault] of faults.entries()) {
    const path = `${file}: faults[${index}]`;
    if ('trace' in fault) continue;
    if (!PLAYABLE.includes(fault.kind))
      throw new BadInput(
        `${path}.kind is ${show(fault.kind)}, which only a simulation can play; ` +
          `${oneOf(PLAYABLE)} would be right for a real run`,
      );
    if (fault.kind === 'slow' && fault.factor < 1)
      throw new BadInput(
        `${path}.factor is ${fault.factor}, but no machine runs faster than it can; ` +
          'a number of at least 1 would be right for a real run',
      );
  }
}

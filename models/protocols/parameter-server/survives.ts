/** What becomes of a parameter server after a fault (PROTOCOLS D). */
import { type CrashSetting, GOES_ON_WITHOUT, isRejoined, type Survivals } from '../../survival.ts';
import { ServerLayout, type ServerRole } from './layout.ts';
import type { ServerOptions } from './options.ts';

/** The role of whoever is struck; null: any. */
function roleOf(layout: ServerLayout, { struck }: CrashSetting): string | null {
  if (typeof struck !== 'number') return struck;
  const { isBeside, workers, shards } = layout;
  const isWorker = isBeside ? struck >= shards : struck < workers;
  return (isWorker ? 'worker' : isBeside ? 'serving worker' : 'server') satisfies ServerRole;
}

/** Workers are made up for by others, where there are any; who keeps the state can only be made up for by a standby. */
function afterCrash(options: ServerOptions, crash: CrashSetting): Survivals['crash'] {
  const layout = new ServerLayout(crash.nodes, options);
  const role = roleOf(layout, crash);
  const { returns, checkpoints } = crash;
  if (options.replicas === 0 && role !== 'worker')
    return returns && checkpoints ? 'restarts' : 'fails';
  if (returns) return 'repairs';
  const isLastWorker = layout.workers === 1 && (role === null || role === 'worker');
  // Apart, all servers of some shard are left, or more than half. Of two nodes that both serve neither is enough.
  const isTooFew = layout.isBeside && options.replicas > 0 && !isRejoined(crash);
  return isLastWorker || isTooFew ? 'fails' : 'repairs';
}

export function survives(options: ServerOptions, crash: CrashSetting): Survivals {
  return { ...GOES_ON_WITHOUT, crash: afterCrash(options, crash) };
}

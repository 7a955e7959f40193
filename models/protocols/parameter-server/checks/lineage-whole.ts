/** PROTOCOLS D: pushes are idempotent by worker and clock, whoever applies them, and all servers apply the same. */
import { NOTES, type RecoveredNote } from '../../../spec/notes.ts';
import type { Claim } from '../../../claims/claim.ts';
import { notesOf, type Evidence } from '../../../claims/evidence.ts';
import { isBulk, layoutOf, restartsOf } from './history.ts';
import { lineageOf, type Lineage } from './lineage.ts';
import { judgedBySeat } from './of-seats.ts';

/** Where a gradient is in a server's weights twice, or not at all. */
function unsound(server: number, lineage: Lineage, total: number): string | null {
  const applied = new Map<string, number>();
  for (const [number, gradient] of lineage) {
    const before = applied.get(gradient);
    if (before !== undefined)
      return `gradient ${gradient} is update ${before} and update ${number} of the weights of server ${server}`;
    applied.set(gradient, number);
  }
  const missing = total - applied.size;
  return missing > 0 ? `${missing} gradients are not in the weights of server ${server}` : null;
}

/** The servers of the last view, by shard. */
function lastServers(evidence: Evidence): number[][] {
  const { roles } = evidence;
  const all: readonly number[] = [...roles.keys()];
  const last = notesOf<RecoveredNote>(evidence, NOTES.recovered).reduce(
    (newest, { value }) => (value.epoch > newest.epoch ? value : newest),
    { epoch: 0, members: all },
  );
  const layout = layoutOf(evidence);
  return Array.from({ length: layout.shards }, (_, shard) =>
    layout.serversOf(shard).filter((server) => last.members.includes(server)),
  );
}

/** Where a server of a shard has made another update than the others. */
function astray(evidence: Evidence, servers: readonly number[], total: number): string | null {
  const { timeNs } = evidence.run.result;
  const lineages = servers.map((server) => lineageOf(evidence, server, timeNs));
  for (const [at, server] of servers.entries()) {
    const fault = unsound(server, lineages[at], total);
    if (fault !== null) return fault;
    for (const [number, gradient] of lineages[at])
      if (lineages[0].get(number) !== gradient)
        return `update ${number} of server ${server} is gradient ${gradient}, and ${lineages[0].get(number)} of server ${servers[0]}`;
  }
  return null;
}

export const lineageWhole: Claim<'gradients' | 'servers'> = judgedBySeat({
  name: 'lineage-whole',
  says: 'but for BSP: in the history of the final weights each gradient is applied once, in the same order by all servers of a shard',
  examines: ['gradients', 'servers'],
  broken(evidence, saw) {
    const { run, scenario, protocol } = evidence;
    if (run.result.outcome !== 'finished' || isBulk(protocol)) return null;
    // A restart goes on from storage, of which the jobs tell nothing.
    if (restartsOf(evidence).length > 0) return null;
    const { iterations } = scenario.training;
    const total = iterations * layoutOf(evidence).workers;
    for (const servers of lastServers(evidence)) {
      saw('gradients', total);
      saw('servers', servers.length);
      const fault = astray(evidence, servers, total);
      if (fault !== null) return fault;
    }
    return null;
  },
});

/** How a run has failed, in words and as data. */
import { formatSeconds } from './format.ts';
import { OutOfMemory } from './ledger.ts';
import type { NodeStanding, RunFailure } from './result.ts';
import { GivenUp } from './verbs.ts';
import type { NodeId } from './world.ts';

/** A handler of the node has thrown, in that phase, while doing that. */
export function handlerFailure(
  node: NodeId,
  phase: string,
  doing: string,
  error: unknown,
): RunFailure {
  const where = `node ${node} in phase '${phase}', ${doing}`;
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof GivenUp)
    return { kind: 'given-up', message: `node ${node} gave up: ${text}`, node };
  if (error instanceof OutOfMemory)
    return {
      kind: 'out-of-memory',
      message: `out of memory: ${where}: ${text}`,
      node,
      ledger: error.items,
      limitBytes: error.limitBytes,
    };
  return { kind: 'error', message: `${where}: ${text}`, node };
}

/** Those nodes wait for each other, for nothing, or for those that are `gone` for good; `why` says how that shows. */
export function deadlock(
  nodes: NodeStanding[],
  nodeCount: number,
  timeNs: number,
  why: string,
  gone: readonly NodeId[] = [],
): RunFailure {
  const after = `after ${formatSeconds(timeNs / 1e9)}: `;
  const waiting = nodes.filter(({ node }) => !gone.includes(node)).length;
  const message =
    gone.length === 0
      ? `deadlock ${after}${why}, but ${waiting} of ${nodeCount} nodes are not finished`
      : `nobody goes on ${after}${areGone(gone)}, and ${waiting} of ${nodeCount} nodes wait in vain (${why})`;
  return { kind: 'deadlock', message, nodes };
}

function areGone(nodes: readonly NodeId[]): string {
  return nodes.length === 1
    ? `node ${nodes[0]} is down for good`
    : `nodes ${nodes.join(', ')} are down for good`;
}

/** The run would take longer than modelled time lasts, for that reason. */
export function timeOver(timeNs: number, why: string): RunFailure {
  const message = `modelled time ends after 2^53 ns (104 days), before the run does: ${why} (at ${formatSeconds(timeNs / 1e9)})`;
  return { kind: 'error', message, node: null };
}

/** No node is left to go on: those nodes are down for good, and the others have nothing left to do. */
export function nobodyLeft(
  down: readonly NodeId[],
  nodeCount: number,
  timeNs: number,
  missing: string | null,
): RunFailure {
  const gone =
    down.length === nodeCount
      ? `all ${nodeCount} have crashed, and none comes back`
      : down.length === 0
        ? `all ${nodeCount} have nothing left to do`
        : `of ${nodeCount} nodes ${down.join(', ')} ${down.length === 1 ? 'is' : 'are'} down for good, ` +
          'and the others have nothing left to do';
  const but = missing === null ? '' : `, but ${missing}`;
  const message = `no node is left after ${formatSeconds(timeNs / 1e9)}: ${gone}${but}`;
  return { kind: 'error', message, node: null };
}

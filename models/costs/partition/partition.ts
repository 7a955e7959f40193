/**
 * Cuts a line of blocks into contiguous runs, one a node in ring order, so that the slowest node is as fast as can be
 * (PROTOCOLS A.4). Pure and deterministic: every node computes the same partition by itself.
 */
import type { ModelLine } from '../line.ts';
import { bisectBottleneck } from './bisection.ts';
import { CutProblem, type PartitionMemory, type PartitionNode } from './cut-problem.ts';
import { dynamicBottleneck } from './dynamic-programming.ts';
import { leastCut } from './least-cut.ts';

export type { PartitionMemory, PartitionNode } from './cut-problem.ts';

export interface PartitionRequest {
  readonly line: ModelLine;
  /** Samples of one micro-batch. */
  readonly samples: number;
  /** Forward passes a micro-batch takes: 1, or 2 where backward recomputes. */
  readonly forwardPasses: number;
  readonly nodes: readonly PartitionNode[];
  readonly memory: PartitionMemory;
  /** Whether each run must lie in one layer; there must be as many nodes as layers for that. */
  readonly withinLayers?: boolean;
}

interface Partition {
  /** Node i owns blocks [bounds[i], bounds[i + 1]). */
  readonly bounds: readonly number[];
  /** Seconds a micro-batch of the slowest node (overhead plus FLOPs over speed) or link. */
  readonly bottleneckSeconds: number;
}

/** How the bottleneck is found; both give the same result. `auto` takes the cheaper one. */
type PartitionMethod = 'dynamic' | 'bisection' | 'auto';

/** Cells times blocks up to which dynamic programming costs less than a few milliseconds. */
const DYNAMIC_LIMIT = 500_000;

/**
 * The runs that minimise the longest time a micro-batch of any node (overhead + FLOPs / speed) or link (bytes of the cut
 * over bandwidth), since engines and wires work at the same time, with every run in its node's memory and at least one
 * block long; among those the fewest bytes over the cuts, then the lowest bounds. Null if no cut meets the memory limits.
 * Throws a RangeError with fewer blocks than nodes.
 */
export function partition(
  request: PartitionRequest,
  method: PartitionMethod = 'auto',
): Partition | null {
  const { line, nodes } = request;
  if (nodes.length < 1 || line.blocks.length < nodes.length)
    throw new RangeError(
      `partition of ${line.blocks.length} blocks on ${nodes.length} nodes: ` +
        'at least one node, and a block for each, would be right',
    );
  const problem = new CutProblem(request);
  const small = line.blocks.length ** 2 * nodes.length <= DYNAMIC_LIMIT;
  const dynamic = method === 'dynamic' || (method === 'auto' && small);
  const bottleneckSeconds = dynamic ? dynamicBottleneck(problem) : bisectBottleneck(problem);
  if (bottleneckSeconds === null) return null;
  const bounds = leastCut(problem, bottleneckSeconds);
  if (bounds === null)
    throw new Error(`no cut meets the bottleneck of ${bottleneckSeconds} s that was found for it`);
  return { bounds, bottleneckSeconds };
}

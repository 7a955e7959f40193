/**
 * The bottleneck by dynamic programming, for small lines:
 * f(j, k) = min over q of max(f(j-1, q), cost_j(q, k), wire_j(k)).
 */
import type { CutProblem } from './cut-problem.ts';

/** The least possible time of the slowest node, in seconds; null if no cut meets the memory limits. */
export function dynamicBottleneck(problem: CutProblem): number | null {
  const { blockCount, nodes } = problem;
  let best = new Float64Array(blockCount + 1).fill(Infinity);
  best[0] = 0;
  for (let node = 0; node < nodes.length; node++) {
    const next = new Float64Array(blockCount + 1).fill(Infinity);
    for (let high = node + 1; high <= blockCount; high++) {
      for (let low = high - 1; low >= node; low--) {
        if (!problem.allows(low, high)) break;
        const seconds = problem.seconds(node, low, high);
        if (seconds >= next[high]) break;
        if (problem.bytes(low, high) > nodes[node].memoryBytes) break;
        next[high] = Math.min(next[high], Math.max(best[low], seconds));
      }
      next[high] = Math.max(next[high], problem.wireSeconds(node, high));
    }
    best = next;
  }
  return best[blockCount] === Infinity ? null : best[blockCount];
}

/** Bytes a node of worlds of cost-only rings: whether a million nodes fit a machine is a product of them. */
import { worldMemory } from './cases/world-memory.ts';

const RINGS = [1024, 4096, 16_384, 65_536];

/** Prints a line a ring. */
export function bench(print: (line: string) => void): void {
  // The first world brings its code along, which is no node's.
  worldMemory(64);
  for (const nodes of RINGS) {
    const { assembled, ended } = worldMemory(nodes);
    const bytes = (count: number) => Math.round(count).toLocaleString('en');
    print(
      `ring-tmp, ${nodes} nodes, cost only: ${bytes(assembled)} bytes a node assembled, ` +
        `${bytes(ended)} after an iteration`,
    );
  }
}

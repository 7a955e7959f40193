/** Nothing that a node holds grows with the number of nodes: a copy of the plan a node would, and once did. */
import t from 'tap';
import { worldMemory } from '../bench/cases/world-memory.ts';

t.test(
  'a ring four times as large takes no more bytes a node, assembled and after an iteration',
  async (t) => {
    // The first world brings its code along, which is no node's.
    worldMemory(64);
    const small = worldMemory(4096);
    const large = worldMemory(16_384);
    for (const moment of ['assembled', 'ended'] as const) {
      const ratio = large[moment] / small[moment];
      t.ok(ratio < 1.3 && ratio > 1 / 1.3, `${moment}: ${small[moment]} and ${large[moment]}`);
    }
  },
);

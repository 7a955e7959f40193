/** Whose luck is whose: streams of chance are named (ARCHITECTURE 3), so that two protocols meet the same. */
import t from 'tap';
import { sample, type Distribution } from '../../engine/distribution.ts';
import { randomStream } from '../../engine/random.ts';
import { runAll, scripted, type ScriptedNode } from './scripted-node.ts';

const SEED = 7;
const compute: Distribution = { kind: 'uniform', low: 0.5, high: 2 };

/** Three jobs of 1000 ns at each of four nodes, one after the other; how long each took. */
function durations(seed: number): number[][] {
  const took: number[][] = [];
  const next = (node: ScriptedNode) => {
    const own = (took[node.world.self] ??= []);
    if (own.length === 3) node.finished = true;
    else node.work(`job ${own.length}`, 1000, () => {});
  };
  const script = { start: next, computed: next };
  const observer = {
    jobEnded: (node: number, _job: unknown, startNs: number, endNs: number) =>
      took[node].push(endNs - startNs),
  };
  const { simulation } = scripted([script, script, script, script], {
    seed,
    jitter: { compute },
    observers: [observer],
  });
  runAll(simulation);
  return took;
}

t.test('the jobs of node k are stretched by the stream node/k/jitter, draw by draw', async (t) => {
  const expected = [0, 1, 2, 3].map((node) => {
    const stream = randomStream(SEED, `node/${node}/jitter`);
    return [1, 2, 3].map(() => Math.ceil(1000 * sample(compute, stream)));
  });
  t.same(durations(SEED), expected);
  t.not(String(expected[0]), String(expected[1]), 'no two nodes share their luck');
  t.notSame(durations(SEED + 1), expected, 'another seed, other luck');
});

import t from 'tap';
import { atTime, crash, runFaulty, type FaultySetting } from './faulty.ts';
import { host } from './harness.ts';

const NODES = 10;

/** A star, so that a cut concerns its two ends alone and no other path leads round it. */
const setting: FaultySetting = {
  hosts: Array.from({ length: NODES }, () => host()),
  model: { kind: 'mlp', layers: [16, 24, 24, 8], activation: 'relu' },
  training: { batch: 16, microBatches: 4, iterations: 5 },
  network: { kind: 'star', bandwidth: 1e9, latencyNs: 5000 },
  heartbeatNs: 500_000,
  misses: 2,
  rules: [],
};

/** Several are gone at once, not in a row: parts of the line come from farther than a neighbour. */
const DEAD = [
  [0, 2, 4],
  [1, 4, 7],
  [5, 7, 9],
  [0, 3, 6],
];

t.test('C: two of whom one brings the other state, and which are deaf, stop nobody', async (t) => {
  const protocol = { kind: 'ring-tmp', replicas: 1 };
  let partners = 0;
  for (const dead of DEAD)
    for (let one = 0; one < NODES; one++)
      for (let other = one + 2; other < NODES; other++) {
        const scope = { from: [one], to: [other], oneWay: false };
        const crashes = dead.map((node) => crash(node, 500_000));
        const rules = [atTime(0, { kind: 'cut', scope, forNs: null }), ...crashes];
        const { result, messages } = runFaulty({ ...setting, rules }, protocol, 30_000);
        const bring = ({ message, from, to }: (typeof messages)[0]) =>
          message.kind === 'XFER' && [one, other].includes(from) && [one, other].includes(to);
        if (messages.some(bring)) partners++;
        // Beside a neighbour who is dead one that is left out takes the last copy with it.
        if (result.failure?.kind === 'given-up') continue;
        const why = result.failure?.message ?? result.outcome;
        const what = `${one} and ${other} deaf, ${dead.join(', ')} dead`;
        if (result.outcome !== 'finished') return t.fail(`${what}: ${why}`);
      }
  t.ok(partners > 0, `${partners} times they were`);
});

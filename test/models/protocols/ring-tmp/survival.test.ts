import t from 'tap';
import { randomStream } from '../../../../engine/random.ts';
import type { RandomStream } from '../../../../engine/world.ts';
import { decideRecovery } from '../../../../models/protocols/ring-tmp/recovery/recovery-decision.ts';
import type { NodeReport } from '../../../../models/protocols/ring-tmp/layout/ring-view.ts';
import { assemblyOf } from './assembly.ts';
import { chanceOfNoLoss, losesState } from '../../membership/survival.ts';

const VERSION = 7;

/** What every node of a ring at rest after VERSION steps reports: its own position, and those of r before it. */
function reportsOf(nodes: number, replicas: number): NodeReport[] {
  const members = Array.from({ length: nodes }, (_, node) => node);
  const bounds = Array.from({ length: nodes + 1 }, (_, bound) => 2 * bound);
  return members.map((node) => ({
    node,
    layouts: [
      {
        epoch: 1,
        nodes: members,
        bounds,
        own: [{ position: node, low: VERSION - 1, high: VERSION }],
        replicas: Array.from({ length: Math.min(replicas, nodes - 1) }, (_, hop) => ({
          position: (node + nodes - 1 - hop) % nodes,
          low: VERSION - 1,
          high: VERSION,
        })),
        suspended: null,
      },
    ],
    record: [],
    begun: [],
  }));
}

function drawDead(stream: RandomStream, nodes: number, deaths: number): Set<number> {
  const dead = new Set<number>();
  while (dead.size < deaths) dead.add(stream.below(nodes));
  return dead;
}

const RINGS = [
  { nodes: 8, deaths: 2, replicas: 1 },
  { nodes: 12, deaths: 4, replicas: 1 },
  { nodes: 12, deaths: 5, replicas: 2 },
  { nodes: 16, deaths: 7, replicas: 3 },
  { nodes: 24, deaths: 3, replicas: 1 },
];
const DRAWS = 10_000;

for (const { nodes, deaths, replicas } of RINGS) {
  const name = `${deaths} of ${nodes} nodes with ${replicas} replicas`;
  t.test(`C P(no loss) over ${DRAWS} random deaths meets the closed form: ${name}`, async (t) => {
    const stream = randomStream(1, name);
    const reports = reportsOf(nodes, replicas);
    const members = reports.map(({ node }) => node);
    let kept = 0;
    for (let draw = 0; draw < DRAWS; draw++) {
      const dead = drawDead(stream, nodes, deaths);
      const living = reports.filter(({ node }) => !dead.has(node));
      const { kind } = decideRecovery(assemblyOf(living, [{ epoch: 1, members }]), 2 * nodes);
      if (kind !== 'go' && kind !== 'lost') return t.fail(`${[...dead].join(' ')}: ${kind}`);
      if ((kind === 'lost') !== losesState(nodes, dead, replicas))
        return t.fail(`${[...dead].join(' ')}: ${kind}`);
      if (kind === 'go') kept++;
    }
    const chance = chanceOfNoLoss(nodes, deaths, replicas);
    // Four standard deviations: a right program fails once in 16,000.
    const bound = 4 * Math.sqrt((chance * (1 - chance)) / DRAWS);
    t.ok(Math.abs(kept / DRAWS - chance) <= bound, `${kept / DRAWS} kept, ${chance} expected`);
    return undefined;
  });
}

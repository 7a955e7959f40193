import t from 'tap';
import { chanceOfNoLoss, losesState } from './survival.ts';

/** The same chance by looking at every set of that many deaths. */
function enumerated(nodes: number, deaths: number, replicas: number): number {
  let sets = 0;
  let kept = 0;
  for (let bits = 0; bits < 2 ** nodes; bits++) {
    const dead = new Set<number>();
    for (let node = 0; node < nodes; node++) if ((bits >> node) & 1) dead.add(node);
    if (dead.size !== deaths) continue;
    sets++;
    if (!losesState(nodes, dead, replicas)) kept++;
  }
  return kept / sets;
}

t.test('C the closed form of P(no loss) is what enumeration of all deaths gives', async (t) => {
  for (let nodes = 2; nodes <= 11; nodes++)
    for (let deaths = 0; deaths <= nodes; deaths++)
      for (let replicas = 0; replicas <= 3; replicas++) {
        const closed = chanceOfNoLoss(nodes, deaths, replicas);
        const counted = enumerated(nodes, deaths, replicas);
        if (Math.abs(closed - counted) > 1e-9)
          t.fail(`N=${nodes} f=${deaths} r=${replicas}: ${closed}, enumerated ${counted}`);
      }
  t.equal(chanceOfNoLoss(64, 1, 0), 0);
  t.equal(chanceOfNoLoss(64, 1, 1), 1);
});

/** A node's process gets SIGKILL at a random instant of each run, and is started again. */
import { processes } from '../worlds/processes/processes.ts';
import { drawn, type Found, realRun, rightWeights, type Soak, Tally } from './soak.ts';

/** A new process takes about as long. */
const AWAY_SECONDS = 0.1;

export async function killNode(soak: Soak, times: number): Promise<Found> {
  const tally = new Tally(await rightWeights(soak));
  const plain = await realRun(soak, processes);
  let struck = 0;
  if (plain !== null) tally.count(plain);
  const seconds = (plain?.result.timeNs ?? 0) / 1e9;
  while (struck < times && soak.interrupts.status === null) {
    const [node, at] = [
      Math.floor(drawn(soak.luck, soak.scenario.cluster.nodes)),
      drawn(soak.luck, seconds),
    ];
    const run = await realRun(soak, processes, [{ kind: 'crash', at, node, for: AWAY_SECONDS }]);
    if (run === null) break;
    const isRight = tally.count(run);
    // A run that is faster than the first one is over before.
    struck += run.result.faults.length;
    const when = `node ${node} killed at ${at.toFixed(3)} s`;
    soak.say(
      `${struck}/${times}: ${when}${isRight ? '' : `: ${run.result.failure?.message ?? 'OTHER WEIGHTS'}`}`,
    );
  }
  return {
    ...tally.found,
    rows: [['processes killed', String(struck)], ...tally.found.rows],
  };
}

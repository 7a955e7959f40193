/**
 * `npm run membership -- [steps of 3 nodes] [steps of 4] [most states]` visits the states of small memberships, some
 * fifteen million in a minute or two, and says how many there were.
 */
import { MOST_FAULTS, SmallWorld } from './small-world.ts';
import { settled, visitAll } from './visits.ts';

const [three = 8, four = 7, most = 16_000_000] = process.argv.slice(2).map(Number);

let isBroken = false;
for (const [nodes, depth] of [
  [3, three],
  [4, four],
]) {
  const world = new SmallWorld(nodes, 3);
  const start = settled(world, world.beginning(MOST_FAULTS));
  const beganMs = performance.now();
  const visit = visitAll(world, start, depth, most);
  const seconds = (performance.now() - beganMs) / 1e3;
  const { states, broken, way } = visit;
  console.log(
    `${nodes} nodes: ${states.toLocaleString('en')} states, all within ${visit.depth} steps, ` +
      `from ${world.locals.states.length.toLocaleString('en')} of single nodes, in ${seconds.toFixed(0)} s: ` +
      (broken ?? 'S1 to S4 hold'),
  );
  for (const step of way) console.log(`  ${JSON.stringify(step)}`);
  isBroken ||= broken !== null;
}
process.exitCode = isBroken ? 1 : 0;

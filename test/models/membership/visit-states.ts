/** `npm run membership` visits the states of small memberships, and says how many there were. */
import { Argument, Command, InvalidArgumentError } from 'commander';
import { MOST_FAULTS, SmallWorld } from './small-world.ts';
import { settled, visitAll } from './visits.ts';

function readCount(word: string): number {
  if (/^\d{1,9}$/.test(word)) return Number(word);
  throw new InvalidArgumentError('a whole number would be right.');
}

function count(name: string, what: string, usual: number): Argument {
  return new Argument(`[${name}]`, what).argParser(readCount).default(usual);
}

const { processedArgs } = new Command('npm run membership --')
  .description(
    'Visits all states of small memberships up to some steps: thirty million in two minutes.',
  )
  .addArgument(count('three', 'steps of 3 nodes', 8))
  .addArgument(count('four', 'steps of 4 nodes', 7))
  .addArgument(count('most', 'the most states of each', 16_000_000))
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse();
const [three, four, most] = processedArgs as [number, number, number];

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

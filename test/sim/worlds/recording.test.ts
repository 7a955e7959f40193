/** The recording world hears every verb and every handler, and changes nothing. */
import t from 'tap';
import { Simulation } from '../../../engine/simulation.ts';
import type { NodeFactory } from '../../../engine/world.ts';
import { dataOf, hostsOf, planOf, topologyOf } from '../../../sim/assemble.ts';
import { Recording } from '../../../sim/worlds/recording.ts';
import { tinyScenario } from './tiny.ts';

async function run(wrap: (place: NodeFactory) => NodeFactory) {
  const scenario = await tinyScenario({ kind: 'ps-bsp', nodes: 3, iterations: 2 });
  const plan = planOf(scenario, 0, dataOf(scenario));
  const simulation = new Simulation({
    seed: scenario.seed,
    hosts: hostsOf(scenario),
    topology: topologyOf(scenario),
    sharing: 'fifo',
    runJobs: true,
    place: wrap((world) => plan.createNode(world)),
  });
  while (simulation.run(1000));
  return simulation.result();
}

t.test('a recorded run is the run that was not recorded', async (t) => {
  let recording: Recording | null = null;
  const heard = await run((place) => (recording = new Recording(place)).place);
  t.same(heard, await run((place) => place));

  const { calls } = recording!;
  const count = (name: string) => calls.filter((call) => call.name === name).length;
  t.equal(count('start'), 3);
  t.equal(count('send'), heard.messages);
  t.equal(count('receive'), heard.messages);
  t.equal(count('compute'), count('computed'));
  t.equal(count('note') > 0, true);
  t.ok(calls.every((call, at) => at === 0 || call.timeNs >= calls[at - 1].timeNs));
});

t.test('a recording reads as one line a call', async (t) => {
  let recording: Recording | null = null;
  await run((place) => (recording = new Recording(place)).place);
  const lines = recording!.lines(0);
  t.equal(lines[0], '0 node 0 start');
  t.match(
    lines.find((line) => line.includes('send')),
    /^\d+ node 0 send 2 [\w-]+ \d+$/,
  );
});

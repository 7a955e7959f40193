/** What is measured of the passes of a model: every layer and every size of a batch, of all nodes that were busy. */
import t from 'tap';
import type { World } from '../../../engine/world.ts';
import { PassNode, type PassNote } from '../../../sim/validation/pass-node.ts';

t.test('each size is measured long enough, layer by layer, and noted once', async (t) => {
  const notes: PassNote[] = [];
  const jobs: (() => void)[] = [];
  let nowNs = 0;
  const world = {
    now: () => (nowNs += 10),
    compute: ({ run }: { run(): void }) => void jobs.push(run),
    note: (_name: string, value: PassNote) => void notes.push(value),
  } as unknown as World;
  const features = Uint8Array.from({ length: 60 }, (_, at) => at);
  const node = new PassNode(world, {
    model: { kind: 'mlp', layers: [6, 4, 3], activation: 'relu' },
    training: { precision: 32, optimizer: { kind: 'sgd' }, learningRate: 0.1 } as never,
    data: {
      name: '',
      features,
      labels: new Uint8Array(10),
      featureCount: 6,
      classes: 3,
      featureScale: 1,
    },
    sizes: [2, 5],
    eachNs: 3000,
  });
  node.start();
  let ran = 0;
  for (let job = jobs.shift(); job; job = jobs.shift(), ran++) {
    job();
    node.computed();
  }
  t.equal(node.finished, true);
  t.ok(ran >= 40, `${ran} jobs: at least twenty of each size`);
  t.strictSame(
    notes.map(({ samples, layers }) => [samples, layers.length]),
    [
      [2, 2],
      [5, 2],
    ],
  );
  for (const { layers, update, gap } of notes) {
    for (const each of layers)
      t.ok(each.forward > 0 && each.inputGradient > 0 && each.weightGradient > 0);
    t.ok(update > 0 && gap > 0);
  }
});

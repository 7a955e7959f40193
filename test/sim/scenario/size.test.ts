/** What does not fit is told before anything is made. */
import t from 'tap';
import { resolveScenario } from '../../../sim/scenario/resolve.ts';
import { checkSize } from '../../../sim/scenario/size.ts';
import { tinyScenario } from './tiny-scenario.ts';

const ROOM_BYTES = 2 ** 30;

async function sizeOf(change: (scenario: any) => void) {
  const tiny = tinyScenario();
  change(tiny);
  const { scenario } = await resolveScenario(tiny);
  return () => checkSize(scenario, ROOM_BYTES);
}

t.test('a scenario that fits is taken', async (t) => {
  t.doesNotThrow(await sizeOf(() => {}));
});

t.test('data, weights and batches that do not fit are told by their field', async (t) => {
  t.throws(await sizeOf((s) => (s.data.train = 1e9)), {
    message:
      'data.train is 1000000000, which takes 6.52 GiB, more than the 1.00 GiB that this machine has; less would be right',
  });
  t.throws(await sizeOf((s) => (s.model.layers = [6, 50_000, 50_000, 4])), {
    message: /^model\.layers is a model of \d+ parameters, which takes 9\.32 GiB/,
  });
  t.throws(await sizeOf((s) => (s.training.batch = 1e9)), {
    message: /^training\.batch is 1000000000, which takes 11\.2 GiB/,
  });
});

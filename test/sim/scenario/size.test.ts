/** What does not fit is told before anything is made. */
import t from 'tap';
import { resolveScenario } from '../../../sim/scenario/resolve.ts';
import { checkSize, type Room } from '../../../sim/scenario/size.ts';
import { tinyScenario } from './tiny-scenario.ts';

/** Of a gibibyte, in one array or in many. */
const ROOM = { memory: 2 ** 30, array: 2 ** 30 };

async function sizeOf(change: (scenario: any) => void, room: Room = ROOM) {
  const tiny = tinyScenario();
  change(tiny);
  const { scenario } = await resolveScenario(tiny);
  return () => checkSize(scenario, room);
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

function costs(scenario: any): void {
  scenario.training.numerics = 'cost';
  scenario.data = undefined;
}

/** What a machine of 24 GB has: half of it, and arrays of 4 GiB. */
const WIDE: Room = { memory: 12e9, array: 2 ** 32 };

t.test('nodes that no memory holds are told, and a million fit a machine of 24 GB', async (t) => {
  const million = (s: any) => {
    costs(s);
    s.cluster.nodes = 1_000_000;
    s.model.layers = [6, 1_000_000, 4];
  };
  t.doesNotThrow(await sizeOf(million, WIDE));
  t.throws(await sizeOf(million), {
    message:
      'cluster.nodes is 1000000, which takes 1.86 GiB, more than the 1.00 GiB that this machine has; less would be right',
  });
});

t.test('every whole copy of a model that a protocol holds is counted', async (t) => {
  const wide = (kind: string, nodes: number, more: object = {}) =>
    sizeOf((s) => {
      s.cluster.nodes = nodes;
      s.training.batch = 64;
      // 11 million parameters, 88 MB with their gradients.
      s.model.layers = [6, 1_000_000, 4];
      s.protocol = { kind, ...more };
    });
  for (const kind of ['ps-bsp', 'ps-asp', 'local-sgd']) {
    t.doesNotThrow(await wide(kind, 12), kind);
    t.throws(await wide(kind, 13), {
      message: `model.layers is a model of 11000004 parameters, held 13 times with its gradients by ${kind}, which takes 1.07 GiB, more than the 1.00 GiB that this machine has; less would be right`,
    });
  }
  t.doesNotThrow(await wide('ps-bsp', 16, { servers: 5 }), 'servers share a copy');
  t.throws(await wide('ps-bsp', 17, { servers: 5 }), { message: /held 13 times/ });
  t.doesNotThrow(await wide('ring-tmp', 40), 'the nodes of a ring share a copy');
});

t.test('under cost numerics nobody holds a model', async (t) => {
  t.doesNotThrow(
    await sizeOf((s) => {
      costs(s);
      s.cluster.nodes = 1000;
      s.training.batch = 1000;
      s.model.layers = [6, 1_000_000, 4];
      s.protocol = { kind: 'ps-bsp' };
    }),
  );
});

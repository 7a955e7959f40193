/** PROTOCOLS C: a checkpoint is one when all its parts are there, and an index that comes too late is none. */
import t from 'tap';
import type { World } from '../../../engine/world.ts';
import { CHECKPOINT_INDEX } from '../../../models/replication/checkpoints.ts';
import { PartCheckpoints } from '../../../models/replication/part-checkpoints.ts';

function watched() {
  const saved: string[] = [];
  const told: number[] = [];
  const world = {
    save: (name: string) => saved.push(name),
    note: (_name: string, version: number) => told.push(version),
  };
  return { checkpoints: new PartCheckpoints(world as unknown as World), saved, told };
}

const BOUNDS = [0, 4, 9];
const first = { low: 0, high: 4 };

t.test('the index is written once the last part is said to be there', async (t) => {
  const { checkpoints, saved, told } = watched();
  const name = { epoch: 3, version: 2 };
  checkpoints.save(name, first, {}, 8);
  t.same(saved, ['checkpoint/3/2/0-4']);
  t.same(checkpoints.saved(saved[0], true), name);
  checkpoints.add(name, 0, BOUNDS);
  checkpoints.add(name, 0, BOUNDS);
  t.equal(saved.length, 1, 'one part is lacking');
  checkpoints.add(name, 1, BOUNDS);
  t.same(saved.slice(1), [CHECKPOINT_INDEX]);
  t.equal(checkpoints.saved(CHECKPOINT_INDEX, true), null);
  t.same(told, [2]);
});

t.test('parts of an older view do not count in a newer one', async (t) => {
  const { checkpoints, saved } = watched();
  checkpoints.add({ epoch: 3, version: 2 }, 0, BOUNDS);
  checkpoints.add({ epoch: 5, version: 2 }, 1, BOUNDS);
  t.same(saved, []);
});

t.test('an index that others have overtaken is no checkpoint', async (t) => {
  const { checkpoints, told } = watched();
  for (const version of [2, 4])
    for (const part of [0, 1]) checkpoints.add({ epoch: 3, version }, part, BOUNDS);
  checkpoints.saved(CHECKPOINT_INDEX, false);
  checkpoints.saved(CHECKPOINT_INDEX, true);
  t.same(told, [4]);
});

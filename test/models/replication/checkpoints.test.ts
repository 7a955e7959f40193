/** PROTOCOLS C: when a checkpoint is made, what it is called, and when it is whole. */
import t from 'tap';
import type { World } from '../../../engine/world.ts';
import {
  checkpointPart,
  CheckpointTally,
  saveIndex,
  savesCheckpoint,
} from '../../../models/replication/checkpoints.ts';

t.test('C: the state is saved every C iterations, but not after the last', async (t) => {
  const versions = Array.from({ length: 7 }, (_, version) => version);
  const saved = (every: number) =>
    versions.slice(1).filter((version) => savesCheckpoint({ every }, 6, version));
  t.same(saved(1), [1, 2, 3, 4, 5]);
  t.same(saved(2), [2, 4]);
  t.same(saved(4), [4]);
  t.same(saved(9), []);
  t.notOk(savesCheckpoint(null, 6, 2));
});

t.test(
  'a version is whole once all parts are there, told once, whatever comes twice',
  async (t) => {
    const tally = new CheckpointTally(3);
    t.same(
      [
        tally.add(4, 0),
        tally.add(4, 2),
        tally.add(8, 1),
        tally.add(4, 2),
        tally.add(4, 1),
        tally.add(8, 0),
        tally.add(8, 2),
      ],
      [false, false, false, false, true, false, true],
    );
    t.ok(new CheckpointTally(1).add(2, 0), 'one part is all there is');
  },
);

t.test('C: the same version under another cut leaves the parts of the first alone', async (t) => {
  const names = [
    [0, 4],
    [4, 9],
    [0, 5],
    [5, 9],
  ].map(([low, high]) => checkpointPart({ epoch: 3, version: 8 }, low, high));
  t.equal(new Set(names).size, 4);
  t.equal(names[0], 'checkpoint/3/8/0-4');
  t.not(checkpointPart({ epoch: 4, version: 8 }, 0, 4), names[0], 'nor does another epoch');
});

t.test('C: an index is ordered by its epoch, then by its version', async (t) => {
  const saves: unknown[] = [];
  const save = (...args: unknown[]) => void saves.push(args);
  const index = { epoch: 3, version: 8, bounds: [0, 4, 9] };
  saveIndex({ save } as unknown as World, index);
  t.same(saves, [['checkpoint/index', index, 48, [3, 8]]]);
});

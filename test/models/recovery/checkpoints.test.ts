/** PROTOCOLS C: when a checkpoint is made, what it is called, and when it is whole. */
import t from 'tap';
import {
  checkpointPart,
  CheckpointTally,
  indexBytes,
  savesCheckpoint,
} from '../../../models/recovery/checkpoints.ts';

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
  ].map(([low, high]) => checkpointPart(8, low, high));
  t.equal(new Set(names).size, 4);
  t.equal(names[0], 'checkpoint/8/0-4');
  t.equal(indexBytes({ version: 8, bounds: [0, 4, 9] }), 40);
});

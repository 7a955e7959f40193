/** Checkpoints of a whole state: an index says what is whole on storage, and nothing is announced before. */
import t from 'tap';
import type { World } from '../../../engine/world.ts';
import { CheckpointKeeper } from '../../../models/replication/checkpoint-keeper.ts';

const state = { steps: 2 };

t.test(
  'D: a checkpoint has its index when its part is saved, and is told of after it',
  async (t) => {
    const done: string[] = [];
    const world = {
      save: (name: string, _value: object, _bytes: number, stamp?: readonly number[]) =>
        void done.push(stamp === undefined ? name : `${name} ${stamp.join()}`),
      note: (name: string, value: number) => void done.push(`${name} ${value}`),
    } as unknown as World;
    const whole = { vectorBytes: 40, optimizerBytes: 0, parameters: 10 };
    const keeper = new CheckpointKeeper<typeof state>(world, whole);
    for (const version of [2, 4, 6]) keeper.save(7, version, { ...state, steps: version });
    t.same(done, ['checkpoint/7/2/0-10'], 'one at a time');
    keeper.saved('checkpoint/7/2/0-10', true);
    t.same(done.splice(0), ['checkpoint/7/2/0-10', 'checkpoint/index 7,2']);
    keeper.saved('checkpoint/index', true);
    t.same(done, ['checkpoint 2', 'checkpoint/7/6/0-10'], 'the newest that waits is the next');
    keeper.saved('checkpoint/7/6/0-10', true);
    keeper.saved('checkpoint/index', false);
    t.same(done.at(-1), 'checkpoint/index 7,6', 'one that came too late is not told of');
  },
);

/** Real files keep what a simulated storage keeps: of each name what has the latest stamp. */
import fc from 'fast-check';
import t from 'tap';
import { isBefore } from '../../../engine/storage/stamp.ts';
import {
  makeStorageFolder,
  removeStorageFolder,
  FileStorage,
} from '../../../sim/worlds/file-storage.ts';

/** Numbers that would be out of order as text as well. */
const numbers = fc.constantFrom(0, 2, 9, 10, 2 ** 37, Number.MAX_SAFE_INTEGER);
const saves = fc.array(
  fc.record({
    writer: fc.nat(1),
    name: fc.constantFrom('a', 'a/b', 'a.b', 'ü'),
    stamp: fc.oneof(fc.constant([]), fc.tuple(numbers, numbers)) as fc.Arbitrary<number[]>,
  }),
  { minLength: 1, maxLength: 12 },
);

t.test(
  'the file with the latest stamp is the one that counts, whoever wrote it, and when',
  async (t) => {
    let late = 0;
    fc.assert(
      fc.property(saves, (all) => {
        const folder = makeStorageFolder();
        const writers = [new FileStorage(folder, '0.0'), new FileStorage(folder, '1.0')];
        const right = new Map<string, { stamp: number[]; number: number }>();
        for (const [number, { writer, name, stamp }] of all.entries()) {
          const there = right.get(name);
          const isNewest = there === undefined || !isBefore(stamp, there.stamp);
          if (isNewest) right.set(name, { stamp, number });
          else late++;
          if (writers[writer].save(name, { stamp, number }, stamp) !== isNewest) return false;
        }
        const found = ['a', 'a/b', 'a.b', 'ü', 'nothing'].map((name) => writers[0].load(name));
        removeStorageFolder(folder);
        const expected = ['a', 'a/b', 'a.b', 'ü', 'nothing'].map((name) => right.get(name) ?? null);
        return JSON.stringify(found) === JSON.stringify(expected);
      }),
    );
    t.ok(late > 20, `${late} came too late`);
  },
);

/** What is measured while others use the machine is measured again. */
import t from 'tap';
import { lookForOthers, quietly } from '../../../sim/validation/quiet-machine.ts';

t.test(
  'a measurement is made once or, disturbed, again, but not more often than said',
  async (t) => {
    for (const times of [1, 3]) {
      let made = 0;
      const best = await quietly(() => Promise.resolve(++made), { patienceMs: 0, times });
      t.ok(made >= 1 && made <= times, `${made} times`);
      t.ok(best.made >= 1 && best.made <= made);
      t.ok(best.others >= 0);
    }
  },
);

t.test('what this program does is not what others do', async (t) => {
  const others = lookForOthers();
  t.ok(others() >= 0, 'never less than nothing, whatever this program has used');
});

/** Any life of a thread is booked whole: each nanosecond in one state (ARCHITECTURE 8). */
import fc from 'fast-check';
import t from 'tap';
import { NODE_STATES } from '../../../engine/result.ts';
import { MeasuredAccount } from '../../../sim/worlds/measured-account.ts';
import { boardMemory, ThreadBoard } from '../../../sim/worlds/thread-board.ts';

function fresh(): { board: ThreadBoard; account: MeasuredAccount } {
  const board = new ThreadBoard(boardMemory(2));
  return { board, account: new MeasuredAccount(board, 1) };
}

t.test(
  'work is busy or redo; a gap is comm from the sending of what ended it, else idle',
  async (t) => {
    const { board, account } = fresh();
    account.wake(100, null);
    t.equal(NODE_STATES[board.states[1]], 'busy');
    account.sleep(150);
    t.equal(NODE_STATES[board.states[1]], 'idle');
    account.wake(200, 180);
    account.redo(210);
    t.equal(NODE_STATES[board.states[1]], 'redo');
    account.redone(240);
    account.sleep(250);
    account.wake(300, 90);
    account.sleep(310);
    t.match(board.account(1, 400), {
      busyNs: 50 + 10 + 10 + 10,
      redoNs: 30,
      commNs: 20 + 50,
      idleNs: 100 + 30 + 90,
      downNs: 0,
    });
  },
);

t.test('a stretch of work that is not over counts up to the end', async (t) => {
  const { board, account } = fresh();
  account.wake(10, null);
  t.match(board.account(1, 60), { busyNs: 50, idleNs: 10 });
  account.redo(60);
  t.match(board.account(1, 100), { busyNs: 50, redoNs: 40, idleNs: 10 });
});

const stretch = fc.record({
  gapNs: fc.nat(1000),
  wireNs: fc.option(fc.nat(2000)),
  workNs: fc.nat(1000),
  redoNs: fc.nat(1000),
});

t.test(
  'any row of stretches sums to the time exactly, and comm never exceeds the gaps',
  async () => {
    fc.assert(
      fc.property(fc.array(stretch), fc.nat(500), (stretches, restNs) => {
        const { board, account } = fresh();
        let nowNs = 0;
        let gapsNs = 0;
        for (const { gapNs, wireNs, workNs, redoNs } of stretches) {
          nowNs += gapNs;
          gapsNs += gapNs;
          account.wake(nowNs, wireNs === null ? null : nowNs - wireNs);
          account.redo((nowNs += workNs));
          account.redone((nowNs += redoNs));
          account.sleep(nowNs);
        }
        const timeNs = nowNs + restNs;
        const { busyNs, redoNs, commNs, idleNs } = board.account(1, timeNs);
        const sum = (pick: (one: (typeof stretches)[0]) => number) =>
          stretches.reduce((total, one) => total + pick(one), 0);
        return (
          busyNs === sum((one) => one.workNs) &&
          redoNs === sum((one) => one.redoNs) &&
          commNs <= gapsNs &&
          idleNs >= restNs &&
          busyNs + redoNs + commNs + idleNs === timeNs
        );
      }),
    );
  },
);

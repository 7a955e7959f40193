/** Any incarnation of a thread is booked whole: each nanosecond in one state (ARCHITECTURE 8). */
import { accountOf } from '../../../engine/node-accounts.ts';
import fc from 'fast-check';
import t from 'tap';
import { NODE_STATES } from '../../../engine/node-states.ts';
import { MeasuredAccount } from '../../../sim/worlds/measured-account.ts';
import { NodeFigures } from '../../../sim/worlds/real/node-figures.ts';
import { boardMemory, SharedBoard } from '../../../sim/worlds/real/shared-board.ts';

function fresh(): { board: SharedBoard; account: MeasuredAccount } {
  const board = new SharedBoard(boardMemory(2));
  return { board, account: new MeasuredAccount(new NodeFigures(board, 1)) };
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
    t.match(accountOf(board.accounts(400), 1), {
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
  t.match(accountOf(board.accounts(60), 1), { busyNs: 50, idleNs: 10 });
  account.redo(60);
  t.match(accountOf(board.accounts(100), 1), { busyNs: 50, redoNs: 40, idleNs: 10 });
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
        const { busyNs, redoNs, commNs, idleNs } = accountOf(board.accounts(timeNs), 1);
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

t.test(
  'F: what is written off is redo, in epochs before one named whenever it is done',
  async (t) => {
    const board = new SharedBoard(boardMemory(2, 3));
    const books = () => {
      const { busyNs, redoNs } = accountOf(board.accounts(1000), 1);
      return [busyNs, redoNs];
    };
    const work = (step: number, ns: number, epoch?: number) => {
      board.add(1, 'busyNs', ns);
      board.work.add(1, step, ns, epoch);
    };
    work(0, 10, 5);
    work(1, 20, 5);
    board.work.writeOff({ node: 1, step: 1, before: 7 });
    t.same(books(), [10, 20]);
    work(1, 3, 6);
    t.same(books(), [10, 23], 'it had not heard');
    work(1, 4, 7);
    work(0, 1, 5);
    t.same(
      books(),
      [15, 23],
      'what it does in that epoch is of use, as is what comes before that step',
    );
    board.work.writeOff({ node: 1, step: 1, before: 6 });
    t.same(books(), [15, 23], 'an older word changes nothing');
    work(2, 8);
    board.work.writeOff({ node: 1, step: 1, before: 9 });
    t.same(books(), [19, 27], 'what names no epoch is before none');
    board.work.writeOff({ node: 1, step: 0 });
    t.same(books(), [0, 46], 'or all of it');
    work(2, 6, 12);
    t.same(books(), [6, 46], 'up to then');
    work(1, 5, 12);
    board.work.writeOff({ node: 1, step: 0, before: 12, after: 9 });
    board.work.writeOff({ node: 1, step: 0, before: 14, after: 12 });
    t.same(books(), [11, 46], 'an epoch is not between itself and another');
    board.work.writeOff({ node: 1, step: 0, before: 13, after: 11 });
    t.same(books(), [6, 51], 'what is between those two is');
    work(1, 4, 14);
    board.work.writeOff({ node: 1, step: 0, after: 13 });
    t.same(books(), [6, 55], 'or after the one');
  },
);

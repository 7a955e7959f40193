/** PROTOCOLS F: what views that go on from older ones make of work that was done before. */
import t from 'tap';
import { Accounting } from '../../../engine/accounting.ts';
import { NODE_STATES, type NodeState } from '../../../engine/node-states.ts';
import { WastedWork } from '../../../models/observers/wasted-work.ts';
import { NOTES } from '../../../models/spec/notes.ts';

const NODES = 3;

/** Nodes that work a nanosecond a job, in books that an observer keeps. */
class Books {
  private nowNs = 0;
  private readonly accounting = new Accounting(NODES, true);
  private readonly observer = new WastedWork(NODES, (wasted) =>
    this.accounting.writeOff(wasted, this.nowNs),
  );

  work(node: number, epoch: number, steps: readonly number[]): void {
    for (const step of steps) {
      this.accounting.jobStarted(node, false, this.nowNs, step, epoch);
      this.accounting.jobEnded(node, ++this.nowNs);
    }
  }

  note(node: number, name: string, value: object | number): void {
    this.observer.noted(node, this.nowNs, name, value);
  }

  recovered(epoch: number, version: number, base: number | null): void {
    const members = [0, 1];
    const from = base === null ? 'checkpoint' : 'replicas';
    this.note(0, NOTES.recovered, { epoch, version, base, members, joined: [], from });
  }

  of(node: number) {
    const times = new Float64Array(NODE_STATES.length);
    this.accounting.readTimes(node, this.nowNs, times);
    const read = (state: NodeState) => times[NODE_STATES.indexOf(state)];
    return { busy: read('busy'), redo: read('redo') };
  }
}

t.test('what a view goes back behind is done again, by whomever it was done', async (t) => {
  const books = new Books();
  for (const node of [0, 2]) books.work(node, 1, [0, 1, 2]);
  books.recovered(5, 1, 1);
  t.same(books.of(0), { busy: 1, redo: 2 });
  t.same(books.of(2), { busy: 1, redo: 2 }, 'who has no part in it cannot say so');
  books.work(2, 1, [0, 3]);
  t.same(books.of(2), { busy: 2, redo: 3 }, 'what it goes on with until it hears is in vain too');
  books.work(0, 5, [1]);
  t.same(books.of(0), { busy: 2, redo: 2 });
});

t.test(
  'what a view did that is not gone on from is in vain, whatever step it was of',
  async (t) => {
    const books = new Books();
    books.work(1, 1, [1]);
    books.work(1, 3, [1, 2]);
    books.recovered(5, 2, 1);
    t.same(books.of(1), { busy: 1, redo: 2 });
  },
);

t.test('the views on the way to one count, also for those who had no part in them', async (t) => {
  const books = new Books();
  books.work(2, 1, [0, 1]);
  books.work(2, 2, [1, 2]);
  books.recovered(4, 1, 1);
  books.recovered(6, 3, 4);
  t.same(books.of(2), { busy: 1, redo: 3 });
});

t.test('a saved state, or the seed, is gone on from by no view', async (t) => {
  const books = new Books();
  books.work(1, 1, [0, 1]);
  books.work(1, 3, [2]);
  books.recovered(5, 1, null);
  t.same(books.of(1), { busy: 1, redo: 2 });
});

t.test('a node that begins in a view says so before others do', async (t) => {
  const books = new Books();
  for (const node of [0, 1]) books.work(node, 1, [0, 1]);
  books.note(1, NOTES.began, { epoch: 5, version: 1, base: 1 });
  t.same(books.of(0), { busy: 2, redo: 0 });
  t.same(books.of(1), { busy: 1, redo: 1 });
});

t.test('what is done in newer views than the one in which all ended is in vain', async (t) => {
  const books = new Books();
  books.work(2, 5, [3]);
  books.work(2, 7, [3]);
  books.note(0, NOTES.ended, 5);
  books.work(2, 9, [3]);
  t.same(books.of(2), { busy: 1, redo: 2 });
});

t.test('a view that says nothing of it, as that of servers, makes nothing of it', async (t) => {
  const books = new Books();
  books.work(1, 1, [0, 1]);
  books.note(0, NOTES.recovered, {
    epoch: 5,
    version: 1,
    members: [0],
    joined: [],
    from: 'replicas',
  });
  books.note(1, NOTES.wasted, { node: 1, step: 1 });
  t.same(books.of(1), { busy: 1, redo: 1 });
});

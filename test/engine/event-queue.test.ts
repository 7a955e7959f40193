import fc from 'fast-check';
import t from 'tap';
import { EventQueue } from '../../engine/event-queue.ts';
import { randomStream } from '../../engine/random.ts';

/** The oracle: an array kept in order by inserting each event behind its equals. */
class SortedArray {
  readonly events: { timeNs: number; id: number }[] = [];

  push(timeNs: number, id: number): void {
    let at = this.events.length;
    while (at > 0 && this.events[at - 1].timeNs > timeNs) at--;
    this.events.splice(at, 0, { timeNs, id });
  }

  cancel(id: number): boolean {
    const at = this.events.findIndex((event) => event.id === id);
    if (at >= 0) this.events.splice(at, 1);
    return at >= 0;
  }
}

type Step = { push: number } | { pop: true } | { cancel: number };

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ push: fc.nat(9) }) },
  { weight: 3, arbitrary: fc.constant({ pop: true as const }) },
  { weight: 3, arbitrary: fc.record({ cancel: fc.nat() }) },
);

function agrees(steps: readonly Step[], capacity: number): void {
  const queue = new EventQueue(capacity);
  const oracle = new SortedArray();
  const handles: number[] = [];
  const popBoth = (): void => {
    const expected = oracle.events.shift();
    if (queue.pop() !== (expected !== undefined)) throw new Error('one was empty');
    if (!expected) return;
    const { timeNs, id } = expected;
    const found = [queue.timeNs, queue.kind, queue.a, queue.b].join();
    if (found !== [timeNs, id % 7, id, -id].join()) throw new Error(`${found}, not event ${id}`);
  };
  for (const one of steps) {
    if ('push' in one) {
      const id = handles.length;
      handles.push(queue.push(one.push, id % 7, id, -id));
      oracle.push(one.push, id);
    } else if ('pop' in one) popBoth();
    else if (handles.length > 0) {
      const id = one.cancel % handles.length;
      if (queue.cancel(handles[id]) !== oracle.cancel(id)) throw new Error(`cancel of ${id}`);
    }
    if (queue.pending !== oracle.events.length) throw new Error(`pending is ${queue.pending}`);
  }
  while (oracle.events.length > 0) popBoth();
  popBoth();
}

t.test('events leave by time, ties in the order they came, cancelled ones never', async (t) => {
  fc.assert(fc.property(fc.array(step, { maxLength: 300 }), (steps) => agrees(steps, 1)));
  t.pass('as a sorted array has it');
});

t.test('the same with sweeps: many cancels among many events', async (t) => {
  for (const instants of [13, 1999]) {
    const steps: Step[] = Array.from({ length: 2000 }, (_, i) => ({ push: (i * 7919) % instants }));
    for (let i = 0; i < 2000; i++) if (i % 5 !== 0) steps.push({ cancel: i }, { cancel: i });
    // Events are popped in between, so that one sweep meets a heap without its first chain.
    for (let i = 0; i < 100; i++) steps.splice(3000, 0, { pop: true });
    steps.push({ push: 3 }, { pop: true }, { cancel: 0 }, { push: 0 });
    for (let i = 0; i < 1500; i++) steps.push({ push: i });
    agrees(steps, 1024);
  }
  t.pass('as a sorted array has it');
});

t.test('a stale or foreign handle does no harm', async (t) => {
  const queue = new EventQueue();
  const stale = queue.push(1, 0, 0, 0);
  t.ok(queue.pop());
  const live = queue.push(2, 0, 0, 0);
  t.not(stale, live, 'though the slot is the same');
  t.notOk(queue.cancel(stale));
  t.notOk(queue.cancel(12345));
  t.equal(queue.pending, 1);
  t.ok(queue.cancel(live));
  t.notOk(queue.cancel(live), 'once only');
  t.notOk(queue.pop());
});

t.test('times and numbers keep all their bits', async (t) => {
  const queue = new EventQueue(1);
  queue.push(2 ** 53 - 1, 3, -(2 ** 31), 2 ** 31 - 1);
  queue.push(2 ** 53 - 2, 2, 1, 0);
  t.ok(queue.pop());
  t.equal(queue.timeNs, 2 ** 53 - 2);
  t.ok(queue.pop());
  t.same([queue.timeNs, queue.a, queue.b], [2 ** 53 - 1, -(2 ** 31), 2 ** 31 - 1]);
});

t.test('the same with more instants at once than the table of chains has room for', async (t) => {
  const stream = randomStream(1, 'instants');
  // Instants 2^32 apart share a place in the table, so that nearly every event begins a chain.
  for (const [instants, stepNs] of [
    [5_000, 1],
    [1_000_000, 1],
    [4, 2 ** 32],
  ]) {
    const queue = new EventQueue();
    const times: number[] = [];
    const order = Array.from({ length: 120_000 }, (_, id) => id);
    for (const id of order) {
      times.push(stepNs * stream.below(instants));
      queue.push(times[id], 0, id, 0);
    }
    order.sort((one, other) => times[one] - times[other] || one - other);
    for (const id of order)
      if (!queue.pop() || queue.a !== id) throw new Error(`event ${queue.a} came, not ${id}`);
    t.notOk(queue.pop());
  }
});

/** Traces: what a log records, and what viewers ask of Chrome trace events. */
import fc from 'fast-check';
import t from 'tap';
import { TraceLog } from '../../engine/trace-log.ts';
import { traceChunks } from '../../reports/trace.ts';
import type { TracedRun } from '../../reports/trace-moments.ts';
import { account, ringRun, runOf } from './sample-run.ts';

interface TraceEvent {
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur: number;
  name: string;
  id?: number;
  [field: string]: unknown;
}

function job(name: string, redo = false) {
  return { name, flops: 1, redo, run: () => {} };
}

function parse(runs: TracedRun[]): { traceEvents: TraceEvent[]; otherData: object[] } {
  return JSON.parse([...traceChunks(runs)].join(''));
}

function happenings(runs: TracedRun[]): TraceEvent[] {
  return parse(runs).traceEvents.filter(({ ph }) => ph !== 'M');
}

/** Node 0 computes 1 us, sends two messages, of which one arrives at node 1, which computes again. */
function smallTrace(): TracedRun {
  const log = new TraceLog();
  log.jobEnded(0, job('forward 0/0'), 0, 1000);
  log.messageSent(7, 0, 1, { kind: 'activation' }, 512, 1000);
  log.messageSent(8, 0, 1, { kind: 'credit' }, 0, 1000);
  log.messageDelivered(7, 0, 1, { kind: 'activation' }, 1501);
  log.jobEnded(1, job('forward 0/0', true), 1501, 3501);
  return { input: ringRun(), trace: log.record() };
}

t.test(
  'a trace names its rows, then tells jobs, messages and arrows in order of time',
  async (t) => {
    const { traceEvents, otherData } = parse([smallTrace()]);
    t.strictSame(
      traceEvents.filter(({ ph, name }) => ph === 'M' && name.endsWith('_name')),
      [
        { ph: 'M', pid: 1, name: 'process_name', args: { name: 'tiny · ring-tmp' } },
        { ph: 'M', pid: 1, tid: 1, name: 'thread_name', args: { name: 'node 0 stage' } },
        { ph: 'M', pid: 1, tid: 2, name: 'thread_name', args: { name: 'node 0 messages' } },
        { ph: 'M', pid: 1, tid: 3, name: 'thread_name', args: { name: 'node 1 stage' } },
        { ph: 'M', pid: 1, tid: 4, name: 'thread_name', args: { name: 'node 1 messages' } },
      ],
    );
    const message = { pid: 1, cat: 'message' };
    t.strictSame(happenings([smallTrace()]), [
      { ph: 'X', pid: 1, tid: 1, ts: 0, dur: 1, name: 'forward 0/0', cat: 'busy' },
      {
        ...message,
        ph: 'X',
        tid: 2,
        ts: 1,
        dur: 0,
        name: 'send activation, send credit',
        args: { bytes: 512 },
      },
      { ...message, ph: 's', tid: 2, ts: 1, id: 1, name: 'activation' },
      { ph: 'X', pid: 1, tid: 3, ts: 1.501, dur: 2, name: 'forward 0/0', cat: 'redo' },
      {
        ...message,
        ph: 'X',
        tid: 4,
        ts: 1.501,
        dur: 0,
        name: 'receive activation',
        args: { bytes: 512 },
      },
      { ...message, ph: 'f', bp: 'e', tid: 4, ts: 1.501, id: 1, name: 'activation' },
    ]);
    t.strictSame(otherData, [
      {
        scenario: 'tiny',
        protocol: 'ring-tmp',
        seed: 7,
        times: 'modelled',
        digest: 'fedcba9876543210',
        jobsAndMessagesLeftOut: 0,
      },
    ]);
  },
);

t.test('a failure is an instant on the row of its node', async (t) => {
  const run = runOf([account(0), account(1)], {
    outcome: 'failed',
    failure: {
      kind: 'out-of-memory',
      message: 'Too much.',
      node: 1,
      ledger: { weights: 9 },
      limitBytes: 8,
    },
  });
  t.match(happenings([{ ...smallTrace(), input: ringRun({ run }) }]).at(-1), {
    ph: 'i',
    s: 't',
    tid: 3,
    ts: 1000,
    name: 'out-of-memory',
    args: { message: 'Too much.' },
  });
});

t.test(
  'a log stops at its limit, counts what it leaves out, and never mixes up transfers',
  async (t) => {
    const log = new TraceLog(2);
    log.messageSent(1, 0, 1, { kind: 'kept' }, 8, 10);
    log.jobEnded(0, job('kept'), 10, 20);
    // Transfer 1 was lost, and its number is used again by a message that is left out.
    log.messageSent(1, 1, 0, { kind: 'left out' }, 8, 30);
    log.messageDelivered(1, 1, 0, { kind: 'left out' }, 40);
    log.jobEnded(1, job('left out'), 30, 40);
    const record = log.record();
    t.equal(record.leftOut, 2);
    t.strictSame([...record.messages.deliveredNs], [-1]);
    t.strictSame(record.names, ['kept']);
  },
);

/** Random runs of a few nodes: jobs one after another on each, messages between any two. */
const anyRun = fc
  .record({
    jobs: fc.array(fc.record({ node: fc.nat(2), gap: fc.nat(3), length: fc.nat(4) })),
    messages: fc.array(
      fc.record({
        from: fc.nat(2),
        to: fc.nat(2),
        sent: fc.nat(20),
        flight: fc.integer({ min: -1, max: 5 }),
      }),
    ),
  })
  .map(({ jobs, messages }): TracedRun => {
    const log = new TraceLog();
    const free = [0, 0, 0];
    for (const { node, gap, length } of jobs) {
      const start = free[node] + gap;
      free[node] = start + length;
      log.jobEnded(node, job(`job ${length}`), start, start + length);
    }
    for (const [transfer, { from, to, sent, flight }] of messages.entries()) {
      log.messageSent(transfer, from, to, { kind: 'm' }, 1, sent);
      // A message takes at least its latency; only one to the node itself may take none.
      const delivered = sent + (from === to ? flight : flight + 1);
      if (flight >= 0) log.messageDelivered(transfer, from, to, { kind: 'm' }, delivered);
    }
    const run = runOf([account(0), account(1), account(2)]);
    return { input: ringRun({ run, roles: ['a', 'b', 'c'] }), trace: log.record() };
  });

function slicesNest(events: TraceEvent[]): boolean {
  const open = new Map<string, number[]>();
  return events
    .filter(({ ph }) => ph === 'X')
    .every(({ pid, tid, ts, dur }) => {
      // Viewers turn microseconds back into whole nanoseconds.
      const [start, end] = [Math.round(ts * 1000), Math.round(ts * 1000) + Math.round(dur * 1000)];
      const ends = open.get(`${pid}/${tid}`) ?? [];
      while (ends.length > 0 && ends[ends.length - 1] <= start) ends.pop();
      const isInside = ends.length === 0 || end <= ends[ends.length - 1];
      open.set(`${pid}/${tid}`, [...ends, end]);
      return isInside;
    });
}

/** Every arrow begins once, then ends once, each time on a slice of its row at that time. */
function arrowsMeet(events: TraceEvent[]): boolean {
  const begun = new Set<number>();
  let slice: TraceEvent | null = null;
  for (const event of events) {
    if (event.ph === 'X') slice = event;
    if (event.ph !== 's' && event.ph !== 'f') continue;
    if (slice?.tid !== event.tid || slice.pid !== event.pid || slice.ts !== event.ts) return false;
    if (event.ph === 's' && begun.has(event.id!)) return false;
    if (event.ph === 's') begun.add(event.id!);
    else if (!begun.delete(event.id!)) return false;
  }
  return begun.size === 0;
}

t.test('any runs: sorted by time, slices nest, every arrow has both its ends', async () => {
  fc.assert(
    fc.property(fc.array(anyRun, { maxLength: 3 }), (runs) => {
      const events = happenings(runs);
      const isSorted = events.every(({ ts }, index) => index === 0 || events[index - 1].ts <= ts);
      return isSorted && slicesNest(events) && arrowsMeet(events);
    }),
  );
});

/** Traces: what a run tells of itself, and what viewers ask of Chrome trace events. */
import fc from 'fast-check';
import t from 'tap';
import type { ReportInput } from '../../reports/report-input.ts';
import { TraceWriter } from '../../reports/trace-writer.ts';
import { traceChunks, type TracedRun } from '../../reports/trace.ts';
import { account, ringRun, runOf } from './sample-run.ts';

interface TraceEvent {
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur: number;
  name: string;
  id?: string;
  [field: string]: unknown;
}

function job(name: string, redo = false) {
  return { name, flops: 1, redo, run: () => {} };
}

function traced(
  tell: (writer: TraceWriter) => void,
  {
    input = ringRun(),
    pid = 1,
    limit = 1000,
  }: { input?: ReportInput; pid?: number; limit?: number } = {},
): TracedRun {
  const pieces: string[] = [];
  const writer = new TraceWriter(pid, limit, (text) => pieces.push(text));
  tell(writer);
  writer.end(input.run);
  return { input, trace: { pieces: () => pieces, leftOut: writer.leftOut } };
}

function parse(runs: TracedRun[]): { traceEvents: TraceEvent[]; otherData: object[] } {
  return JSON.parse([...traceChunks(runs)].join(''));
}

function happenings(runs: TracedRun[]): TraceEvent[] {
  return parse(runs).traceEvents.filter(({ ph }) => ph !== 'M');
}

/** Node 0 computes 1 us, sends two messages, of which one arrives at node 1, which computes then. */
function small(writer: TraceWriter): void {
  writer.jobStarted(0, job('forward 0/0'), 0);
  writer.jobEnded(0, job('forward 0/0'), 0, 1000);
  writer.messageSent(7, 0, 1, { kind: 'activation' }, 512, 1000);
  writer.messageSent(8, 0, 1, { kind: 'credit' }, 0, 1000);
  writer.messageDelivered(7, 0, 1, { kind: 'activation' }, 1501);
  writer.jobStarted(1, job('forward 0/0', true), 1501);
  writer.jobEnded(1, job('forward 0/0', true), 1501, 3501);
}

t.test('a trace names three rows a node, and says what it is of', async (t) => {
  const { traceEvents, otherData } = parse([traced(small)]);
  const names = traceEvents.filter(({ ph, name }) => ph === 'M' && name.endsWith('_name'));
  t.strictSame(
    names.map(({ tid, args }) => [tid, (args as { name: string }).name]),
    [
      [undefined, 'tiny · ring-tmp'],
      [1, 'node 0 stage'],
      [2, 'node 0 waiting'],
      [3, 'node 0 messages'],
      [4, 'node 1 stage'],
      [5, 'node 1 waiting'],
      [6, 'node 1 messages'],
    ],
  );
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
});

t.test('jobs, waits with their cause, messages with their duration and arrows', async (t) => {
  const events = happenings([traced(small)]);
  const of = (cat: string) => events.filter((event) => event.cat === cat);
  t.match(of('busy'), [{ ph: 'X', tid: 1, ts: 0, dur: 1, name: 'forward 0/0' }]);
  t.match(of('redo'), [{ ph: 'X', tid: 4, ts: 1.501, dur: 2 }]);
  t.match(of('waiting'), [
    { tid: 5, ts: 0, dur: 1.501, name: 'waits for activation from node 0' },
    { tid: 2, ts: 1, dur: 999, name: 'waits' },
    { tid: 5, ts: 3.501, name: 'waits' },
  ]);
  const wire = { tid: 3, id: '1.1', name: 'activation' };
  t.match(of('on the wire'), [
    { ...wire, ph: 'b', ts: 1, args: { from: 0, to: 1, bytes: 512 } },
    { ...wire, ph: 'e', ts: 1.501 },
  ]);
  t.match(of('message'), [
    { ph: 'X', tid: 3, ts: 1, dur: 0, name: 'send activation, send credit', args: { bytes: 512 } },
    { ph: 's', tid: 3, ts: 1, id: '1.1', name: 'activation' },
    { ph: 's', tid: 3, ts: 1, id: '1.2', name: 'credit' },
    { ph: 'X', tid: 6, ts: 1.501, dur: 0, name: 'receive activation', args: { bytes: 512 } },
    { ph: 'f', bp: 'e', tid: 6, ts: 1.501, id: '1.1', name: 'activation' },
  ]);
});

t.test('who waits in vain says for what; who is down does not wait', async (t) => {
  const crash = { number: 0, rule: 0, kind: 'crash', nodes: [1], timeNs: 300, endNs: 500 } as const;
  const nodes = [{ node: 0, phase: 'p', waitsFor: 'a gradient from 1', inbox: [] }];
  const run = runOf([account(0), account(1)], {
    outcome: 'failed',
    failure: { kind: 'deadlock', message: 'deadlock', nodes },
  });
  const waits = happenings([
    traced(
      (writer) => {
        for (const node of [0, 1]) {
          writer.jobStarted(node, job('a'), 0);
          writer.jobEnded(node, job('a'), 0, 100);
        }
        writer.faultBegan(crash);
        writer.faultEnded(crash, 500);
      },
      { input: ringRun({ run }) },
    ),
  ]).filter(({ cat }) => cat === 'waiting');
  t.match(waits, [
    { tid: 5, ts: 0.1, dur: 0.2, name: 'waits' },
    { tid: 2, ts: 0.1, name: 'waits for a gradient from 1' },
    { tid: 5, ts: 0.5, name: 'waits' },
  ]);
});

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
  t.match(happenings([traced(small, { input: ringRun({ run }) })]).at(-1), {
    ph: 'i',
    s: 't',
    tid: 4,
    ts: 1000,
    name: 'out-of-memory',
    args: { message: 'Too much.' },
  });
});

t.test(
  'a trace stops at its limit, counts what it leaves out, mixes up no transfers',
  async (t) => {
    const run = traced(
      (writer) => {
        writer.messageSent(1, 0, 1, { kind: 'kept' }, 8, 10);
        writer.jobEnded(0, job('kept'), 10, 20);
        // Transfer 1 was lost, and its number is used again by a message that is left out.
        writer.messageSent(1, 1, 0, { kind: 'left out' }, 8, 30);
        writer.messageDelivered(1, 1, 0, { kind: 'left out' }, 40);
        // Nor is the wait told that this job has ended.
        writer.jobStarted(1, job('left out'), 30);
        writer.jobEnded(1, job('left out'), 30, 40);
      },
      { limit: 2 },
    );
    t.equal(run.trace.leftOut, 2);
    const events = happenings([run]);
    t.notMatch(JSON.stringify(events), /left out/);
    t.same(
      events.map(({ ph }) => ph),
      ['X', 'X', 's'],
      'a job, a sending and the beginning of its arrow',
    );
  },
);

interface Happening {
  readonly atNs: number;
  readonly tell: (writer: TraceWriter) => void;
}

/** Random runs of a few nodes: jobs one after another on each, messages between any two, told in order of time. */
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
  .map(({ jobs, messages }): Happening[] => {
    const happened: Happening[] = [];
    const at = (atNs: number, tell: Happening['tell']) => void happened.push({ atNs, tell });
    const free = [0, 0, 0];
    for (const { node, gap, length } of jobs) {
      const start = free[node] + gap;
      const end = start + length;
      free[node] = end;
      at(start, (writer) => writer.jobStarted(node, job('j'), start));
      at(end, (writer) => writer.jobEnded(node, job('j'), start, end));
    }
    for (const [transfer, { from, to, sent, flight }] of messages.entries()) {
      at(sent, (writer) => writer.messageSent(transfer, from, to, { kind: 'm' }, 1, sent));
      const end = sent + flight;
      if (flight < 0) continue;
      at(end, (writer) => writer.messageDelivered(transfer, from, to, { kind: 'm' }, end));
    }
    return happened.sort((first, second) => first.atNs - second.atNs);
  });

function slicesNest(events: TraceEvent[]): boolean {
  const open = new Map<string, number[]>();
  return events
    .filter(({ ph }) => ph === 'X')
    .sort((first, second) => first.ts - second.ts || second.dur - first.dur)
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

/** Every arrow begins once, ends at most once and not before, each time on a slice of its row at that time. */
function arrowsMeet(events: TraceEvent[]): boolean {
  const begun = new Map<string, number>();
  const ended = new Map<string, number>();
  let slice: TraceEvent | null = null;
  for (const event of events) {
    if (event.cat !== 'message') continue;
    if (event.ph === 'X') slice = event;
    else if (slice?.tid !== event.tid || slice.pid !== event.pid || slice.ts !== event.ts)
      return false;
    else {
      const ends = event.ph === 's' ? begun : ended;
      if (ends.has(event.id!)) return false;
      ends.set(event.id!, event.ts);
    }
  }
  return [...ended].every(([id, ts]) => begun.get(id)! <= ts);
}

t.test('any runs: the text is JSON, slices nest, every arrow that ends has begun', async () => {
  const input = ringRun({
    run: runOf([account(0), account(1), account(2)]),
    roles: ['a', 'b', 'c'],
  });
  fc.assert(
    fc.property(fc.array(anyRun, { maxLength: 3 }), (runs) => {
      const events = happenings(
        runs.map((run, index) =>
          traced((writer) => run.forEach(({ tell }) => tell(writer)), { input, pid: index + 1 }),
        ),
      );
      return slicesNest(events) && arrowsMeet(events);
    }),
  );
});

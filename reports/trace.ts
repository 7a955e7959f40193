/**
 * `trace.json`: Chrome trace events, to be opened in Perfetto. A process a run, two rows a node: its jobs, and the
 * instants at which it sent or received, joined by an arrow a message. Events are sorted by time, so that viewers
 * that do not sort can read them too.
 *
 * Two rows, because slices of one row must nest, and what a node sends while it computes need not end with it.
 */
import { timeKind, type ReportInput } from './report-input.ts';
import { RunMoments, type TracedRun } from './trace-moments.ts';
import { jobRow, type Moment } from './trace-rows.ts';

/** Characters of a piece of the text, roughly: a write a piece, not a write an event. */
const PIECE_LENGTH = 1 << 16;

/** The JSON text in pieces of some lines each: the whole of it may be longer than a string can be. */
export function* traceChunks(runs: readonly TracedRun[]): Generator<string> {
  let piece = `{"displayTimeUnit":"ns","otherData":${JSON.stringify(aboutRuns(runs))},"traceEvents":[\n`;
  let separator = '';
  for (const event of allEvents(runs)) {
    piece += separator + JSON.stringify(event);
    separator = ',\n';
    if (piece.length < PIECE_LENGTH) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}\n]}\n`;
}

function* allEvents(runs: readonly TracedRun[]): Generator<object> {
  for (const [index, { input }] of runs.entries()) yield* nameEvents(input, index + 1);
  for (const { events } of inOrderOfTime(runs)) yield* events;
}

function aboutRuns(runs: readonly TracedRun[]): object {
  return runs.map(({ input, trace }) => ({
    scenario: input.scenario.name,
    protocol: input.scenario.label,
    seed: input.scenario.seed,
    times: timeKind(input.world),
    digest: input.run.digest,
    jobsAndMessagesLeftOut: trace.leftOut,
  }));
}

function nameEvents({ scenario, roles }: ReportInput, pid: number): object[] {
  const name = `${scenario.name} · ${scenario.label}`;
  const rows = roles.flatMap((role, node) => [
    { tid: jobRow(node), name: `node ${node} ${role}` },
    { tid: jobRow(node) + 1, name: `node ${node} messages` },
  ]);
  return [
    { ph: 'M', pid, name: 'process_name', args: { name } },
    { ph: 'M', pid, name: 'process_sort_index', args: { sort_index: pid } },
    ...rows.flatMap((row) => [
      { ph: 'M', pid, tid: row.tid, name: 'thread_name', args: { name: row.name } },
      { ph: 'M', pid, tid: row.tid, name: 'thread_sort_index', args: { sort_index: row.tid } },
    ]),
  ];
}

/** The moments of all runs, merged; equal times in the order of the runs. */
function* inOrderOfTime(runs: readonly TracedRun[]): Generator<Moment> {
  let messagesBefore = 0;
  const sources = runs.map((run, index) => {
    const moments = new RunMoments(run, index + 1, messagesBefore).all();
    messagesBefore += run.trace.messages.kind.length;
    return moments;
  });
  const heads = sources.map((source) => source.next());
  for (;;) {
    let least = -1;
    for (const [index, head] of heads.entries()) {
      if (head.done) continue;
      const other = heads[least];
      if (other === undefined || other.done || head.value.timeNs < other.value.timeNs)
        least = index;
    }
    const head = heads[least];
    if (head === undefined || head.done) return;
    yield head.value;
    heads[least] = sources[least].next();
  }
}

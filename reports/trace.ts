/**
 * `trace.json`: Chrome trace events, to be opened in Perfetto. A process a run, two rows a node: its jobs, and the
 * instants at which it sent or received, joined by an arrow a message. Events are sorted by time, so that viewers
 * that do not sort can read them too.
 *
 * Two rows, because slices of one row must nest, and what a node sends while it computes need not end with it.
 */
import type { TraceRecord } from '../engine/trace-log.ts';
import type { RunFailure } from '../engine/result.ts';
import { timeKind, type ReportInput } from './report-input.ts';

export interface TracedRun {
  readonly input: ReportInput;
  readonly trace: TraceRecord;
}

/** Text of one or more events, and when they happen. */
interface Moment {
  readonly timeNs: number;
  readonly events: object[];
}

/** The JSON text in pieces of some lines each: the whole of it may be longer than a string can be. */
export function* traceChunks(runs: readonly TracedRun[]): Generator<string> {
  yield `{"displayTimeUnit":"ns","otherData":${JSON.stringify(aboutRuns(runs))},"traceEvents":[\n`;
  let separator = '';
  for (const event of runs.flatMap(({ input }, index) => nameEvents(input, index + 1))) {
    yield separator + JSON.stringify(event);
    separator = ',\n';
  }
  for (const { events } of inOrderOfTime(runs)) {
    yield separator + events.map((event) => JSON.stringify(event)).join(',\n');
    separator = ',\n';
  }
  yield '\n]}\n';
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

/** Row of a node's jobs; the one after it holds its messages. Rows count from 1: some viewers hide 0. */
function jobRow(node: number): number {
  return 2 * node + 1;
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

/** One run's moments in order of time. Entries are numbered: jobs first, then sends, then deliveries. */
class RunMoments {
  private readonly run: TracedRun;
  private readonly pid: number;
  /** Arrows are numbered over the whole file. */
  private readonly messagesBefore: number;
  private readonly jobCount: number;
  private readonly messageCount: number;

  constructor(run: TracedRun, pid: number, messagesBefore: number) {
    this.run = run;
    this.pid = pid;
    this.messagesBefore = messagesBefore;
    this.jobCount = run.trace.jobs.name.length;
    this.messageCount = run.trace.messages.kind.length;
  }

  *all(): Generator<Moment> {
    const entries = this.sortedEntries();
    for (let index = 0; index < entries.length;) {
      if (entries[index] < this.jobCount) {
        yield this.jobMoment(entries[index]);
        index += 1;
        continue;
      }
      const first = index;
      while (index < entries.length && this.isSameInstant(entries[first], entries[index]))
        index += 1;
      yield this.messageMoment(entries.subarray(first, index));
    }
    const { failure, timeNs } = this.run.input.run;
    if (failure !== null) yield { timeNs, events: [failureEvent(failure, this.pid, timeNs)] };
  }

  /** By time; at one time jobs before messages, and messages by node. */
  private sortedEntries(): Uint32Array {
    const { deliveredNs } = this.run.trace.messages;
    const entries: number[] = [];
    for (let entry = 0; entry < this.jobCount + 2 * this.messageCount; entry += 1) {
      const delivery = entry - this.jobCount - this.messageCount;
      if (delivery < 0 || deliveredNs[delivery] >= 0) entries.push(entry);
    }
    return Uint32Array.from(entries).sort(
      (first, second) =>
        this.timeOf(first) - this.timeOf(second) ||
        Number(first >= this.jobCount) - Number(second >= this.jobCount) ||
        (first >= this.jobCount ? this.nodeOf(first) - this.nodeOf(second) : 0) ||
        first - second,
    );
  }

  private isDelivery(entry: number): boolean {
    return entry >= this.jobCount + this.messageCount;
  }

  private messageOf(entry: number): number {
    return (entry - this.jobCount) % this.messageCount;
  }

  private timeOf(entry: number): number {
    const { jobs, messages } = this.run.trace;
    if (entry < this.jobCount) return jobs.startNs[entry];
    const times = this.isDelivery(entry) ? messages.deliveredNs : messages.sentNs;
    return times[this.messageOf(entry)];
  }

  private nodeOf(entry: number): number {
    const { messages } = this.run.trace;
    return (this.isDelivery(entry) ? messages.to : messages.from)[this.messageOf(entry)];
  }

  private isSameInstant(first: number, second: number): boolean {
    return (
      second >= this.jobCount &&
      this.timeOf(first) === this.timeOf(second) &&
      this.nodeOf(first) === this.nodeOf(second)
    );
  }

  private jobMoment(job: number): Moment {
    const { jobs, names } = this.run.trace;
    const timeNs = jobs.startNs[job];
    const event = {
      ph: 'X',
      pid: this.pid,
      tid: jobRow(jobs.node[job]),
      ts: timeNs / 1000,
      dur: (jobs.endNs[job] - timeNs) / 1000,
      name: names[jobs.name[job]],
      cat: jobs.redo[job] === 1 ? 'redo' : 'busy',
    };
    return { timeNs, events: [event] };
  }

  /** One slice for all that a node sends and receives at one instant, and the ends of their arrows. */
  private messageMoment(entries: Uint32Array): Moment {
    const timeNs = this.timeOf(entries[0]);
    const place = { pid: this.pid, tid: jobRow(this.nodeOf(entries[0])) + 1, ts: timeNs / 1000 };
    const { bytes } = this.run.trace.messages;
    const total = entries.reduce((sum, entry) => sum + bytes[this.messageOf(entry)], 0);
    const slice = {
      ph: 'X',
      ...place,
      dur: 0,
      name: this.messagesText(entries),
      cat: 'message',
      args: { bytes: total },
    };
    return {
      timeNs,
      events: [slice, ...[...entries].flatMap((entry) => this.arrow(entry, place))],
    };
  }

  private arrow(entry: number, place: object): object[] {
    const { deliveredNs, kind } = this.run.trace.messages;
    const message = this.messageOf(entry);
    if (deliveredNs[message] < 0) return [];
    const arrow = {
      ...place,
      id: this.messagesBefore + message + 1,
      name: this.run.trace.names[kind[message]],
      cat: 'message',
    };
    return [this.isDelivery(entry) ? { ph: 'f', bp: 'e', ...arrow } : { ph: 's', ...arrow }];
  }

  /** `send weights x 63, receive gradient`. */
  private messagesText(entries: Uint32Array): string {
    const { names, messages } = this.run.trace;
    const counts = new Map<string, number>();
    for (const entry of entries) {
      const verb = this.isDelivery(entry) ? 'receive' : 'send';
      const text = `${verb} ${names[messages.kind[this.messageOf(entry)]]}`;
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    return [...counts].map(([text, count]) => (count > 1 ? `${text} x ${count}` : text)).join(', ');
  }
}

/** An instant: on the row of the node it names, or over the whole run. */
function failureEvent(failure: RunFailure, pid: number, timeNs: number): object {
  const event = { ph: 'i', pid, ts: timeNs / 1000, name: failure.kind, cat: 'failure' };
  const args = { message: failure.message };
  const node = failure.kind === 'deadlock' ? null : failure.node;
  return node === null ? { ...event, s: 'p', args } : { ...event, tid: jobRow(node), s: 't', args };
}

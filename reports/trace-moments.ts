/**
 * What happens in a run, moment by moment, as Chrome trace events: slices for jobs, instants for messages with the
 * ends of their arrows, faults, and how the run failed. One run at a time; the file around it is `trace.ts`.
 */
import type { RunFailure } from '../engine/result.ts';
import type { TraceRecord } from '../engine/trace-log.ts';
import type { ReportInput } from './report-input.ts';
import { faultMoments } from './trace-faults.ts';
import { jobRow, type Moment } from './trace-rows.ts';

export interface TracedRun {
  readonly input: ReportInput;
  readonly trace: TraceRecord;
}

/** One run's moments in order of time. Entries are numbered: jobs first, then sends, then deliveries. */
export class RunMoments {
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

  /** Faults before the rest of an instant: they are why it happens. */
  *all(): Generator<Moment> {
    const { faults, run } = this.run.input;
    const ofFaults = faults ? faultMoments(faults, this.pid, run.timeNs) : [];
    let next = 0;
    for (const moment of this.jobsAndMessages()) {
      while (next < ofFaults.length && ofFaults[next].timeNs <= moment.timeNs)
        yield ofFaults[next++];
      yield moment;
    }
    yield* ofFaults.slice(next);
    const { failure, timeNs } = run;
    if (failure !== null) yield { timeNs, events: [failureEvent(failure, this.pid, timeNs)] };
  }

  private *jobsAndMessages(): Generator<Moment> {
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
  const node = 'node' in failure ? failure.node : null;
  return node === null ? { ...event, s: 'p', args } : { ...event, tid: jobRow(node), s: 't', args };
}

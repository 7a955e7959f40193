/**
 * `trace.json`: Chrome trace events, for Perfetto. One process a run, three rows a node: its jobs, its waiting, and
 * its messages, joined by arrows. The events that a run wrote while it ran (`trace-writer.ts`) are copied as they
 * are; names, faults and the failure are added around them. Viewers sort by time.
 */
import type { RunFailure } from '../engine/result.ts';
import { timeKind, type ReportInput } from './report-input.ts';
import { faultEvents } from './trace-faults.ts';
import { jobRow, messageRow, waitingRow } from './trace-rows.ts';

/** The jobs and messages of a run, as text that can be read repeatedly, and how many are left out. */
export interface Trace {
  pieces(): Iterable<string>;
  readonly leftOut: number;
}

export interface TracedRun {
  readonly input: ReportInput;
  readonly trace: Trace;
}

/** The JSON text in pieces: it may be longer than a string can be. */
export function* traceChunks(runs: readonly TracedRun[]): Generator<string> {
  const about = JSON.stringify(runs.map(aboutRun));
  yield `{"displayTimeUnit":"ns","otherData":${about},"traceEvents":[\n`;
  let separator = '';
  for (const [index, { input, trace }] of runs.entries()) {
    const pid = index + 1;
    yield separator + textOf(nameEvents(input, pid));
    yield* trace.pieces();
    const rest = textOf(endEvents(input, pid));
    if (rest !== '') yield `,\n${rest}`;
    separator = ',\n';
  }
  yield '\n]}\n';
}

function textOf(events: readonly object[]): string {
  return events.map((event) => JSON.stringify(event)).join(',\n');
}

function aboutRun({ input: { scenario, world, run }, trace }: TracedRun): object {
  return {
    scenario: scenario.name,
    protocol: scenario.label,
    seed: scenario.seed,
    times: timeKind(world),
    digest: run.digest,
    jobsAndMessagesLeftOut: trace.leftOut,
  };
}

function nameEvents({ scenario, roles, world }: ReportInput, pid: number): object[] {
  const where = world === 'simulated' ? '' : ` · on ${world}`;
  const name = `${scenario.name} · ${scenario.label}${where}`;
  const rows = roles.flatMap((role, node) => [
    { tid: jobRow(node), name: `node ${node} ${role}` },
    { tid: waitingRow(node), name: `node ${node} waiting` },
    { tid: messageRow(node), name: `node ${node} messages` },
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

function endEvents({ faults, run: { failure, timeNs } }: ReportInput, pid: number): object[] {
  const ofFaults = faults ? faultEvents(faults, pid, timeNs) : [];
  return failure ? [...ofFaults, failureEvent(failure, pid, timeNs)] : ofFaults;
}

/** An instant: on the row of the node it names, or over the whole run. */
function failureEvent(failure: RunFailure, pid: number, timeNs: number): object {
  const event = { ph: 'i', pid, ts: timeNs / 1000, name: failure.kind, cat: 'failure' };
  const args = { message: failure.message };
  const node = 'node' in failure ? failure.node : null;
  return node === null ? { ...event, s: 'p', args } : { ...event, tid: jobRow(node), s: 't', args };
}

/**
 * The faults of a run as Chrome trace events: each fault a span from begin to end, and each line of the event log an
 * instant, on the row of its node or over the whole run.
 */
import type { FaultEvent, FaultRecord, FaultAccount } from '../models/observers/fault-record.ts';
import { jobRow } from './trace-rows.ts';

/** A fault that is not over ends with the run. */
export function faultEvents(faults: FaultRecord, pid: number, runNs: number): object[] {
  return [
    ...faults.accounts.flatMap((fault) => span(fault, pid, runNs)),
    ...faults.events.map((event) => instant(event, pid)),
  ];
}

/** Spans are asynchronous events: they may overlap, unlike the slices of a row. */
function span({ number, kind, nodes, struckNs, endNs }: FaultAccount, pid: number, runNs: number) {
  const event = { pid, tid: 0, id: `fault ${pid}.${number}`, name: kind, cat: 'fault' };
  const overNs = Math.max(struckNs, endNs ?? runNs);
  return [
    { ph: 'b', ...event, ts: struckNs / 1000, args: { nodes: nodes.join(' ') } },
    { ph: 'e', ...event, ts: overNs / 1000 },
  ];
}

function instant({ timeNs, node, kind, text }: FaultEvent, pid: number): object {
  const event = { ph: 'i', pid, ts: timeNs / 1000, name: text, cat: `fault ${kind}` };
  const place = node === null ? { s: 'p' } : { tid: jobRow(node), s: 't' };
  return { ...event, ...place };
}

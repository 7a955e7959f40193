/**
 * Traces of spot instances as they are published (Bamboo, Thorpe et al., NSDI 2023): lines of milliseconds, `add` or
 * `remove`, and the name of an instance. Nodes are numbered as they first come, and the run begins with the first line: who
 * is added later is down until then.
 */
import type { TraceRow } from '../../scenarios/fault.ts';
import { BadInput } from './bad-input.ts';
import { show } from './show.ts';

/** A line of the file, and where it stands. */
export interface SpotLine {
  readonly record: readonly string[];
  readonly place: string;
}

const EVENTS = ['add', 'remove'];
const MS_PER_SECOND = 1000;

/** Whether a file that begins with that line is such a trace. */
export function isSpotTrace(record: readonly string[]): boolean {
  return record.length === 3 && /^\d+$/.test(record[0]) && EVENTS.includes(record[1]);
}

/** @throws BadInput with the line, when something in it cannot be read, or comes before the first line's time */
export function spotRows(
  lines: readonly SpotLine[],
): { readonly row: TraceRow<number>; readonly place: string }[] {
  const numbers = new Map<string, number>();
  const firstMs = Number(lines[0].record[0]);
  return lines.flatMap(({ record, place }) => {
    const [ms, event, name] = record;
    if (!isSpotTrace(record) || Number(ms) < firstMs)
      throw new BadInput(
        `${place} is ${show(record.join(','))}; milliseconds from ${firstMs}, add or remove, and a name would be right`,
      );
    const time = (Number(ms) - firstMs) / MS_PER_SECOND;
    const isNew = !numbers.has(name);
    if (isNew) numbers.set(name, numbers.size);
    const node = numbers.get(name)!;
    if (event === 'remove') return [{ row: { time, node, event: 'crash' as const }, place }];
    const back = { row: { time, node, event: 'return' as const }, place };
    if (!isNew) return [back];
    return time === 0 ? [] : [{ row: { time: 0, node, event: 'crash' as const }, place }, back];
  });
}

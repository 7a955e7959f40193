/**
 * Traces of spot instances as they are published (Bamboo, Thorpe et al., NSDI 2023): lines of milliseconds, `add` or
 * `remove`, and the name of an instance. An instance takes the place of one that has left, with an empty disk, or is one
 * node more; so there are as many nodes as instances at once. The run begins with the first line: a node whose first
 * instance is added later is down until then.
 */
import type { TraceRow } from '../../scenarios/fault.ts';
import { BadInput } from './bad-input.ts';
import { show } from './show.ts';

/** What a line says of a node, and where it stands. */
interface PlacedRow {
  readonly row: TraceRow<number>;
  readonly place: string;
}

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

/**
 * Crashes and returns of nodes.
 * @throws BadInput with the line, when something in it cannot be read, comes before the first line's time, adds what is
 * there, or removes what is not
 */
export function spotRows(lines: readonly SpotLine[]): PlacedRow[] {
  const places = new Places();
  const firstMs = Number(lines[0].record[0]);
  return lines.flatMap(({ record, place }) => {
    const [ms, event, name] = record;
    const refuse = (right: string): never => {
      throw new BadInput(`${place} is ${show(record.join(','))}; ${right} would be right`);
    };
    if (!isSpotTrace(record) || Number(ms) < firstMs)
      refuse(`milliseconds from ${firstMs}, add or remove, and a name`);
    const time = (Number(ms) - firstMs) / MS_PER_SECOND;
    if (event === 'remove') {
      const node = places.leave(name, time) ?? refuse('an instance that is there');
      return [{ row: { time, node, event: 'crash', disk: 'lost' }, place }];
    }
    const { node, isNew } = places.take(name, time) ?? refuse('an instance that is not there yet');
    const back: PlacedRow = { row: { time, node, event: 'return' }, place };
    if (!isNew) return [back];
    return time === 0 ? [] : [{ row: { time: 0, node, event: 'crash' }, place }, back];
  });
}

/** Which instance is which node. */
class Places {
  /** By node: whose place it is, null where it is free, and since when. */
  private readonly nodes: { name: string | null; sinceSeconds: number }[] = [];

  /** The node that an instance becomes: the first whose place is free by then, or a new one. Null: it is there already. */
  take(name: string, timeSeconds: number): { node: number; isNew: boolean } | null {
    const { nodes } = this;
    if (nodes.some((one) => one.name === name)) return null;
    const taken = { name, sinceSeconds: timeSeconds };
    // A host that goes down is not back at the same moment.
    const node = nodes.findIndex((one) => one.name === null && one.sinceSeconds < timeSeconds);
    if (node < 0) return { node: nodes.push(taken) - 1, isNew: true };
    nodes[node] = taken;
    return { node, isNew: false };
  }

  /** The node that an instance was; null: it is not there. */
  leave(name: string, timeSeconds: number): number | null {
    const node = this.nodes.findIndex((one) => one.name === name);
    if (node < 0) return null;
    this.nodes[node] = { name: null, sinceSeconds: timeSeconds };
    return node;
  }
}

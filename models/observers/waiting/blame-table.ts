/**
 * Who waited for whom, for how long and why: sums over a run. A run of many nodes could have a row for each pair; beyond a
 * limit, rows that are new are added up without the names of those that were waited for.
 */
import type { Topology } from '../../../engine/network/topology.ts';
import { type Blame, type Cause, CAUSES } from './causes.ts';
import { NOBODY } from './standings.ts';

const MOST_ROWS = 100_000;

interface Row {
  readonly node: number;
  readonly waitedFor: number;
  readonly cause: number;
  readonly place: number;
  waits: number;
  ns: number;
}

export class BlameTable {
  private readonly nodeCount: number;
  private readonly places: number;
  private readonly rows = new Map<number, Row>();

  constructor({ nodeCount, linkCount }: Pick<Topology, 'nodeCount' | 'linkCount'>) {
    this.nodeCount = nodeCount;
    this.places = nodeCount + linkCount + 1;
  }

  /** A place is a node, or a link behind all nodes. */
  linkPlace(link: number): number {
    return link === NOBODY ? NOBODY : this.nodeCount + link;
  }

  add(node: number, waitedFor: number, cause: Cause, place: number, ns: number): void {
    if (ns === 0) return;
    const row = this.rowOf(node, waitedFor, CAUSES.indexOf(cause), place);
    row.waits++;
    row.ns += ns;
  }

  /** The longest first. */
  blames(): Blame[] {
    const rows = [...this.rows.values()].sort(
      (one, other) => other.ns - one.ns || this.keyOf(one) - this.keyOf(other),
    );
    return rows.map(({ node, waitedFor, cause, place, waits, ns }) => ({
      node,
      waitedFor: waitedFor === NOBODY ? null : waitedFor,
      cause: CAUSES[cause],
      place: this.placeOf(place),
      waits,
      ns,
    }));
  }

  private rowOf(node: number, waitedFor: number, cause: number, place: number): Row {
    const wanted = { node, waitedFor, cause, place };
    const known = this.rows.get(this.keyOf(wanted));
    if (known !== undefined) return known;
    const isFull = this.rows.size >= MOST_ROWS && waitedFor !== NOBODY;
    if (isFull) return this.rowOf(node, NOBODY, cause, NOBODY);
    const row = { ...wanted, waits: 0, ns: 0 };
    this.rows.set(this.keyOf(row), row);
    return row;
  }

  private keyOf({ node, waitedFor, cause, place }: Omit<Row, 'waits' | 'ns'>): number {
    const pair = node * (this.nodeCount + 1) + waitedFor + 1;
    return (pair * CAUSES.length + cause) * this.places + place + 1;
  }

  private placeOf(place: number): Blame['place'] {
    if (place === NOBODY) return null;
    return place < this.nodeCount ? { node: place } : { link: place - this.nodeCount };
  }
}

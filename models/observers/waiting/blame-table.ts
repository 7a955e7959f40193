/**
 * Who waited for whom, for how long and why: sums over a run. A run of many nodes could have a row for each pair; beyond a
 * limit, rows that are new are added up without the names of those that were waited for.
 */
import type { Topology } from '../../../engine/network/topology.ts';
import { type Blame, CAUSES } from './causes.ts';
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
  /** Of each node, by whom it waited for, the cause and the place. */
  private readonly rows: readonly Map<number, Row>[];
  /** Of nodes and links, and nobody. */
  private readonly places: number;
  private count = 0;

  constructor({ nodeCount, linkCount }: Pick<Topology, 'nodeCount' | 'linkCount'>) {
    this.nodeCount = nodeCount;
    this.places = nodeCount + linkCount + 1;
    this.rows = Array.from({ length: nodeCount }, () => new Map<number, Row>());
  }

  /** A place is a node, or a link behind all nodes. */
  linkPlace(link: number): number {
    return link === NOBODY ? NOBODY : this.nodeCount + link;
  }

  /** `cause` is a place in CAUSES. */
  add(node: number, waitedFor: number, cause: number, place: number, ns: number): void {
    const row = this.rowOf(node, waitedFor, cause, place);
    row.waits++;
    row.ns += ns;
  }

  /** The longest first. */
  blames(): Blame[] {
    const rows = this.rows.flatMap((ofNode) => [...ofNode.values()]);
    rows.sort((one, other) => other.ns - one.ns);
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
    const key = ((waitedFor + 1) * CAUSES.length + cause) * this.places + place + 1;
    const known = this.rows[node].get(key);
    if (known !== undefined) return known;
    const isNamed = waitedFor !== NOBODY || place !== NOBODY;
    if (this.count >= MOST_ROWS && isNamed) return this.rowOf(node, NOBODY, cause, NOBODY);
    const row = { node, waitedFor, cause, place, waits: 0, ns: 0 };
    this.rows[node].set(key, row);
    this.count++;
    return row;
  }

  private placeOf(place: number): Blame['place'] {
    if (place === NOBODY) return null;
    return place < this.nodeCount ? { node: place } : { link: place - this.nodeCount };
  }
}

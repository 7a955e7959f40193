/**
 * Ways through the states of a small world: all of them within some steps, nearest first, or long random ones. The rows of
 * all states that were met lie in one table, and are compared whole: no state is taken for another.
 */
import { randomStream } from '../../../engine/random.ts';
import type { Row, SmallWorld, Step } from './small-world.ts';

export interface Visit {
  /** Different ones. */
  readonly states: number;
  /** Steps within which all were visited before the limit. */
  readonly depth: number;
  /** Random ways gone; 1 where all states were visited. */
  readonly ways: number;
  readonly broken: string | null;
  /** The way to what is broken, in words. */
  readonly way: readonly unknown[];
}

/** Rows of numbers, each once. */
class RowTable {
  count = 0;
  private readonly rows: Int32Array;
  private readonly places: Int32Array;
  private readonly width: number;

  constructor(width: number, most: number) {
    this.width = width;
    this.rows = new Int32Array(width * most);
    this.places = new Int32Array(2 ** Math.ceil(Math.log2(2 * most))).fill(-1);
  }

  row(number: number): Row {
    return this.rows.subarray(number * this.width, (number + 1) * this.width);
  }

  /** True if the row was not there. */
  add(row: Row): boolean {
    const { rows, places, width } = this;
    let hash = 0;
    for (let at = 0; at < width; at++) hash = Math.imul(hash ^ row[at], 0x9e3779b1) ^ (hash >>> 15);
    const mask = places.length - 1;
    for (let place = (hash ^ (hash >>> 16)) & mask; ; place = (place + 1) & mask) {
      const number = places[place];
      if (number < 0) {
        places[place] = this.count;
        rows.set(row, this.count++ * width);
        return true;
      }
      let at = 0;
      while (at < width && rows[number * width + at] === row[at]) at++;
      if (at === width) return false;
    }
  }
}

/** Visits all states within so many steps, or up to a number of states; stops at one in which something is broken. */
export function visitAll(world: SmallWorld, start: Row, depth: number, mostStates: number): Visit {
  const table = new RowTable(world.width, mostStates);
  const parents = new Int32Array(mostStates).fill(-1);
  const choices = new Int16Array(mostStates);
  const next = new Int32Array(world.width);
  const way = (number: number): unknown[] => {
    if (parents[number] < 0) return [];
    const step = world.steps(table.row(parents[number]))[choices[number]];
    return [...way(parents[number]), world.inWords(step)];
  };
  table.add(start);
  let level = 0;
  for (let from = 0, end = 1; level < depth && from < end; level++, end = table.count)
    for (; from < end; from++) {
      const row = table.row(from);
      const steps = world.steps(row);
      for (let at = 0; at < steps.length; at++) {
        if (table.count === mostStates)
          return { states: mostStates, depth: level, ways: 1, broken: null, way: [] };
        next.set(row);
        world.take(next, steps[at]);
        if (!table.add(next)) continue;
        const number = table.count - 1;
        parents[number] = from;
        choices[number] = at;
        const broken = world.broken(next);
        if (broken !== null)
          return { states: table.count, depth: level, ways: 1, broken, way: way(number) };
      }
    }
  return { states: table.count, depth: level, ways: 1, broken: null, way: [] };
}

/** Goes so many random ways of so many steps, on which what is rare is more likely than among all that may happen. */
export function wander(
  world: SmallWorld,
  start: Row,
  ways: number,
  length: number,
  seed: number,
): Visit {
  const stream = randomStream(seed, 'ways');
  let states = 0;
  for (let count = 0; count < ways; count++) {
    const row = start.slice();
    const way: Step[] = [];
    while (way.length < length && world.broken(row) === null) {
      const steps = world.steps(row);
      const usual = steps.filter((step) => world.isUsual(step));
      const rare = steps.filter((step) => !world.isUsual(step));
      const isRare = rare.length > 0 && (usual.length === 0 || stream.below(5) === 0);
      const among = isRare ? rare : usual;
      if (among.length === 0) break;
      const step = among[stream.below(among.length)];
      way.push(step);
      world.take(row, step);
      states++;
    }
    const broken = world.broken(row);
    if (broken !== null)
      return {
        states,
        depth: way.length,
        ways: count + 1,
        broken,
        way: way.map((step) => world.inWords(step)),
      };
  }
  return { states, depth: length, ways, broken: null, way: [] };
}

/** The state in which what happens without faults has happened until the first step is committed. */
export function settled(world: SmallWorld, start: Row): Row {
  const row = start.slice();
  while (!world.hasCommitted(row) && world.broken(row) === null) {
    const step = world.steps(row).find((one) => world.isUsual(one));
    if (step === undefined) throw new Error('nothing happens');
    world.take(row, step);
  }
  return row;
}

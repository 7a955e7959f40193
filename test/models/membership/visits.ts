/** Ways through the states of a small world: all of them within some steps, or long random ones. */
import { randomStream } from '../../../engine/random.ts';
import type { SmallWorld, Step } from './small-world.ts';

/** A copy of all that can be reached, with the same classes. */
export function copyOf<T>(value: T, known = new Map<object, object>()): T {
  if (typeof value !== 'object' || value === null) return value;
  const there = known.get(value);
  if (there !== undefined) return there as T;
  if (value instanceof Map) {
    const copy = new Map();
    known.set(value, copy);
    for (const [key, item] of value) copy.set(key, copyOf(item, known));
    return copy as T;
  }
  if (value instanceof Set) {
    const copy = new Set(value);
    known.set(value, copy);
    return copy as T;
  }
  const copy = Array.isArray(value) ? [] : Object.create(Object.getPrototypeOf(value));
  known.set(value, copy);
  for (const key of Object.keys(value)) copy[key] = copyOf((value as any)[key], known);
  return copy;
}

export interface Visit {
  /** Different ones. */
  readonly states: number;
  /** Whether all within that depth were visited before the limit. */
  readonly isWhole: boolean;
  readonly broken: string | null;
  /** The way to what is broken. */
  readonly way: readonly Step[];
}

/** Visits all states within so many steps, or up to a number of states; stops at one in which something is broken. */
export function visitAll(start: SmallWorld, depth: number, mostStates: number): Visit {
  /** By state: the most steps that have been left there. */
  const seen = new Map<string, number>();
  const way: Step[] = [];
  let broken: string | null = null;
  const visit = (world: SmallWorld, left: number): void => {
    const hash = world.hash();
    if ((seen.get(hash) ?? -1) >= left) return;
    seen.set(hash, left);
    broken = world.broken;
    if (broken !== null || left === 0) return;
    const steps = world.steps();
    for (let at = 0; at < steps.length && seen.size < mostStates; at++) {
      // The last of them may use up the state itself.
      const next = at === steps.length - 1 ? world : copyOf(world);
      way.push(steps[at]);
      next.take(steps[at]);
      visit(next, left - 1);
      if (broken !== null) return;
      way.pop();
    }
  };
  visit(start, depth);
  return { states: seen.size, isWhole: seen.size < mostStates, broken, way };
}

/** Goes so many random ways of so many steps, on which what is rare is more likely than among all that may happen. */
export function wander(make: () => SmallWorld, ways: number, length: number, seed: number): Visit {
  const stream = randomStream(seed, 'ways');
  let states = 0;
  for (let count = 0; count < ways; count++) {
    const world = make();
    const way: Step[] = [];
    while (way.length < length && world.broken === null) {
      const steps = world.steps();
      const isUsual = ([what]: Step) => what === 'arrives' || what === 'written';
      const usual = steps.filter(isUsual);
      const rare = steps.filter((step) => !isUsual(step));
      const isRare = rare.length > 0 && (usual.length === 0 || stream.below(5) === 0);
      const among = isRare ? rare : usual;
      if (among.length === 0) break;
      const step = among[stream.below(among.length)];
      way.push(step);
      world.take(step);
      states++;
    }
    if (world.broken !== null) return { states, isWhole: false, broken: world.broken, way };
  }
  return { states, isWhole: true, broken: null, way: [] };
}

/** Lets happen what happens without faults until the first step is committed. */
export function settled(world: SmallWorld): SmallWorld {
  while (world.commits.length === 0) {
    const next = world.steps().find(([what]) => what === 'arrives' || what === 'written');
    if (next === undefined) throw new Error('nothing happens');
    world.take(next);
  }
  return world;
}

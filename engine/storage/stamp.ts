/** The order of writes under one name (see `World.save`): a storage keeps what has the latest stamp. */
import type { Stamp } from '../world.ts';

/** Whether the first comes before the other, compared number by number; a missing number comes first. */
export function isBefore(one: Stamp, other: Stamp): boolean {
  const at = other.findIndex((number, place) => number !== one[place]);
  return at >= 0 && (at >= one.length || one[at] < other[at]);
}

/** Refuses what cannot be ordered exactly. */
export function checkStamp(name: string, stamp: Stamp): void {
  if (!stamp.every((number) => Number.isSafeInteger(number) && number >= 0))
    throw new RangeError(
      `save: '${name}' has the stamp ${stamp.join()}, whole numbers from 0 would be right`,
    );
}

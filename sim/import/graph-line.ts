/** A graph of operations as a line, in an order in which each comes after all that it needs, with what each cut sends. */
import { BadInput } from '../scenario/bad-input.ts';
import type { Operation, Profile } from './profile.ts';

export interface LineOperation extends Operation {
  /** Bytes of the distinct tensors that are made up to here and needed later. */
  readonly cutBytes: number;
}

/** Input operations take the time of loading data, which is nobody's here; what nobody reads is no tensor. */
function isDropped({ name }: Operation, hasReader: boolean): boolean {
  return name.startsWith('Input') || (name.startsWith('__getitem__') && !hasReader);
}

/**
 * The operations that cost something, in topological order, where several could come the lowest stage first, and then
 * the lowest number.
 * @throws BadInput when the graph has a cycle, or stages that are no row
 */
export function lineOfGraph(file: string, { operations, edges }: Profile): LineOperation[] {
  const readers = new Map<number, number[]>(operations.map(({ number }) => [number, []]));
  const missing = new Map<number, number>(operations.map(({ number }) => [number, 0]));
  for (const [from, to] of edges) {
    readers.get(from)!.push(to);
    missing.set(to, missing.get(to)! + 1);
  }
  const order: Operation[] = [];
  const open = [...operations].sort((one, other) => (one.stage ?? 0) - (other.stage ?? 0));
  while (open.length > 0) {
    const at = open.findIndex(({ number }) => missing.get(number) === 0);
    if (at < 0)
      throw new BadInput(
        `${file}: node${open[0].number} needs what needs itself; a graph without cycles would be right`,
      );
    const [next] = open.splice(at, 1);
    order.push(next);
    for (const reader of readers.get(next.number)!) missing.set(reader, missing.get(reader)! - 1);
  }
  const kept = order.filter((one) => !isDropped(one, readers.get(one.number)!.length > 0));
  refuseWrongStages(file, kept);
  const places = new Map(kept.map(({ number }, place) => [number, place]));
  const lastReaders = kept.map(({ number }) =>
    Math.max(-1, ...readers.get(number)!.map((reader) => places.get(reader) ?? -1)),
  );
  return kept.map((operation, place) => ({
    ...operation,
    cutBytes: kept.reduce(
      (sum, { activationBytes }, maker) =>
        maker <= place && lastReaders[maker] > place ? sum + activationBytes : sum,
      0,
    ),
  }));
}

/** Stages are a row if each operation has one, and none comes before an operation of an earlier one. */
function refuseWrongStages(file: string, line: readonly Operation[]): void {
  if (line.every(({ stage }) => stage === null)) return;
  for (const [place, { number, stage }] of line.entries()) {
    if (stage === null)
      throw new BadInput(
        `${file}: node${number} has no stage_id, and others have; one for each would be right`,
      );
    const before = line[place - 1];
    if (before?.stage !== undefined && before.stage! > stage)
      throw new BadInput(
        `${file}: node${number} of stage ${stage} comes behind node${before.number} of stage ${before.stage}; ` +
          'stages that need none of a later one would be right',
      );
  }
}

/**
 * What a rank of DualPipeV does in an iteration: DualPipe (DeepSeek-AI, arXiv 2412.19437, section 3.2) cut in half. Each
 * rank holds a chunk of the way down (the head) and one of the way back up (the tail). Forwards of one chunk run together
 * with backwards of the other.
 */
import type { Action } from '../../pipeline/actions.ts';
import type { Row } from '../../pipeline/table/table.ts';

type Chunk = 'head' | 'tail';

/** Numbers the micro-batches of each pass of each chunk in turn. */
class RowWriter {
  readonly row: Action[][] = [];
  private readonly next = new Map<string, number>();
  /** Weight gradients that have been put off. */
  private readonly late: Action[] = [];

  constructor(private readonly stages: Readonly<Record<Chunk, number>>) {}

  forward(chunk: Chunk): void {
    this.row.push([this.action(chunk, 'forward')]);
  }

  backward(chunk: Chunk): void {
    this.row.push([this.action(chunk, 'backward')]);
  }

  /** The input gradient alone. */
  inputGradient(chunk: Chunk): void {
    const { stage, microBatch } = this.action(chunk, 'backward');
    this.row.push([{ stage, pass: 'input-gradient', microBatch }]);
    this.late.push({ stage, pass: 'weight-gradient', microBatch });
  }

  /** The weight gradient that has been put off for longest. */
  weightGradient(): void {
    this.row.push([this.late.shift()!]);
  }

  together(forward: Chunk, backward: Chunk): void {
    this.row.push([this.action(forward, 'forward'), this.action(backward, 'backward')]);
  }

  private action(chunk: Chunk, pass: 'forward' | 'backward'): Action {
    const key = `${chunk} ${pass}`;
    const microBatch = this.next.get(key) ?? 0;
    this.next.set(key, microBatch + 1);
    return { stage: this.stages[chunk], pass, microBatch };
  }
}

function times(count: number, act: (index: number) => void): void {
  for (let index = 0; index < count; index++) act(index);
}

/** @param microBatches at least two a rank */
export function vRow(rank: number, ranks: number, microBatches: number): Row {
  const writer = new RowWriter({ head: rank, tail: 2 * ranks - 1 - rank });
  const behind = ranks - 1 - rank;
  times(2 * behind, () => writer.forward('head'));
  times(rank + 1, () => {
    writer.forward('head');
    writer.forward('tail');
  });
  times(behind, () => {
    writer.inputGradient('tail');
    writer.weightGradient();
    writer.forward('tail');
  });
  times(microBatches - 2 * ranks + rank + 1, (index) => {
    // At the turn of the V the first tail's backward is what all wait for: nothing may run beside it.
    if (index > 0 || behind > 0) writer.together('head', 'tail');
    else {
      writer.forward('head');
      writer.backward('tail');
    }
    writer.together('tail', 'head');
  });
  times(behind, () => {
    writer.backward('tail');
    writer.together('tail', 'head');
  });
  ending(writer, rank, behind);
  return writer.row;
}

/** Half of the last backwards and all that follow put their weight gradients off, to the end of the row. */
function ending(writer: RowWriter, rank: number, behind: number): void {
  const half = rank + 1;
  times(2 * (rank + 1), (index) => {
    const chunk = index % 2 === 0 ? 'tail' : 'head';
    if (index < half) writer.backward(chunk);
    else writer.inputGradient(chunk);
  });
  times(behind, () => {
    writer.weightGradient();
    writer.inputGradient('head');
  });
  times(rank + 1, () => writer.weightGradient());
}

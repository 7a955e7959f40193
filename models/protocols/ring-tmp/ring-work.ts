/** What all nodes of one ring have in common: the assignment, the options, the line, the layout that follows. */
import type { ModelLine } from '../../line.ts';
import type { Assignment } from '../../protocol.ts';
import { layOut, LayoutMemo, type Share } from './layout.ts';
import type { RingOptions } from './options.ts';
import { Stage } from './stage.ts';

export class RingWork {
  readonly assignment: Assignment;
  readonly options: RingOptions;
  readonly line: ModelLine;
  private readonly layout: LayoutMemo;

  constructor(assignment: Assignment, options: RingOptions, line: ModelLine) {
    this.assignment = assignment;
    this.options = options;
    this.line = line;
    this.layout = new LayoutMemo((token) => layOut(line, assignment.training, options, token));
  }

  get nodeCount(): number {
    return this.assignment.hosts.length;
  }

  /** The share of a position, from the full token. */
  share(token: Float64Array, position: number): Share {
    return this.layout.of(token)[position];
  }

  /** The numerics of blocks [low, high); null under `numerics: 'cost'`. */
  stage(low: number, high: number): Stage | null {
    const { seed, model, training, data } = this.assignment;
    if (training.numerics === 'cost' || model.kind !== 'mlp' || data === null) return null;
    const { recompute } = this.options;
    return new Stage({ seed, model, line: this.line, training, recompute, data, low, high });
  }
}

/** What faults have cost a run: state lost, samples redone; in all, and charged to the faults. */
import type { LostNote } from '../spec/notes.ts';
import type { FaultRecord } from './fault-record.ts';
import { countOf, union } from './ranges.ts';
import type { UnrepairedFaults } from './unrepaired-faults.ts';

export class FaultCosts {
  /** Null where every node that knew how many has lost its memory. */
  redoneSamples: number | null = 0;
  /** Whether a node has noted since the last repair what is redone. */
  isRedoNoted = false;
  private readonly unrepaired: UnrepairedFaults;
  private lostRanges: [number, number][] = [];
  private readonly lostWhy = new Set<string>();

  constructor(unrepaired: UnrepairedFaults) {
    this.unrepaired = unrepaired;
  }

  /** Parameters that no node held any more. */
  get lostParameters(): number {
    return countOf(this.lostRanges);
  }

  lost({ parameters, why }: LostNote): void {
    this.lostWhy.add(why);
    const before = this.lostParameters;
    this.lostRanges = union(this.lostRanges, parameters);
    const fault = this.unrepaired.stateTaker;
    if (fault) fault.record.lostParameters += this.lostParameters - before;
  }

  /** That many samples are redone; null: unknown. */
  redone(samples: number | null): void {
    const sum = (known: number | null) =>
      known === null || samples === null ? null : known + samples;
    this.redoneSamples = sum(this.redoneSamples);
    this.isRedoNoted = true;
    const fault = samples === null ? this.unrepaired.stateTaker : this.unrepaired.toCharge;
    if (fault) fault.record.redoneSamples = sum(fault.record.redoneSamples);
  }

  record(): Pick<FaultRecord, 'redoneSamples' | 'lost'> {
    return {
      redoneSamples: this.redoneSamples,
      lost: {
        parameters: this.lostRanges.map(([low, high]) => [low, high]),
        count: this.lostParameters,
        why: [...this.lostWhy],
      },
    };
  }
}

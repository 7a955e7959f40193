/** What faults have cost a run: state lost, samples redone; in all, and charged to the faults. */
import type { LostNote, RedoneNote } from '../spec/notes.ts';
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
  /** Views that went on from a checkpoint, and views whose loss was told. */
  private readonly restarts = new Set<number>();
  private readonly losing = new Set<number>();
  /** Samples done again, by the view that had begun with them. */
  private readonly again = new Map<number, number>();

  constructor(unrepaired: UnrepairedFaults) {
    this.unrepaired = unrepaired;
  }

  /** Parameters that no node held any more. */
  get lostParameters(): number {
    return countOf(this.lostRanges);
  }

  /** The view of that epoch goes on from a checkpoint. */
  restarted(epoch: number): void {
    this.restarts.add(epoch);
  }

  /** False if the loss of that view has been told of. */
  lost({ parameters, why, view }: LostNote): boolean {
    if (view !== undefined && this.losing.has(view.epoch)) return false;
    this.lostWhy.add(why);
    const before = this.lostParameters;
    this.lostRanges = union(this.lostRanges, parameters);
    const fault = this.unrepaired.stateTaker;
    if (fault) fault.record.lostParameters += this.lostParameters - before;
    if (view === undefined) return true;
    this.losing.add(view.epoch);
    if (view.isRestart) this.restarts.add(view.epoch);
    if (view.again) this.redone(view.again);
    return true;
  }

  /** Of what one view had begun the most counts that anybody tells of. */
  redoneOf(told: number | RedoneNote): void {
    if (typeof told === 'number') return this.redone(told);
    const known = this.again.get(told.of) ?? 0;
    if (told.samples <= known) return;
    this.again.set(told.of, told.samples);
    this.redone(told.samples - known);
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

  record(): Pick<FaultRecord, 'redoneSamples' | 'lost' | 'restarts'> {
    return {
      restarts: this.restarts.size,
      redoneSamples: this.redoneSamples,
      lost: {
        parameters: this.lostRanges.map(([low, high]) => [low, high]),
        count: this.lostParameters,
        why: [...this.lostWhy],
      },
    };
  }
}

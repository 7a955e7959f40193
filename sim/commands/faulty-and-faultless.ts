/**
 * A scenario simulated as it is and then without its faults, as one thing to watch: the screen follows whichever runs.
 * What the second leaves is there for comparison only.
 */
import type { DataSplit } from '../../models/dataset.ts';
import type { RunView } from '../progress.ts';
import type { TraceRequest } from '../output/trace-spool.ts';
import type { ResolvedScenario } from '../scenario/resolved.ts';
import type { ProtocolRun } from '../worlds/protocol-run.ts';
import { SimulatedWorld, type WorldOutcome } from '../worlds/simulated.ts';

export interface FaultyOutcome extends WorldOutcome {
  /** The runs without faults that ended; empty where none were asked for. */
  readonly faultless: readonly ProtocolRun[];
}

/** Figures of a summary that need the run without faults. */
const COMPARED = [
  'resilience.finalLossDifference',
  'resilience.weightsEqualToFaultless',
  'resilience.slowdown',
];

/** Whether the scenario expects something of a run beside the same one without faults. */
export function expectsComparison({ expect }: ResolvedScenario): boolean {
  return expect.some(({ value }) => COMPARED.includes(value));
}

/** The same scenario, where nothing fails and so nobody watches for it. */
export function withoutFaults(scenario: ResolvedScenario): ResolvedScenario {
  return { ...scenario, faults: [], detector: undefined };
}

export class FaultyAndFaultless {
  /** Settles when both have ended, or the run was ended early; never rejects. */
  readonly done: Promise<FaultyOutcome>;
  private readonly scenario: ResolvedScenario;
  private readonly data: DataSplit | null;
  private readonly faulty: SimulatedWorld;
  private faultless: SimulatedWorld | null = null;

  constructor(scenario: ResolvedScenario, data: DataSplit | null, trace: TraceRequest | null) {
    this.scenario = scenario;
    this.data = data;
    this.faulty = new SimulatedWorld(scenario, data, trace);
    this.done = this.work();
  }

  view(): RunView {
    if (!this.faultless) return this.faulty.view();
    const { eventLog, eventCount } = this.faulty.view();
    const phaseMessage = 'the same without faults';
    return { ...this.faultless.view(), eventLog, eventCount, phaseMessage };
  }

  pause(): void {
    (this.faultless ?? this.faulty).pause();
  }

  resume(): void {
    (this.faultless ?? this.faulty).resume();
  }

  quit(): void {
    (this.faultless ?? this.faulty).quit();
  }

  private async work(): Promise<FaultyOutcome> {
    const outcome = await this.faulty.done;
    const isAnyWhole = outcome.runs.some(({ result }) => result.outcome === 'finished');
    if (outcome.crash || outcome.wasInterrupted || !isAnyWhole)
      return { ...outcome, faultless: [] };
    this.faultless = new SimulatedWorld(withoutFaults(this.scenario), this.data);
    const { runs, crash, wasInterrupted } = await this.faultless.done;
    return { runs: outcome.runs, crash, wasInterrupted, faultless: runs };
  }
}

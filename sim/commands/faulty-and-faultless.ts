/** Simulates a scenario without its faults too, where that is wanted. */
import type { DataSplit } from '../../models/spec/data.ts';
import type { ResolvedScenario } from '../scenario/resolved.ts';
import { ComparedWorld } from '../worlds/compared.ts';
import type { Wishes } from '../worlds/simulated-shared.ts';
import { SimulatedWorld } from '../worlds/simulated.ts';

/** Figures of a summary that need the run without faults. */
const COMPARED = [
  'resilience.finalLossDifference',
  'resilience.weightsEqualToFaultless',
  'resilience.slowdown',
];

/** Whether the scenario has an expectation that compares with the run without faults. */
export function expectsComparison({ expect }: ResolvedScenario): boolean {
  return expect.some(({ value }) => COMPARED.includes(value));
}

/** Whether the scenario has an expectation about why nodes wait. */
export function expectsCauses({ expect }: ResolvedScenario): boolean {
  return expect.some(({ value }) => value.startsWith('waitingByCause.'));
}

/** The same scenario without faults and without a detector. */
export function withoutFaults(scenario: ResolvedScenario): ResolvedScenario {
  return { ...scenario, faults: [], detector: undefined };
}

/** A scenario simulated as it is and then, if any of its protocols finishes, without its faults. */
export function faultyAndFaultless(
  scenario: ResolvedScenario,
  data: DataSplit | null,
  wishes: Wishes,
): ComparedWorld {
  const faultless = () => new SimulatedWorld(withoutFaults(scenario), data);
  return new ComparedWorld(new SimulatedWorld(scenario, data, wishes), faultless, {
    message: 'the same without faults',
    isWorth: ({ runs }) => runs.some(({ result }) => result.outcome === 'finished'),
  });
}

/** Plays a scenario in the simulated world, or in a real one. */
import type { RunResult } from '../../../engine/result.ts';
import type { TrainingRecord } from '../../../models/observers/training-record.ts';
import { dataOf, simulate } from '../../../sim/assemble.ts';
import type { ResolvedScenario } from '../../../sim/scenario/resolved.ts';
import { RealWorld, type RealWorldKind } from '../../../sim/worlds/real/real-world.ts';

export interface Ended {
  result: RunResult;
  training: TrainingRecord;
}

export function simulated(scenario: ResolvedScenario): Ended {
  const { simulation, log } = simulate(scenario, 0, dataOf(scenario));
  while (simulation.run(10_000));
  return { result: simulation.result(), training: log.record() };
}

export async function playOn(kind: RealWorldKind, scenario: ResolvedScenario): Promise<Ended> {
  const { runs, crash } = await new RealWorld(kind, scenario, dataOf(scenario)).start();
  if (crash) throw crash;
  return runs[0];
}

/**
 * How fast nodes compute, measured with as many of them busy at once as a run has: they share the cores of the machine.
 * Each trains the scenario's model alone, with batches of the sizes that the run's passes have.
 */
import { jobCounter, type CountedJobs } from './job-counter.ts';
import type { DataSplit } from '../../models/spec/data.ts';
import { parameterCosts } from '../../models/spec/parameter-costs.ts';
import { assemble } from '../assemble.ts';
import type { ResolvedScenario } from '../scenario/resolved.ts';
import { trainingOf } from '../training.ts';
import type { RealWork } from '../worlds/real/real-world.ts';
import type { CrewFactory } from '../worlds/real/crew.ts';
import { RealRun } from '../worlds/real/real-run.ts';

/** As a scenario has it: FLOP/s, seconds, bytes a second. */
export interface MeasuredHost {
  readonly speed: number;
  readonly taskOverhead: number;
  readonly memoryBandwidth: number;
  readonly efficiency: readonly { readonly samples: number; readonly efficiency: number }[];
}

/** @param alone a scenario of the same work on one node, by sequential SGD */
export async function measureCompute(
  crew: CrewFactory,
  alone: (samples: number) => Promise<{ scenario: ResolvedScenario; data: DataSplit | null }>,
  sizes: readonly number[],
  busyNodes: number,
): Promise<MeasuredHost> {
  const measured: (CountedJobs & { readonly samples: number })[] = [];
  let trafficBytes = 0;
  for (const samples of sizes) {
    const { scenario, data } = await alone(samples);
    const all = await Promise.all(
      Array.from({ length: busyNodes }, () => trainAlone(crew, scenario, data)),
    );
    measured.push({ samples, ...middle(all) });
    const costs = parameterCosts(trainingOf(scenario.training));
    trafficBytes = (costs.updateTraffic / costs.updateFlops) * measured.at(-1)!.updateFlops;
  }
  const speeds = measured.map(
    ({ gradientFlops, gradientNs }) => gradientFlops / (gradientNs / 1e9),
  );
  const speed = Math.max(...speeds);
  const last = measured.at(-1)!;
  return {
    speed,
    taskOverhead: last.gapNs / 1e9,
    memoryBandwidth: trafficBytes / (last.updateNs / 1e9),
    efficiency: measured.map(({ samples }, at) => ({ samples, efficiency: speeds[at] / speed })),
  };
}

async function trainAlone(
  crew: CrewFactory,
  scenario: ResolvedScenario,
  data: DataSplit | null,
): Promise<CountedJobs> {
  const { options } = assemble(scenario, 0, data, () => run);
  const counter = jobCounter(scenario, data);
  const work: RealWork = { scenario, index: 0, data };
  const run: RealRun = new RealRun({
    ...{ ...options, crew, work },
    trace: { limit: 1e6, heard: (_node, entries) => counter.heard(entries) },
  });
  const { outcome, failure } = await run.run();
  if (outcome !== 'finished') throw new Error(failure?.message ?? outcome);
  return counter.counted();
}

/** The one in the middle, by the time of a gradient. */
function middle(all: CountedJobs[]): CountedJobs {
  return all.sort((one, other) => one.gradientNs - other.gradientNs)[Math.floor(all.length / 2)];
}

/** What a scenario gives every protocol to do, before it is known how its nodes watch each other. */
import type { Topology } from '../engine/network/topology.ts';
import type { DataSplit } from '../models/spec/data.ts';
import type { WatchedWork } from '../models/spec/assignment.ts';
import { hostsOf, pathOf } from './hardware.ts';
import { modelOf } from './model.ts';
import type { ResolvedScenario } from './scenario/resolved.ts';
import { trainingOf } from './training.ts';

export function watchedWork(
  scenario: ResolvedScenario,
  topology: Topology,
  data: DataSplit | null,
): WatchedWork {
  return {
    seed: scenario.seed,
    hosts: hostsOf(scenario),
    path: pathOf(topology),
    model: modelOf(scenario.model),
    training: trainingOf(scenario.training),
    data,
    checkpoint: scenario.checkpoint ? { every: scenario.checkpoint.every } : null,
  };
}

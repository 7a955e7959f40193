/**
 * A scenario as it runs: the field names of the scenario its author wrote, every quantity a plain number in SI
 * base units, every default filled in, protocols always a list with labels. It is itself a valid scenario:
 * saved as scenario.json and run again it gives the same digest. Plain data: it crosses threads as it is.
 */
import type { OptimizerSpec } from '../../models/spec/training.ts';
import type { TimedFault, TraceRow } from '../../scenarios/fault.ts';
import type { ParsedScenario } from './schema/schema.ts';

/** Speed in FLOP/s, memory in bytes (no limit when left out), bandwidth in bytes a second, times in seconds. */
export type ResolvedHost = NonNullable<ResolvedCluster['host']>;

/** Bytes a second, and seconds. */
export type ResolvedNetwork = ResolvedCluster['network'];

/** Several kinds of host are in ring order; either they or `host` are there. */
export type ResolvedCluster = ParsedScenario['cluster'];

/** A layer of a cost table stands for `repeat` equal layers. */
export type ResolvedModel = ParsedScenario['model'];

export type ResolvedData =
  { kind: 'mnist' | 'synthetic'; train: number; test: number } | { kind: 'none' };

type ParsedTraining = ParsedScenario['training'];

export type ResolvedTraining = Omit<ParsedTraining, 'optimizer'> &
  Required<Pick<ParsedTraining, 'learningRate' | 'numerics'>> & { optimizer: OptimizerSpec };

export type ResolvedProtocol = { kind: string; label: string } & Record<string, unknown>;

/** Seconds; each world has a default heartbeat of its own. */
export type ResolvedDetector = NonNullable<ParsedScenario['detector']>;

/** Times in seconds. A trace has its rows here, in order of time, wherever they came from. */
export type ResolvedFault = TimedFault<number> | { trace: TraceRow<number>[] };

/** `detector` is there only where the scenario says something of it; nodes watch each other if it does, or has faults. */
export type ResolvedScenario = Omit<ParsedScenario, 'data' | 'training' | 'protocol' | 'faults'> & {
  data: ResolvedData;
  training: ResolvedTraining;
  protocol: ResolvedProtocol[];
  faults: ResolvedFault[];
};

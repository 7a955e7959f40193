/** Runs of counting nodes in the simulator, and what must hold of each. */
import type { FaultRule } from '../../../engine/faults/fault-rule.ts';
import type { Distribution } from '../../../engine/distribution.ts';
import { ringTopology } from '../../../engine/network/ring.ts';
import { starTopology } from '../../../engine/network/star.ts';
import type { RunResult } from '../../../engine/result.ts';
import { Simulation } from '../../../engine/simulation.ts';
import type { NodeId } from '../../../engine/world.ts';
import { CountingNode } from './counting-node.ts';

export const HEARTBEAT_NS = 20_000;
export const MISSES = 3;

export interface CountingRun {
  readonly seed: number;
  readonly nodes: number;
  readonly target: number;
  readonly flops: number;
  readonly watch: 'ring' | 'star';
  /** On a star no cut concerns more than the pairs it names. */
  readonly topology?: 'ring' | 'star';
  readonly rules: readonly FaultRule[];
  readonly latencyFactor?: Distribution;
}

export interface Note {
  readonly node: NodeId;
  readonly name: string;
  readonly value: any;
  readonly timeNs: number;
}

export interface Outcome {
  readonly result: RunResult;
  readonly notes: readonly Note[];
}

/** Runs to the end, or for that many events. */
export function runCounting(run: CountingRun, mostEvents = 400_000): Outcome {
  const { nodes, target, flops, watch } = run;
  const notes: Note[] = [];
  const settings = {
    nodeCount: nodes,
    heartbeatNs: HEARTBEAT_NS,
    misses: MISSES,
    target,
    flops,
    watch,
  };
  const hosts = Array.from({ length: nodes }, () => ({
    speedFlopsPerSecond: 1e9,
    memoryBytes: 1e9,
    taskOverheadNs: 100,
    disk: { latencyNs: 2000, bandwidthBytesPerSecond: 1e9 },
  }));
  const simulation = new Simulation({
    seed: run.seed,
    hosts,
    topology: (run.topology === 'star' ? starTopology : ringTopology)(nodes, 1e9, 1000),
    sharing: 'fifo',
    jitter: { latency: run.latencyFactor },
    runJobs: false,
    faults: { rules: run.rules, detector: { heartbeatNs: HEARTBEAT_NS, misses: MISSES } },
    place: (world) => new CountingNode(world, settings),
    observers: [
      {
        noted(node, timeNs, name, value) {
          notes.push({ node, name, value: structuredClone(value), timeNs });
        },
      },
    ],
  });
  let events = 0;
  while (events < mostEvents && simulation.run(1000)) events += 1000;
  simulation.stop('interrupted');
  return { result: simulation.result(), notes };
}

const named = (notes: readonly Note[], name: string) =>
  notes.filter((note) => note.name === name).map(({ value }) => value);

export const viewsOf = ({ notes }: Outcome) =>
  new Set(named(notes, 'installed').map(({ epoch }) => epoch));

/** One epoch, one view and plan; no view goes on from less than was committed before it, unless all state was lost. */
export function checkHistory({ notes }: Outcome): void {
  const views = new Map<number, any>();
  for (const view of named(notes, 'installed')) {
    const known = views.get(view.epoch);
    if (known && JSON.stringify(known) !== JSON.stringify(view))
      throw new Error(`two views of epoch ${view.epoch}`);
    views.set(view.epoch, view);
  }
  const lost = Math.max(
    -1,
    ...[...views.values()].filter((view) => view.isLost).map(({ epoch }) => epoch),
  );
  for (const { epoch, step } of named(notes, 'committed'))
    for (const view of views.values())
      if (epoch >= lost && view.epoch > epoch && view.steps < step && !view.isLost)
        throw new Error(`step ${step} of epoch ${epoch} is lost in epoch ${view.epoch}`);
}

export function finishes(run: CountingRun): Outcome {
  const outcome = runCounting(run);
  const { result } = outcome;
  checkHistory(outcome);
  if (result.outcome !== 'finished')
    throw new Error(`${result.outcome}: ${result.failure?.message ?? 'no end'}`);
  return outcome;
}

/** Random parameter servers whose nodes and wires fail, and what their runs are held to. */
import { eachAccount } from '../../../../engine/node-accounts.ts';
import fc from 'fast-check';
import type { FaultEffect, FaultRule } from '../../../../engine/faults/fault-rule.ts';
import {
  EXACT_HOST,
  SMALL_DATA,
  SMALL_MLP,
  TRAINING,
  anyOptimizer,
  bitsOf,
  play,
  type Outcome,
  type Setup,
} from './harness.ts';

export interface FaultySetup extends Setup {
  workers: number;
  replicas: number;
}

/** Set-ups that can fail, with nothing to fail yet. */
export const faultySetups = (
  kind: string,
  standbys: { min: number; max: number },
): fc.Arbitrary<FaultySetup> =>
  fc
    .record({
      workers: fc.integer({ min: 2, max: 5 }),
      replicas: fc.integer(standbys),
      extraSamples: fc.nat(8),
      iterations: fc.integer({ min: 2, max: 6 }),
      optimizer: anyOptimizer,
      seed: fc.nat(1000),
      speed: fc.constantFrom(1e8, 1e9),
      heartbeatNs: fc.constantFrom(5000, 20_000),
    })
    .map((drawn): FaultySetup => ({
      kind,
      workers: drawn.workers,
      replicas: drawn.replicas,
      nodes: drawn.workers + 1 + drawn.replicas,
      model: SMALL_MLP,
      data: SMALL_DATA,
      seed: drawn.seed,
      host: { ...EXACT_HOST, speedFlopsPerSecond: drawn.speed },
      detector: { heartbeatNs: drawn.heartbeatNs, misses: 3 },
      training: {
        ...TRAINING,
        batch: drawn.workers + drawn.extraSamples,
        iterations: drawn.iterations,
        optimizer: drawn.optimizer,
      },
    }));

/** The same before that many shards. */
export function sharded(setup: FaultySetup, servers: number): FaultySetup {
  return { ...setup, servers, nodes: setup.workers + servers * (1 + setup.replicas) };
}

/** How long something lasts; null: for good. */
export const anyDuration = fc.constantFrom(null, 1000, 10_000, 60_000, 300_000);

/** The rule that this befalls the node then. */
export function befalls(
  node: number,
  atNs: number,
  kind: 'crash' | 'pause',
  forNs: number | null,
): FaultRule {
  const target = { among: [node], choose: 'all', count: 1 } as const;
  const effect: FaultEffect =
    kind === 'crash' ? { kind, target, forNs } : { kind, target, forNs: forNs ?? 300_000 };
  return { rule: 0, timing: { atNs }, effect };
}

/** A wire between all nodes that loses, doubles or holds back frames. */
export const anyBadWire = (nodes: number): fc.Arbitrary<FaultRule> =>
  fc
    .record({
      kind: fc.constantFrom<('loss' | 'duplicate' | 'reorder')[]>('loss', 'duplicate', 'reorder'),
      probability: fc.constantFrom(0.02, 0.1),
      atNs: fc.nat(50_000),
    })
    .map(({ kind, probability, atNs }): FaultRule => {
      const all = Array.from({ length: nodes }, (_, node) => node);
      const scope = { from: all, to: all, oneWay: false };
      return { rule: 1, timing: { atNs }, effect: { kind, scope, probability, forNs: 200_000 } };
    });

/** The same work by the same workers, where nothing fails and nothing is replicated. */
export function faultless({ workers, ...setup }: FaultySetup): Outcome {
  return play({
    ...setup,
    nodes: workers + 1,
    servers: 1,
    replicas: 0,
    detector: undefined,
    faults: undefined,
    checkpoint: undefined,
  });
}

/** When in the run something is to strike: that share of the time it takes where nothing fails. */
export function momentOf(setup: FaultySetup, share: number): number {
  return Math.floor(share * play({ ...setup, faults: [] }).result.timeNs);
}

/** Whether the run ended with the weights of the run without faults, and told of every iteration. */
export function endsAlike(outcome: Outcome, setup: FaultySetup): boolean {
  const { result, record } = outcome;
  const reference = faultless(setup).record;
  return (
    result.outcome === 'finished' &&
    bitsOf(record.finalWeights) === bitsOf(reference.finalWeights) &&
    record.iterations.map(({ loss }) => loss).join() ===
      reference.iterations.map(({ loss }) => loss).join()
  );
}

/** Values of the notes of a name, in order of time. */
export function notesOf<T>({ notes }: Outcome, name: string): T[] {
  return notes.filter((note) => note.name === name).map(({ value }) => value as T);
}

export function booksSum({ result }: Outcome): boolean {
  return [...eachAccount(result.nodes)].every(
    ({ busyNs, redoNs, commNs, idleNs, downNs }) =>
      busyNs + redoNs + commNs + idleNs + downNs === result.timeNs,
  );
}

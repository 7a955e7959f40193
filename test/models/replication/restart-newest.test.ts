/** A restart goes on from the newest checkpoint there was, though a node that stood still has written an older one since. */
import fc from 'fast-check';
import t from 'tap';
import { NOTES, type RecoveredNote } from '../../../models/spec/notes.ts';
import { watchRun } from '../../../sim/fuzz/run-case.ts';
import { notesOf } from '../../../models/claims/evidence.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';

const nodes = 5;
const everybody = Array.from({ length: nodes }, (_, node) => node);

interface Blows {
  /** Who stands still, from when, and for how long. */
  readonly node: number;
  readonly pauseSeconds: number;
  readonly forSeconds: number;
  /** When all crash, from the end of the pause. */
  readonly crashAfterSeconds: number;
}

function struck(protocol: Scenario['protocol'], blows: Blows): Scenario {
  const { node, pauseSeconds, forSeconds, crashAfterSeconds } = blows;
  const at = pauseSeconds + forSeconds + crashAfterSeconds;
  return {
    name: 'restart-newest',
    cluster: {
      nodes,
      host: { speed: 2e9, taskOverhead: 1e-5 },
      network: { kind: 'ring', bandwidth: 1.25e9, latency: 5e-6 },
    },
    model: { kind: 'mlp', layers: [16, 12, 8, 4] },
    data: { kind: 'synthetic', train: 64, test: 16 },
    training: { batch: 16, microBatches: 4, iterations: 80, numerics: 'cost' },
    protocol,
    faults: [
      { at: pauseSeconds, kind: 'pause', node, for: forSeconds },
      { at, kind: 'crash', nodes: everybody, for: 1e-3 },
    ],
    detector: { heartbeat: 1e-4, misses: 3 },
    checkpoint: { every: 1, to: { bandwidth: 1e9, latency: 6e-5 } },
  };
}

const RUNS = 100;

/** Fails where one run restarts from an older checkpoint; how many restarted, from a version above 1. */
async function restarts(protocol: Scenario['protocol'], writer: number): Promise<number> {
  let restarted = 0;
  const tenth = (most: number) => fc.nat(most).map((steps) => steps * 1e-5);
  const blows = fc.record({
    node: fc.constant(writer),
    pauseSeconds: tenth(120).map((seconds) => seconds + 1e-4),
    forSeconds: tenth(100).map((seconds) => seconds + 1e-3),
    crashAfterSeconds: tenth(40),
  });
  await fc.assert(
    fc.asyncProperty(blows, async (drawn) => {
      const seen = await watchRun(struck(protocol, drawn));
      const crashNs = seen.faults.find(({ kind }) => kind === 'crash')!.timeNs;
      const saved = notesOf<number>(seen, NOTES.checkpoint).filter((one) => one.timeNs < crashNs);
      const newest = Math.max(0, ...saved.map(({ value }) => value));
      const restart = notesOf<RecoveredNote>(seen, NOTES.recovered).find(
        ({ timeNs, value }) => timeNs > crashNs && value.from === 'checkpoint',
      );
      if (restart === undefined) throw new Error('nobody has gone on after the crash');
      const { version } = restart.value;
      if (version < newest) throw new Error(`restarted from ${version}, ${newest} was saved`);
      if (version > 1) restarted++;
    }),
    { numRuns: RUNS },
  );
  return restarted;
}

t.test('C: a ring, whose first node writes the index', async (t) => {
  const count = await restarts({ kind: 'ring-tmp', replicas: 1 }, 0);
  t.ok(count > RUNS / 2, `${count} restarts`);
});

for (const kind of ['ps-bsp', 'ps-asp'] as const)
  t.test(`D: ${kind} with a standby, whose head writes the index`, async (t) => {
    const count = await restarts({ kind, replicas: 1 }, 3);
    t.ok(count > RUNS / 2, `${count} restarts`);
  });

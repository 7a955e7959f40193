/** A thread that draws scenarios, runs and judges them, and shrinks those that break a claim. */
import { parentPort, workerData } from 'node:worker_threads';
import { drawScenario } from './draw.ts';
import type { FuzzReport, FuzzTask, FuzzWork } from './fuzz-shared.ts';
import { judge } from './judge.ts';
import { shrink } from './shrink.ts';

const { protocols, shrinkMs } = workerData as FuzzWork;

function post(report: FuzzReport): void {
  parentPort!.postMessage(report);
}

async function fuzz({ seed, wellKnown }: FuzzTask): Promise<void> {
  const scenario = await drawScenario(seed, protocols);
  post({ kind: 'drawn', scenario });
  const { breaches, ...figures } = await judge(scenario);
  if (breaches.length === 0) return post({ kind: 'passed', seed, ...figures });
  const [first, ...others] = breaches;
  if (wellKnown.includes(first.claim))
    return post({ kind: 'found', seed, breaches, scenario, tried: 0 });
  post({ kind: 'shrinking', breaches, scenario });
  const endMs = performance.now() + shrinkMs;
  const { tried, ...smallest } = await shrink(scenario, first, {
    breachesIn: async (smaller) => (await judge(smaller)).breaches,
    mayGoOn: () => performance.now() < endMs,
    reached: ({ sentence, scenario: smaller }) =>
      post({
        kind: 'shrinking',
        breaches: [{ ...first, sentence }, ...others],
        scenario: smaller,
      }),
  });
  const named = [{ ...first, sentence: smallest.sentence }, ...others];
  post({ kind: 'found', seed, breaches: named, scenario: smallest.scenario, tried });
}

parentPort!.on('message', (task: FuzzTask) => void fuzz(task));

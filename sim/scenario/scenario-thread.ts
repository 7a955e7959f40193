/**
 * Runs in the thread of a scenario module, after the module itself: sends its default export as plain data. Whatever
 * the module does, it can only end its own thread.
 */
import { parentPort } from 'node:worker_threads';
import { BadInput } from './bad-input.ts';
import { plainCopy } from './plain-data.ts';

/** The thread's report: the scenario, or what is wrong with it; `none` where there is no default export. */
export type ScenarioReport =
  | { readonly kind: 'scenario'; readonly scenario: unknown; readonly keepsRunning: boolean }
  | { readonly kind: 'refused'; readonly sentence: string }
  | { readonly kind: 'none' };

/** Sends the main thread what the module exports. */
export function handOver(loaded: { readonly default?: unknown }): void {
  parentPort!.postMessage(reportOf(loaded));
}

function reportOf(loaded: { readonly default?: unknown }): ScenarioReport {
  if (loaded.default === undefined) return { kind: 'none' };
  try {
    const scenario = plainCopy(loaded.default);
    const keepsRunning = process.getActiveResourcesInfo().includes('Timeout');
    return { kind: 'scenario', scenario, keepsRunning };
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    return { kind: 'refused', sentence: error.message };
  }
}

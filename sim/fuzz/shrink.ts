/** Shrinks a scenario that breaks a claim, as long as the same claim breaks. Greedy, and bounded. */
import type { Scenario } from '../../scenarios/scenario.ts';
import type { Breach } from './claims.ts';
import { smallerScenarios } from './smaller.ts';

export interface Shrunken {
  readonly scenario: Scenario;
  readonly sentence: string;
  /** Scenarios that were run for it. */
  readonly tried: number;
}

interface ShrinkMeans {
  /** The claims that a scenario breaks. */
  breachesIn(scenario: Scenario): Promise<readonly Breach[]>;
  /** False when it has taken too long. */
  mayGoOn(): boolean;
  /** Called with each smaller scenario that breaks the claim, in case the next one never ends. */
  reached(shrunken: Shrunken): void;
}

/**
 * Takes the first smaller scenario that breaks the same claim, again and again, until there is none or `mayGoOn` says
 * stop.
 */
export async function shrink(
  scenario: Scenario,
  breach: Breach,
  { mayGoOn, reached, breachesIn }: ShrinkMeans,
): Promise<Shrunken> {
  let best: Shrunken = { scenario, sentence: breach.sentence, tried: 0 };
  let tried = 0;
  const failed = new Set<string>();
  for (let found = true; found;) {
    found = false;
    for (const smaller of smallerScenarios(best.scenario)) {
      if (!mayGoOn()) return { ...best, tried };
      const text = JSON.stringify(smaller);
      if (failed.has(text)) continue;
      tried++;
      const same = (await breachesIn(smaller)).find(({ claim }) => claim === breach.claim);
      if (same === undefined) {
        failed.add(text);
        continue;
      }
      best = { scenario: JSON.parse(text) as Scenario, sentence: same.sentence, tried };
      reached(best);
      found = true;
      break;
    }
  }
  return { ...best, tried };
}
